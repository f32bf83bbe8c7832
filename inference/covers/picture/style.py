"""What a cover says and the named styles it can wear: the choices in which candidates differ."""

from dataclasses import dataclass
from typing import Literal

RATIOS: dict[str, tuple[int, int]] = {"3:4": (1080, 1440), "1:1": (1080, 1080), "16:9": (1280, 720)}
"""Width and height in pixels of each picture of a cover."""


LEAST_SIDE, MOST_SIDE, MOST_PIXELS, MOST_ELONGATED = 160, 8192, 36_000_000, 5
"""Of any canvas, in pixels, and its longer side over its shorter."""


@dataclass(frozen=True)
class Wording:
    """The words on a cover. ``language`` is an ISO 639 code, ``price`` as shown, like ¥99 or $12.50.

    Posters say more: ``points`` are further selling points, each on a line of its own. ``names`` are
    never shown by themselves: no line break enters one where it occurs in the other texts.
    """

    title: str
    language: str
    selling_point: str | None = None
    price: str | None = None
    subheadline: str | None = None
    points: tuple[str, ...] = ()
    call_to_action: str | None = None
    brand: str | None = None
    names: tuple[str, ...] = ()

    @property
    def selling_points(self) -> tuple[str, ...]:
        return (*filter(None, [self.selling_point]), *self.points)


@dataclass(frozen=True)
class Style:
    """How a cover is set. What the picture cannot carry is overruled, and the layout's costs say so.

    ``placement`` is where the title should stand, ``free`` wherever the picture leaves most room.
    ``underlay`` is what lies between picture and text: nothing, a gradient, or a card. ``scale``
    multiplies the title's size. ``accent`` puts the last title line in the accent colour. ``emphasis``
    names a role beside the title, like price, that is set much larger than usual.
    """

    placement: Literal["top", "middle", "bottom", "free"] = "free"
    underlay: Literal["none", "scrim", "panel"] = "none"
    font: Literal["sans", "serif"] = "sans"
    align: Literal["left", "centre"] = "left"
    scale: float = 1.0
    accent: bool = False
    emphasis: str | None = None


STYLES: dict[str, Style] = {
    "headline": Style(placement="bottom", underlay="scrim"),
    "poster": Style(placement="top", underlay="none", align="centre", scale=1.15, accent=True),
    "billboard": Style(placement="free", underlay="none", scale=1.3),
    "card": Style(placement="bottom", underlay="panel", scale=0.9),
    "editorial": Style(placement="bottom", underlay="scrim", font="serif", align="centre", scale=0.95),
    "masthead": Style(placement="top", underlay="scrim", scale=1.1, accent=True),
    "quiet": Style(placement="free", underlay="none", font="serif", scale=0.85),
    "label": Style(placement="middle", underlay="panel", align="centre", scale=0.85),
}


def read_canvas(ratio_or_size: str | tuple[int, int]) -> tuple[str, int, int]:
    """Name, width and height in pixels of a canvas: a ratio of ``RATIOS``, or a size, named like 1200x628.

    Raises ``ValueError`` for a ratio that is not known and a size that no picture should have.
    """
    if isinstance(ratio_or_size, str):
        if ratio_or_size not in RATIOS:
            raise ValueError(f"unknown ratio {ratio_or_size!r}, known are {', '.join(RATIOS)}")
        return ratio_or_size, *RATIOS[ratio_or_size]
    width, height = ratio_or_size
    short, long = sorted((width, height))
    if short < LEAST_SIDE or long > MOST_SIDE or width * height > MOST_PIXELS:
        limits = f"sides of {LEAST_SIDE} to {MOST_SIDE} pixels and at most {MOST_PIXELS // 1_000_000} million in all"
        raise ValueError(f"a canvas of {width} × {height} pixels: {limits} are set")
    if long > MOST_ELONGATED * short:
        raise ValueError(f"a canvas of {width} × {height} pixels is more than {MOST_ELONGATED} times as long as wide")
    known = next((name for name, size in RATIOS.items() if size == (width, height)), None)
    return known or f"{width}x{height}", width, height
