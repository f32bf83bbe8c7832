"""Colours by name: what a person would call red, and pairs that can be read.

Ranges are in OKLCH (Björn Ottosson, *A perceptual color space for image processing*, 2020): lightness
0 to 1, chroma, hue in degrees. They keep away from the borders between names, since a colour two
people name differently has no true name. Papers, which need no name, roam further.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from inference.models.layout import Colour

RGB = tuple[int, int, int]

READABLE, READABLE_LARGE = 4.5, 3.0
"""Least contrast of text and of large text (WCAG 2.2, success criterion 1.4.3)."""


@dataclass(frozen=True)
class Range:
    """A part of OKLCH; ``hue`` may run past 360."""

    lightness: tuple[float, float]
    chroma: tuple[float, float]
    hue: tuple[float, float] = (0, 360)


INKS: dict[Colour, tuple[Range, ...]] = {
    Colour.BLACK: (Range((0.0, 0.22), (0.0, 0.012)),),
    Colour.WHITE: (Range((0.97, 1.0), (0.0, 0.008)),),
    Colour.GREY: (Range((0.50, 0.70), (0.0, 0.010)),),
    Colour.RED: (Range((0.46, 0.62), (0.185, 0.25), (23, 30)),),
    Colour.ORANGE: (Range((0.69, 0.79), (0.155, 0.20), (50, 66)),),
    Colour.YELLOW: (Range((0.86, 0.94), (0.15, 0.205), (95, 107)),),
    Colour.GREEN: (Range((0.42, 0.62), (0.12, 0.19), (140, 156)), Range((0.70, 0.85), (0.15, 0.25), (140, 154))),
    Colour.BLUE: (Range((0.38, 0.58), (0.15, 0.26), (254, 265)), Range((0.66, 0.76), (0.10, 0.16), (240, 256))),
    Colour.PURPLE: (Range((0.38, 0.54), (0.17, 0.25), (304, 316)), Range((0.64, 0.72), (0.14, 0.20), (302, 314))),
    Colour.PINK: (Range((0.72, 0.84), (0.11, 0.18), (350, 366)), Range((0.64, 0.70), (0.19, 0.24), (350, 360))),
    Colour.BROWN: (Range((0.37, 0.47), (0.065, 0.105), (46, 64)),),
}
"""Where inks of each name are drawn from."""

PAPERS: dict[str, tuple[Range, ...]] = {
    "light": (Range((0.945, 0.995), (0.0, 0.02)),),
    "pastel": (Range((0.87, 0.93), (0.03, 0.065)),),
    "dark": (Range((0.16, 0.27), (0.0, 0.05)),),
    "vivid": (
        Range((0.46, 0.58), (0.16, 0.21), (20, 32)),
        Range((0.40, 0.52), (0.11, 0.16), (140, 175)),
        Range((0.40, 0.54), (0.13, 0.20), (248, 268)),
        Range((0.40, 0.52), (0.14, 0.20), (290, 325)),
    ),
}
"""What posters are printed on."""

ON_VIVID = (Colour.WHITE, Colour.WHITE, Colour.YELLOW)
"""Inks that may stand on a saturated paper; others flicker there, however large the contrast."""


@dataclass(frozen=True)
class Ink:
    """A colour of text and its name."""

    name: Colour
    rgb: RGB


def draw_ink(random: Random, name: Colour) -> Ink:
    """A shade of a named colour."""
    return Ink(name, _draw(random, random.choice(INKS[name])))


def draw_paper(random: Random, kind: str) -> RGB:
    """A shade of a kind of paper, a key of ``PAPERS``."""
    return _draw(random, random.choice(PAPERS[kind]))


def ink_for(random: Random, papers: Iterable[RGB], names: Iterable[Colour], contrast: float = READABLE) -> Ink:
    """An ink of one of these names that reads on every paper; black or white when none of them does."""
    papers = list(papers)
    wanted = list(names)
    random.shuffle(wanted)
    for name in wanted:
        for _ in range(4):
            ink = draw_ink(random, name)
            if min(contrast_ratio(ink.rgb, paper) for paper in papers) >= contrast:
                return ink
    plain = (draw_ink(random, Colour.WHITE), draw_ink(random, Colour.BLACK))
    return max(plain, key=lambda ink: min(contrast_ratio(ink.rgb, paper) for paper in papers))


def contrast_ratio(one: RGB, other: RGB) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: RGB, other: RGB, share: float) -> RGB:
    """``share`` of the other in the one, 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _draw(random: Random, place: Range) -> RGB:
    """A colour of a range; what a screen cannot show is drawn again."""
    while True:
        lightness, chroma, hue = (random.uniform(*ends) for ends in (place.lightness, place.chroma, place.hue))
        channels = _linear_rgb(lightness, chroma, math.radians(hue))
        if all(-1e-3 <= value <= 1.001 for value in channels):
            red, green, blue = (round(255 * _encoded(value)) for value in channels)
            return red, green, blue


def _linear_rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _encoded(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _luminance(colour: RGB) -> float:
    red, green, blue = (_decoded(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _decoded(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
