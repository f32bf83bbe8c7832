"""Texts set in their boxes: what a layout looks like, and whether its boxes can hold what they should.

Boxes of layouts are tight around ink, so a text is set as large as its ink fits, in the number of
lines for which that is largest, in the covers' own font. A layout names inks by their basic colour
term; the shade is the middle of those that posters are rendered in.
"""

from functools import cache

import numpy as np
from PIL import Image

from inference.covers.picture import colour, typography
from inference.covers.picture.blocks import LINE_HEIGHT
from inference.covers.picture.legibility import region_around
from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.corpora.layout_annotations.posters.painting import paint_shape
from training.corpora.layout_annotations.posters.palette import INKS, RGB
from training.corpora.layout_annotations.posters.parts import Shape

FONT = "sans"
TYPOGRAPHIC_ROLES: dict[Role, typography.Role] = {Role.HEADLINE: "title", Role.PRICE: "price"}
"""How bold a role is set; all others like selling points."""

MOST_LINES = 4

UNDERLAY_OPACITY, UNDERLAY_RADIUS = 0.9, 0.015
"""Of an underlay's fill, and its corner radius as a share of the canvas's short side."""


def set_in_box(block: TextBlock) -> typography.TextBlock:
    """A text in its box, as large as it fits and centred; ``box`` of the answer is its ink.

    Raises ``ValueError`` for a text without a readable character or with one that the font lacks.
    """
    text = typography.clean(block.text, FONT)
    role = TYPOGRAPHIC_ROLES.get(block.role, "selling_point")
    broken = [typography.break_lines(text, count, FONT) for count in range(1, MOST_LINES + 1)]
    options = [_stacked(option.lines, role, block.language) for option in broken if option]
    best = max(options, key=lambda option: _scale(option, block.box))
    return _placed(best, _scale(best, block.box), block.box)


def paint(image: np.ndarray, layout: Annotation) -> np.ndarray:
    """The layout on its ground, RGB uint8: underlays, then texts. What cannot be set is left out."""
    canvas = Image.fromarray(image)
    for box, fill in zip(layout.underlays, _underlay_fills(image, layout), strict=True):
        radius = UNDERLAY_RADIUS * min(layout.width, layout.height)
        paint_shape(canvas, Shape("box", box, fill, radius=radius, opacity=UNDERLAY_OPACITY))
    for block in layout.blocks:
        try:
            _ink(canvas, set_in_box(block), typical_shade(block.colour))
        except ValueError:  # no glyph: the metrics count it as a text that does not fit
            continue
    return np.asarray(canvas)


@cache
def typical_shade(name: Colour) -> RGB:
    """The middle of the shades that inks of a name have on rendered posters."""
    shades = INKS[name][0]
    return _as_rgb(colour.from_oklch(*(sum(ends) / 2 for ends in (shades.lightness, shades.chroma, shades.hue))))


def _underlay_fills(image: np.ndarray, layout: Annotation) -> list[RGB]:
    """For each underlay the picture's own light or deep neutral, whichever its texts' inks read on better."""
    if not layout.underlays:
        return []
    palette = colour.draw_palette(image)
    return [_fill_under(box, layout, palette) for box in layout.underlays]


def _fill_under(box: Box, layout: Annotation, palette: colour.Palette) -> RGB:
    inks = [typical_shade(block.colour) for block in layout.blocks if block.box.covered_by(box) > 0.5]
    bright = float(np.mean([colour.luminance_of(_as_shares(ink)) for ink in inks or [(0, 0, 0)]]))
    papers = (palette.light, palette.deep)
    paper = max(papers, key=lambda each: colour.contrast(bright, colour.luminance_of(each)))
    return _as_rgb(paper)


def _as_shares(shade: RGB) -> colour.Colour:
    red, green, blue = shade
    return red / 255, green / 255, blue / 255


def _as_rgb(shares: colour.Colour) -> RGB:
    red, green, blue = shares
    return round(255 * red), round(255 * green), round(255 * blue)


def _stacked(lines: tuple[str, ...], role: typography.Role, language: str) -> typography.TextBlock:
    """Lines below one another at 1 pixel an em, centred on 0; ``box`` is their ink."""
    runs = []
    for number, line in enumerate(lines):
        ink = typography.ink_box(typography.Run(line, 0, 0, 1), FONT, role)
        runs.append(typography.Run(line, -(ink.left + ink.right) / 2, number * LINE_HEIGHT[language], 1))
    boxes = [typography.ink_box(run, FONT, role) for run in runs]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    return typography.TextBlock(role, FONT, tuple(runs), box)


def _scale(unit: typography.TextBlock, box: Box) -> float:
    """The em in pixels at which lines set at 1 fill a box across or down."""
    return min(box.width / unit.box.width, box.height / unit.box.height)


def _placed(unit: typography.TextBlock, size: float, box: Box) -> typography.TextBlock:
    (x, y), (centre_x, centre_y) = box.centre, unit.box.scaled(size).centre
    across, down = x - centre_x, y - centre_y
    runs = tuple(typography.Run(run.text, run.x * size + across, run.baseline * size + down, size) for run in unit.runs)
    return typography.TextBlock(unit.role, unit.font, runs, unit.box.scaled(size).moved(across, down))


def _ink(canvas: Image.Image, block: typography.TextBlock, shade: RGB) -> None:
    region = region_around(block, 0, (canvas.height, canvas.width))
    if region.area and block.runs[0].size >= 1:
        canvas.paste(shade, (int(region.left), int(region.top)), Image.fromarray(typography.rasterise(block, region)))
