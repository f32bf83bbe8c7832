"""What a cover says and the named styles it can wear: the choices in which candidates differ."""

from dataclasses import dataclass
from typing import Literal

RATIOS: dict[str, tuple[int, int]] = {"3:4": (1080, 1440), "1:1": (1080, 1080), "16:9": (1280, 720)}
"""Width and height in pixels of each picture of a cover."""


@dataclass(frozen=True)
class Wording:
    """The words on a cover. ``language`` is an ISO 639 code, ``price`` as shown, like ¥99 or $12.50."""

    title: str
    language: str
    selling_point: str | None = None
    price: str | None = None


@dataclass(frozen=True)
class Style:
    """How a cover is set. What the picture cannot carry is overruled, and the layout's costs say so.

    ``placement`` is where the title should stand, ``free`` wherever the picture leaves most room.
    ``underlay`` is what lies between picture and text: nothing, a gradient, or a card. ``scale``
    multiplies the title's size. ``accent`` puts the last title line in the accent colour.
    """

    placement: Literal["top", "middle", "bottom", "free"] = "free"
    underlay: Literal["none", "scrim", "panel"] = "none"
    font: Literal["sans", "serif"] = "sans"
    align: Literal["left", "centre"] = "left"
    scale: float = 1.0
    accent: bool = False


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
