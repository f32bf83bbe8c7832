"""From a picture file to pixels as a person sees them: upright, eight bits, opaque, RGB.

Only formats that hold nothing but pixels are opened, and none before its size is known: a small file
may unfold to more pixels than fit into memory.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from data_contracts.errors import BadMedia

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")
MOST_PIXELS = 64_000_000
"""Decoded that is 192 MB; posters for print are smaller at 300 dots per inch."""

DAMAGED = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error, zlib.error)
"""What the decoders raise over bytes that make no sense."""

LOOK_SIDE = 8
"""Cells along a side of the grid whose brightness steps make a picture's ``look``."""


def read_picture(path: Path, most_pixels: int = MOST_PIXELS) -> np.ndarray:
    """RGB pixels (height × width × 3, uint8): turned upright, 16 bits reduced to 8, transparency laid on white.

    Raises ``BadMedia`` for what is empty, cut off, no picture, an animation or larger than ``most_pixels``.
    """
    if path.stat().st_size == 0:
        raise BadMedia("the file is empty")
    with open(path, "rb") as file:
        try:
            with Image.open(file, formats=FORMATS) as picture:
                _refuse_size(picture, most_pixels)
                picture.load()
                return np.asarray(_as_rgb(ImageOps.exif_transpose(picture)))
        except UnidentifiedImageError as error:
            raise BadMedia(f"not a picture of a kind that is read here ({', '.join(FORMATS)})") from error
        except Image.DecompressionBombError as error:
            raise BadMedia(f"more pixels than the limit of {most_pixels}") from error
        except DAMAGED as error:
            raise BadMedia(f"cut off or damaged: {error}") from error


def look_of(image: np.ndarray) -> str:
    """What an RGB picture looks like, as 64 bits in hex: copies in another size or quality differ in few.

    Each bit says whether the next cell to the right is brighter (difference hash; Krawetz, *Kind of
    Like That*, 2013).
    """
    grey = Image.fromarray(image).convert("L").resize((LOOK_SIDE + 1, LOOK_SIDE), Image.Resampling.BOX)
    cells = np.asarray(grey, np.int16)
    bits = np.packbits((cells[:, 1:] > cells[:, :-1]).ravel())
    return bits.tobytes().hex()


def _refuse_size(picture: Image.Image, most_pixels: int) -> None:
    width, height = picture.size
    if width * height > most_pixels:
        raise BadMedia(f"{width} × {height} pixels, more than the limit of {most_pixels}")
    pictures = getattr(picture, "n_frames", 1)
    if picture.format in ("GIF", "PNG", "WEBP") and pictures > 1:
        raise BadMedia(f"an animation of {pictures} pictures; posters stand still")


def _as_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey in more than eight bits. Whole numbers run to 65,535, fractions to 1, as TIFF and PNG writers have it."""
    values = np.asarray(picture, np.float64)
    full = 1.0 if picture.mode == "F" else 65535.0
    return Image.fromarray((np.clip(np.nan_to_num(values) / full, 0, 1) * 255).round().astype(np.uint8))
