"""Layouts as pictures, for people who would rather look than read numbers."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from inference.covers.picture.typography import load_font
from inference.models.layout import Annotation, Role
from training.layout.lettering import FONT, paint

ROLE_COLOURS = {
    Role.HEADLINE: "#e6194b",
    Role.SUBHEADLINE: "#f58231",
    Role.SELLING_POINT: "#3cb44b",
    Role.PRICE: "#911eb4",
    Role.CALL_TO_ACTION: "#4363d8",
    Role.BRAND: "#9a6324",
}
FACE_COLOUR, PRODUCT_COLOUR, UNDERLAY_COLOUR = "#ffe119", "#42d4f4", "#a9a9a9"

CELL_WIDTH, CELL_HEIGHT = 300, 340
HEADING, CAPTION, GAP = 34, 24, 12
"""Pixels of a contact sheet."""


def draw_layout(image: np.ndarray, layout: Annotation, boxes: bool = False) -> np.ndarray:
    """A layout on its ground without lettering, RGB uint8 of the ground's size.

    Real text, set in its box in its ink. With ``boxes``, each text's box is drawn in the colour of
    its role, underlays in grey, faces yellow and products blue, so that what is covered is seen.
    """
    canvas = Image.fromarray(paint(image, layout))
    if boxes:
        _draw_boxes(canvas, layout)
    return np.asarray(canvas)


def contact_sheet(rows: Sequence[Sequence[np.ndarray]], headings: Sequence[str], captions: Sequence[str] = ()) -> bytes:
    """Pictures side by side as one PNG: a row for each poster, a column for each system, its name above.

    ``captions`` are a word on each row. Raises ``ValueError`` when a row has not one picture for each heading,
    or there is not one caption for each row.
    """
    if captions and len(captions) != len(rows):
        raise ValueError(f"{len(captions)} captions for {len(rows)} rows")
    for number, row in enumerate(rows):
        if len(row) != len(headings):
            raise ValueError(f"row {number} has {len(row)} pictures for {len(headings)} headings")
    cells = [[_fitted(picture) for picture in row] for row in rows]
    heights = [max((cell.height for cell in line), default=0) + (CAPTION if captions else 0) + GAP for line in cells]
    sheet = Image.new("RGB", (_left(len(headings)), HEADING + sum(heights) + GAP), "white")
    pen = ImageDraw.Draw(sheet)
    for column, heading in enumerate(headings):
        _write(pen, heading, _left(column), HEADING / 2, 18)
    top = HEADING
    for number, (line, height) in enumerate(zip(cells, heights, strict=True)):
        for column, cell in enumerate(line):
            sheet.paste(cell, (_left(column) + (CELL_WIDTH - cell.width) // 2, top))
        if captions:
            _write(pen, captions[number], GAP, top + height - GAP - CAPTION / 2, 13)
        top += height
    return _as_png(sheet)


def _draw_boxes(canvas: Image.Image, layout: Annotation) -> None:
    pen = ImageDraw.Draw(canvas)
    width = max(2, round(0.004 * min(canvas.size)))
    marked = [(box, FACE_COLOUR) for box in layout.faces] + [(box, PRODUCT_COLOUR) for box in layout.products]
    marked += [(box, UNDERLAY_COLOUR) for box in layout.underlays]
    marked += [(block.box, ROLE_COLOURS[block.role]) for block in layout.blocks]
    for box, outline in marked:
        pen.rectangle(box.as_list(), outline=outline, width=width)


def _left(column: int) -> int:
    return GAP + column * (CELL_WIDTH + GAP)


def _fitted(picture: np.ndarray) -> Image.Image:
    """As large as a cell allows."""
    small = Image.fromarray(picture)
    small.thumbnail((CELL_WIDTH, CELL_HEIGHT), Image.Resampling.LANCZOS)
    return small


def _write(pen: ImageDraw.ImageDraw, text: str, left: float, middle: float, size: float) -> None:
    pen.text((left, middle), text, fill="black", font=load_font(FONT, size), anchor="lm")


def _as_png(sheet: Image.Image) -> bytes:
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()
