"""Pictures of covers and posters, and nothing else of what the blob store holds."""

import io
from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Request, Response, status

from data_contracts.catalog import COVERS, POSTERS
from data_contracts.store import Lake

PREVIEW_WIDTH = 480
"""Pixels: a card of the gallery at twice the density of an ordinary screen."""
PREVIEW_QUALITY = 82

PICTURES = ("images", "webp_images")
"""Columns of the covers that list their pictures."""

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}


def is_cover_picture(lake: Lake, digest: str) -> bool:
    """Whether a digest stands among the pictures of any cover, JPEG or WebP."""
    pictures = flatten(lake, lake.version(COVERS), PICTURES)
    return any(pc.index(pc.struct_field(column, "sha256"), digest).as_py() >= 0 for column in pictures)


def is_poster(lake: Lake, digest: str) -> bool:
    """Whether a digest is the picture of any row of ``posters``."""
    return bool(lake.read(POSTERS, ["sha256"], where=pc.field("sha256") == digest).num_rows)


def send(request: Request, lake: Lake, digest: str, preview: bool) -> Response:
    """A picture as it is or small; its address holds its digest, so it never changes."""
    headers = {"ETag": f'"{digest}{"-preview" * preview}"', **FOR_EVER}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    picture = read_picture(lake, digest)
    if preview:
        return Response(shrink(picture), headers=headers, media_type="image/jpeg")
    return Response(picture, headers=headers, media_type=media_type(picture))


def media_type(picture: bytes) -> str:
    """What kind of picture the bytes are, by the bytes; never one that a browser would run, such as SVG."""
    from PIL import Image

    return Image.open(io.BytesIO(picture)).get_format_mimetype()


def read_picture(lake: Lake, digest: str) -> bytes:
    """The picture as stored. Raises ``FileNotFoundError`` when the blob store has lost it."""
    with lake.open_blob(digest) as file:
        return file.read()


def shrink(picture: bytes) -> bytes:
    """The picture as a JPEG at most ``PREVIEW_WIDTH`` wide; a page of covers would otherwise weigh many megabytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture))
    size = (PREVIEW_WIDTH, round(image.height * PREVIEW_WIDTH / image.width))
    image.draft("RGB", size)  # decodes a half, a quarter or an eighth of the pixels where that is enough
    image.thumbnail(size)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=PREVIEW_QUALITY)
    return out.getvalue()


def written_columns(lake: Lake, version: int, wanted: Sequence[str]) -> list[str]:
    """Those of the columns that this version of the covers has; covers may be older than their contract is now."""
    return [name for name in wanted if name in lake.open(COVERS, version).schema.names] if version else []


@lru_cache(maxsize=2)
def flatten(lake: Lake, version: int, wanted: tuple[str, ...]) -> list[pa.ChunkedArray]:
    """The items of each list column, of all covers, as structs.

    Kept as Arrow: a linear search of a million takes milliseconds, a Python set of them hundreds of MB.
    """
    names = written_columns(lake, version, wanted)
    table = lake.read(COVERS, names, version=version) if names else None
    return [pc.list_flatten(table[name]) for name in names]
