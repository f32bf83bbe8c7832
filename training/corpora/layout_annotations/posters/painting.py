"""Putting a poster on pixels: ground, photo, shapes, letters; and the ink of every block alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from inference.media.geometry import Box
from training.corpora.layout_annotations.posters.layouts import Arrangement
from training.corpora.layout_annotations.posters.lettering import draw_ink
from training.corpora.layout_annotations.posters.palette import RGB, contrast_ratio, mixed
from training.corpora.layout_annotations.posters.parts import Kind, Part, Shape, Words

FINER = 4
"""Shapes are drawn this many times larger and scaled down, for smooth edges."""


COARSER = 8
"""A shade is worked out, and what lies under it softened, at so many times fewer pixels a side."""

LEAST_SHADE, OPEN_SHADE = 0.45, 0.2
"""How much of a photo its shade takes, under words and away from them."""

SHADE_CONTRAST = 7.0
"""Of a shaded photo's brightest parts with white; other inks there are nearly as light."""


@dataclass(frozen=True)
class Mask:
    """Coverage by a block's ink, uint8, with its top left corner at a whole pixel of the canvas."""

    coverage: np.ndarray
    left: int
    top: int


def paint_ground(size: tuple[int, int], paper: RGB, end: RGB) -> Image.Image:
    """Paper that runs from one colour at the top to another at the bottom."""
    width, height = size
    share = np.linspace(0, 1, height)[:, None, None]
    rows = np.asarray(paper) * (1 - share) + np.asarray(end) * share
    return Image.fromarray(np.broadcast_to(rows.round().astype(np.uint8), (height, width, 3)).copy())


def paint_photo(canvas: Image.Image, photo: np.ndarray, arrangement: Arrangement, radius: float) -> None:
    """The photo in its box, cut to its shape or fading into the paper."""
    box = arrangement.photo
    left, top = round(box.left), round(box.top)
    height, width = photo.shape[:2]
    if arrangement.fade:
        mask = _fading_mask(*arrangement.fade, left, top, width, height)
    else:
        kind: Kind = "ellipse" if arrangement.shape == "ellipse" else "box"
        rounding = radius if arrangement.shape == "rounded" else 0.0
        mask = _coverage(Shape(kind, Box(0, 0, width, height), (0, 0, 0), rounding), width, height)
    canvas.paste(Image.fromarray(photo), (left, top), mask)


