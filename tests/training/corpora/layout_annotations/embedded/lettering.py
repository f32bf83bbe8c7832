"""Lines set by hand for these tests: where their ink is, is measured on a mask of its own."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inference.media.geometry import Box
from inference.models import shelf
from inference.models.ocr import TextLine


def font(size: int) -> ImageFont.FreeTypeFont:
    file = next(path for path in shelf.resolve("noto-sc").iterdir() if path.suffix in (".otf", ".ttf", ".ttc"))
    return ImageFont.truetype(str(file), size)


def draw(image: Image.Image, text: str, place: tuple[int, int], size: int, **look) -> Box:
    """Draw a text at (left, top); the box around the fill of its glyphs."""
    ImageDraw.Draw(image).text(place, text, font=font(size), **look)
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).text(place, text, font=font(size), fill=255)
    return Box(*mask.point(lambda level: 255 * (level > 96)).getbbox())


def padded(text: str, ink: Box) -> TextLine:
    """A line as a detector finds it, a fifth of its height around the ink."""
    margin = 0.2 * ink.height
    box = ink.grown(margin, margin, margin, margin)
    corners = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    return TextLine(text, box, 1.0, corners)


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image)
