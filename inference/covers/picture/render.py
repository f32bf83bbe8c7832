"""From a layout to pixels: the picture, what lies under the words, the words.

Inks and underlays come from the picture's own palette. The style's treatment is tried first; while
any block's measured contrast is too low, the next stronger one is tried on the same picture. What
is found is a layer that fits other frames in the same framing as well: a moving cover is painted so.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw

from inference.covers.frames.select import FrameChoice
from inference.covers.picture import colour, typography
from inference.covers.picture.canvas import paint_picture, smooth_step
from inference.covers.picture.colour import Colour, Palette
from inference.covers.picture.layout import Layout
from inference.covers.picture.legibility import READABLE_CONTRAST, measure_contrast, region_around
from inference.covers.picture.typography import TextBlock
from inference.media.geometry import Box

AIMED_CONTRAST = 1.1 * READABLE_CONTRAST
"""What a treatment must reach here, so that JPEG's losses leave it readable."""

JPEG_QUALITY, WEBP_QUALITY, WEBP_METHOD = 90, 88, 4
"""Qualities of 100; WebP's effort of 0 to 6. WebP halves the resolution of colour, and needs less for the rest."""

GLOW_SIGMA, GLOW_SPREAD, OUTLINE = 0.14, 0.05, 0.09
"""Softness and spread of a glow, and width of an outline, around the ink, in em."""

BRIGHT_GROUND, BRIGHT_CALM_GROUND, BRIGHT_ENOUGH_FOR_CARD = 0.85, 0.62, 0.66
"""OKLab lightness of the ground from which dark ink looks more natural: bare, on a calm ground, on a light card."""

CALM = 0.06
"""Standard deviation of OKLab lightness below which a ground is calm: a dark scrim on a plain wall is a smudge."""

CARD_RADIUS, TAG_RADIUS = 0.025, 0.22
"""Corner radii: of a card as a share of the canvas's short side, of a price tag of its height."""

SCRIM_REACH, MIDDLE_SCRIM_REACH = 0.22, 0.12
"""How far a scrim fades out beyond the text, from an edge and around the middle, as a share of the canvas."""

SIDE_SCRIM_WIDTH = 0.62
"""Text narrower than this share of a wide canvas, and off its middle, gets its scrim from the side."""


OFF_MIDDLE = 0.1
"""Share of the canvas from its middle beyond which text stands at a side, or high or low."""


@dataclass(frozen=True)
class Treatment:
    """One way to make text readable; ``strength`` is the opacity of underlay or halo, 0 to 1."""

    underlay: Literal["none", "scrim", "panel"]
    strength: float
    halo: Literal["none", "glow", "outline"] = "none"


GLOWS = (Treatment("none", 0.5, "glow"), Treatment("none", 0.8, "glow"), Treatment("none", 1.0, "outline"))
SCRIMS = tuple(Treatment("scrim", strength, "none") for strength in (0.5, 0.65, 0.8, 0.92))
PANELS = (Treatment("panel", 0.9), Treatment("panel", 1.0))
BARE = Treatment("none", 0.0)
ESCALATION = {"none": GLOWS + SCRIMS + PANELS, "scrim": SCRIMS + PANELS, "panel": PANELS}


@dataclass(frozen=True)
class Inks:
    """Colours of one tone: of text, of what lies under it, of accents, of the price tag and its text."""

    text: Colour
    shade: Colour
    accent: Colour
    tag: Colour
    tag_text: Colour


@dataclass(frozen=True, eq=False)
class Stroke:
    """One colour laid over a part of the canvas. ``opacity`` is float32, height × width, 0 to 1."""

    left: int
    top: int
    opacity: np.ndarray
    fill: Colour

    def over(self, cover: np.ndarray) -> None:
        """Lay the colour over its part of an RGB uint8 canvas, in place."""
        height, width = self.opacity.shape
        part = cover[self.top : self.top + height, self.left : self.left + width]
        filled = np.empty_like(part)
        filled[:] = [round(255 * channel) for channel in self.fill]
        part[:] = cv2.blendLinear(filled, np.ascontiguousarray(part), self.opacity, 1 - self.opacity)