def shade(canvas: Image.Image, boxes: Sequence[Box], tint: RGB) -> None:
    """Darken a photo, softened and darker where words will stand, until white reads on its brightest parts there."""
    pixels = np.asarray(canvas).astype(np.float32)
    small = (canvas.width // COARSER, canvas.height // COARSER)
    soft = cv2.resize(cv2.resize(pixels, small, interpolation=cv2.INTER_AREA), canvas.size)
    under = cv2.resize(_near(boxes, small), canvas.size)[:, :, None]
    red, green, blue = (int(value) for value in np.percentile(soft[under[:, :, 0] > 0.9], 98, axis=0))
    share = LEAST_SHADE
    while contrast_ratio(mixed((red, green, blue), tint, share), (255, 255, 255)) < SHADE_CONTRAST and share < 0.95:
        share += 0.05
    depth = OPEN_SHADE + (share - OPEN_SHADE) * under
    blended = (pixels + (soft - pixels) * under) * (1 - depth) + np.asarray(tint, np.float32) * depth
    canvas.paste(Image.fromarray(blended.round().astype(np.uint8)))


def _near(boxes: Sequence[Box], size: tuple[int, int]) -> np.ndarray:
    """1 in and near boxes, falling smoothly to 0 away from them, on a canvas made ``COARSER`` times smaller."""
    near = np.zeros((size[1], size[0]), np.float32)
    reach = 0.08 * min(size)
    for box in boxes:
        left, top, right, bottom = box.grown(*[reach * COARSER] * 4).scaled(1 / COARSER).as_list()
        near[max(0, top) : bottom, max(0, left) : right] = 1
    return cv2.GaussianBlur(near, (0, 0), reach / 2)


def paint_shape(canvas: Image.Image, shape: Shape) -> None:
    left, top = int(shape.box.left) - 2, int(shape.box.top) - 2
    width, height = round(shape.box.width) + 5, round(shape.box.height) + 5
    mask = _coverage(shape.moved(-left, -top), width, height)
    if shape.opacity < 1:
        mask = mask.point(lambda value: round(value * shape.opacity))
    canvas.paste(shape.colour, (left, top), mask)


def paint_words(canvas: Image.Image, words: Words) -> Mask:
    """The letters with their shadow and edge; returns the ink of the letters alone."""
    ink, left, top = draw_ink(words.lettering, words.x, words.y)
    if words.shadow:
        _paint_shadow(canvas, ink, left, top)
    if words.edge:
        wide, x, y = draw_ink(words.lettering, words.x, words.y, words.edge.width)
        canvas.paste(words.edge.colour, (x, y), wide)
    canvas.paste(words.ink.rgb, (left, top), ink)
    mask = Mask(np.asarray(ink), left, top)
    if words.struck:
        _strike(canvas, words, mask)
    return mask


def paint(canvas: Image.Image, parts: list[Part]) -> list[tuple[Words, Mask]]:
    """All parts in order; the blocks of text with their ink."""
    drawn = []
    for part in parts:
        if isinstance(part, Shape):
            paint_shape(canvas, part)
        else:
            drawn.append((part, paint_words(canvas, part)))
    return drawn


def ink_box(coverage: np.ndarray, least: int) -> Box:
    """The box of what is covered to ``least`` of 255 or more. Raises ``ValueError`` when nothing is."""
    inked = coverage >= least
    columns, rows = np.flatnonzero(inked.any(axis=0)), np.flatnonzero(inked.any(axis=1))
    if not len(columns):
        raise ValueError("a block of text left no ink on the canvas")
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _paint_shadow(canvas: Image.Image, ink: Image.Image, left: int, top: int) -> None:
    offset = max(2, round(0.004 * canvas.height))
    soft = ink.filter(ImageFilter.GaussianBlur(offset)).point(lambda value: round(0.55 * value))
    canvas.paste((0, 0, 0), (left + offset, top + offset), soft)


def _strike(canvas: Image.Image, words: Words, mask: Mask) -> None:
    """A line through the middle, as long as the ink, so that the block's box stays the ink's."""
    box = ink_box(mask.coverage, 128).moved(mask.left, mask.top)
    size = words.lettering.runs[0].size
    middle = box.top + 0.52 * box.height
    line = Box(box.left, middle - 0.035 * size, box.right, middle + 0.035 * size)
    paint_shape(canvas, Shape("box", line, words.ink.rgb))


def _coverage(shape: Shape, width: int, height: int) -> Image.Image:
    mask = Image.new("L", (width * FINER, height * FINER))
    pen = ImageDraw.Draw(mask)
    box = shape.box.scaled(FINER)
    corners = (box.left, box.top, max(box.left, box.right - 1), max(box.top, box.bottom - 1))
    line = round(shape.line * FINER)
    fill, outline = (None, 255) if line else (255, None)
    if shape.kind == "ellipse":
        pen.ellipse(corners, fill=fill, outline=outline, width=line)
    elif shape.kind == "tick":
        _draw_tick(pen, box)
    else:
        radius = min(shape.radius * FINER, box.width / 2, box.height / 2)
        pen.rounded_rectangle(corners, radius, fill=fill, outline=outline, width=line)
    return mask.reduce(FINER)


def _draw_tick(pen: ImageDraw.ImageDraw, box: Box) -> None:
    points = [(0.05, 0.55), (0.38, 0.85), (0.95, 0.18)]
    path = [(box.left + x * box.width, box.top + y * box.height) for x, y in points]
    pen.line(path, fill=255, width=round(0.16 * box.width), joint="curve")


def _fading_mask(fade: Box, towards: str, left: int, top: int, width: int, height: int) -> Image.Image:
    """Full coverage that falls to none over the fade, smooth at both ends."""
    if towards == "left":
        share = (np.arange(width) + left - fade.left) / fade.width
        field = np.broadcast_to(_smooth(share)[None, :], (height, width))
    else:
        share = (fade.bottom - np.arange(height) - top) / fade.height
        field = np.broadcast_to(_smooth(share)[:, None], (height, width))
    return Image.fromarray((255 * field).astype(np.uint8))


def _smooth(share: np.ndarray) -> np.ndarray:
    share = share.clip(0, 1)
    return share * share * (3 - 2 * share)
