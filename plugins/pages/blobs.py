"""Pictures of covers and posters, and nothing else of what the blob store holds."""

import io
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import Request, Response, status

from data_contracts.catalog import COVERS, POSTERS
from data_contracts.store import Lake

PREVIEW_WIDTH = 480
"""Pixels: a card of the gallery at twice the density of an ordinary screen."""
PREVIEW_QUALITY = 82

FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}


def is_cover_picture(lake: Lake, digest: str) -> bool:
    """Whether a digest stands among the pictures of any cover."""
    return pc.index(_digests(lake, lake.version(COVERS)), digest).as_py() >= 0


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


@lru_cache(maxsize=1)
def _digests(lake: Lake, version: int) -> pa.ChunkedArray:
    """Kept as Arrow: a linear search of a million takes milliseconds, a Python set of them hundreds of MB."""
    if version == 0:
        return pa.chunked_array([], pa.string())
    images = lake.read(COVERS, ["images"], version=version)["images"]
    return pc.struct_field(pc.list_flatten(images), "sha256")