@dataclass(frozen=True, eq=False)
class TextLayer:
    """All that lies over a picture, from the bottom up, and the shade of the picture's extension."""

    shade: Colour
    strokes: tuple[Stroke, ...]

    def over(self, image: np.ndarray, layout: Layout) -> np.ndarray:
        """A frame (RGB uint8, of the size of the layout's own) as a cover, RGB uint8 of the layout's size."""
        return _lay(self.strokes, paint_picture(image, layout, self.shade))


def render(choice: FrameChoice, layout: Layout) -> np.ndarray:
    """The cover as RGB uint8 of the layout's size."""
    return _set_text(choice, layout)[1]


def choose_text_layer(choice: FrameChoice, layout: Layout) -> TextLayer:
    """The layer that ``render`` lays over the choice's own frame: over it gives ``render``'s pixels, bit for bit."""
    return _set_text(choice, layout)[0]


def to_jpeg(image: np.ndarray) -> bytes:
    """A JPEG of an RGB uint8 image, with full colour resolution: text suffers first from halving it."""
    target = io.BytesIO()
    Image.fromarray(image).save(target, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return target.getvalue()


def to_webp(image: np.ndarray) -> bytes:
    """A WebP of an RGB uint8 image: about half of the JPEG's bytes."""
    target = io.BytesIO()
    Image.fromarray(image).save(target, "WEBP", quality=WEBP_QUALITY, method=WEBP_METHOD)
    return target.getvalue()


def _set_text(choice: FrameChoice, layout: Layout) -> tuple[TextLayer, np.ndarray]:
    """Layer and cover. Words that stand apart get an underlay and inks each."""
    palette = layout.palette or colour.draw_palette(choice.frame.image)
    cover, strokes = paint_picture(choice.frame.image, layout, palette.deep), ()
    for part in layout.parts:
        added, cover = _first_readable(cover, part, palette)
        strokes += added
    return TextLayer(palette.deep, strokes), cover


def _first_readable(picture: np.ndarray, layout: Layout, palette: Palette) -> tuple[tuple[Stroke, ...], np.ndarray]:
    """Strokes and cover of the gentlest treatment that is readable; the last, an opaque card, always is."""
    left, top, right, bottom = layout.card.intersection(Box(0, 0, layout.width, layout.height)).as_list()
    lightness = colour.to_oklab(picture[top:bottom:8, left:right:8] / 255)[..., 0]
    is_calm = bool(lightness.std() < CALM)
    for treatment in _treatments(layout, is_calm):
        for inks in _choose_inks(layout, palette, treatment, float(lightness.mean()), is_calm):
            strokes = tuple(_strokes(layout, treatment, inks))
            cover = _lay(strokes, picture)
            if all(measure_contrast(cover, block) >= AIMED_CONTRAST for block in layout.blocks):
                return strokes, cover
    return strokes, cover


def _lay(strokes: Iterable[Stroke], picture: np.ndarray) -> np.ndarray:
    cover = picture.copy()
    for stroke in strokes:
        stroke.over(cover)
    return cover


def _treatments(layout: Layout, is_calm: bool) -> list[Treatment]:
    """From gentle to strong: on a calm ground nothing at first. Serifs get no outline: their hairlines drown in it."""
    wanted = layout.style.underlay
    treatments = ESCALATION[wanted] if wanted == "panel" or not is_calm else (BARE, *ESCALATION[wanted])
    return [t for t in treatments if not (layout.style.font == "serif" and t.halo == "outline")]


def _choose_inks(layout: Layout, palette: Palette, treatment: Treatment, lightness: float, is_calm: bool) -> list[Inks]:
    """Inks of the tone that is natural on a ground so light: with the accent first, if the style wants one."""
    bright = BRIGHT_CALM_GROUND if is_calm else BRIGHT_GROUND
    if lightness > (BRIGHT_ENOUGH_FOR_CARD if treatment.underlay == "panel" else bright):
        inks = Inks(palette.deep, palette.light, palette.accent_deep, palette.accent_deep, palette.light)
    else:
        inks = Inks(palette.light, palette.deep, palette.accent_light, palette.accent_light, palette.deep)
    plain = replace(inks, accent=inks.text)
    has_accent = layout.style.accent and layout.title.role == "title" and len(layout.title.runs) > 1
    return [inks, plain] if has_accent else [plain]


def _strokes(layout: Layout, treatment: Treatment, inks: Inks) -> Iterator[Stroke]:
    """What a treatment lays over the picture, from the bottom up."""
    if treatment.underlay == "scrim":
        yield _scrim(layout, inks.shade, treatment.strength)
    if treatment.underlay == "panel":
        radius = CARD_RADIUS * min(layout.width, layout.height)
        yield _rounded(layout, layout.card, radius, inks.shade, treatment.strength)
    for block in layout.blocks:
        if block.tag:
            yield _rounded(layout, block.tag, TAG_RADIUS * block.tag.height, inks.tag, 1.0)
        elif treatment.halo != "none":
            yield _halo(layout, block, treatment, inks.shade)
    for block in layout.blocks:
        yield from _ink(layout, block, inks)


def _scrim(layout: Layout, shade: Colour, strength: float) -> Stroke:
    """A gradient from the edges nearest to the text, or a soft band where text stands in the middle."""
    card = layout.card
    down = _fade(layout.height, card.top, card.bottom)
    across = np.ones(layout.width, np.float32)
    is_aside = abs(card.centre[0] / layout.width - 0.5) > OFF_MIDDLE
    if layout.width > layout.height and is_aside and card.width < SIDE_SCRIM_WIDTH * layout.width:
        across = _fade(layout.width, card.left, card.right)
    top, bottom = np.flatnonzero(down)[[0, -1]]
    left, right = np.flatnonzero(across)[[0, -1]]
    return Stroke(left, top, strength * down[top : bottom + 1, None] * across[left : right + 1], shade)


def _fade(length: int, low: float, high: float) -> np.ndarray:
    """Opacity along an axis: 1 between low and high and on to a near edge, fading to 0 beyond."""
    place, middle = np.arange(length) + 0.5, (low + high) / 2 / length
    reach = length * (SCRIM_REACH if abs(middle - 0.5) > OFF_MIDDLE else MIDDLE_SCRIM_REACH)
    rising, falling = smooth_step((place - low + reach) / reach), smooth_step((high + reach - place) / reach)
    if middle > 0.6:
        return rising
    return falling if middle < 0.4 else rising * falling


def _rounded(layout: Layout, box: Box, radius: float, fill: Colour, opacity: float) -> Stroke:
    """A rounded rectangle, antialiased by drawing it fourfold."""
    left, top, right, bottom = box.intersection(Box(0, 0, layout.width, layout.height)).as_list()
    large = Image.new("L", (4 * (right - left), 4 * (bottom - top)))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), 4 * radius, fill=255)
    shape = np.asarray(large.reduce(4), np.float32) / 255
    return Stroke(left, top, opacity * shape, fill)


