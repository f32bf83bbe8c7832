"""Moving covers: which a cover has, and sent in parts, as a player asks for them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Request, Response, status

from data_contracts.catalog import COVERS
from data_contracts.store import Lake
from plugins.pages import blobs

Format = Literal["mp4", "webp"]
MEDIA_TYPES: dict[str, str] = {"mp4": "video/mp4", "webp": "image/webp"}

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
"""Of RFC 9110, section 14.1.2. Several ranges at once are answered with the whole, which it permits."""

Moving = Mapping[str, Mapping[str, Any]]
"""A cover's files by format, each as the contract describes it."""


def moving_covers(lake: Lake, cover_ids: Sequence[str]) -> dict[str, Moving]:
    """The moving covers of those covers that have one, by cover_id."""
    if not blobs.written_columns(lake, lake.version(COVERS), ("moving",)):
        return {}
    where = pc.field("cover_id").isin(pa.array(cover_ids, pa.string()))
    rows = lake.read(COVERS, ["cover_id", "moving"], where=where).to_pylist()
    return {row["cover_id"]: by_format(row["moving"]) for row in rows if row["moving"]}


def by_format(files: Sequence[Mapping[str, Any]] | None) -> Moving:
    """A row's moving cover; empty for a cover that stands still or is older than moving covers."""
    return {file["format"]: file for file in files or []}


def is_moving_cover(lake: Lake, digest: str, form: Format) -> bool:
    """Whether a digest is the moving cover of any cover, in this format."""
    files = blobs.flatten(lake, lake.version(COVERS), ("moving",))
    if not files:
        return False
    (column,) = files
    fits = pc.and_(
        pc.equal(pc.struct_field(column, "format"), form), pc.equal(pc.struct_field(column, "sha256"), digest)
    )
    return bool(pc.any(fits).as_py())


def send(request: Request, lake: Lake, digest: str, form: Format) -> Response:
    """The file, or the part of it that is asked for. Its address holds its digest, so it never changes."""
    headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes", **blobs.FOR_EVER}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    whole = blobs.read_picture(lake, digest)
    asked = ONE_RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or asked.groups() == ("", ""):
        return Response(whole, headers=headers, media_type=MEDIA_TYPES[form])
    first, last = _bounds(asked[1], asked[2], len(whole))
    if first > last:
        headers["Content-Range"] = f"bytes */{len(whole)}"
        return Response(status_code=status.HTTP_416_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(whole)}"
    part = whole[first : last + 1]
    return Response(part, status.HTTP_206_PARTIAL_CONTENT, headers=headers, media_type=MEDIA_TYPES[form])


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte of a range, of which one end may be left open; the first is beyond the last for none."""
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (size, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1
