"""Pictures of covers, and nothing else of what the blob store holds."""

import io
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalog import COVERS
from data_contracts.store import Lake

PREVIEW_WIDTH = 480
"""Pixels: a card of the gallery at twice the density of an ordinary screen."""
PREVIEW_QUALITY = 82


def is_cover_picture(lake: Lake, digest: str) -> bool:
    """Whether a digest stands among the pictures of any cover."""
    return pc.index(_digests(lake, lake.version(COVERS)), digest).as_py() >= 0


def read_picture(lake: Lake, digest: str) -> bytes:
    """The JPEG as rendered. Raises ``FileNotFoundError`` when the blob store has lost it."""
    with lake.open_blob(digest) as file:
        return file.read()


def shrink(jpeg: bytes) -> bytes:
    """The JPEG at most ``PREVIEW_WIDTH`` wide; a page of covers would otherwise weigh many megabytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(jpeg))
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