def _halo(layout: Layout, block: TextBlock, treatment: Treatment, shade: Colour) -> Stroke:
    size = block.runs[0].size
    reach = OUTLINE if treatment.halo == "outline" else GLOW_SPREAD
    region = region_around(block, (reach + 3 * GLOW_SIGMA) * size, (layout.height, layout.width))
    left, top, _, _ = region.as_list()
    mask = typography.rasterise(block, region, outline=reach)
    if treatment.halo == "glow":
        mask = _blur(mask, GLOW_SIGMA * size)
    return Stroke(left, top, treatment.strength * mask.astype(np.float32) / 255, shade)


def _blur(mask: np.ndarray, sigma: float) -> np.ndarray:
    """A wide blur, done at a quarter of the size."""
    small = cv2.resize(mask, (-(-mask.shape[1] // 4), -(-mask.shape[0] // 4)), interpolation=cv2.INTER_AREA)
    return cv2.resize(cv2.GaussianBlur(small, (0, 0), sigma / 4), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _ink(layout: Layout, block: TextBlock, inks: Inks) -> Iterator[Stroke]:
    for run in block.runs:
        one = TextBlock(block.role, block.font, (run,), block.box)
        region = region_around(one, 0, (layout.height, layout.width))
        left, top, _, _ = region.as_list()
        is_accent = block.role == "title" and len(block.runs) > 1 and run is block.runs[-1]
        fill = inks.tag_text if block.tag else inks.accent if is_accent else inks.text
        yield Stroke(left, top, typography.rasterise(one, region).astype(np.float32) / 255, fill)
