"""A poster small enough to be annotated quickly, and what stands on it."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from inference.models import shelf

TEXTS = {"Summer Sale": (60, 60), "Order today": (60, 300)}
BOXES = {"Summer Sale": [50, 50, 400, 130], "Order today": [50, 290, 260, 340]}
"""Around each text, with room to spare."""


def draw_poster(path: Path, ground: str = "navy") -> Path:
    """White words on one colour, 480 × 400 pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new("RGB", (480, 400), ground)
    font = str(shelf.resolve("lato") / "Lato-Bold.ttf")
    for (text, place), size in zip(TEXTS.items(), (56, 32), strict=True):
        ImageDraw.Draw(picture).text(place, text, "white", ImageFont.truetype(font, size))
    picture.save(path)
    return path
