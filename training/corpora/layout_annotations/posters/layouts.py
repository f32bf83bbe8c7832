"""Layout families: where a poster has its photo, its panels and its words.

Every family is one function of the canvas; a designer would add the next one here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from inference.media.geometry import Box

ORDERS = (
    ("brand", "headline", "subheadline", "points", "price", "action"),
    ("brand", "headline", "subheadline", "price", "points", "action"),
    ("headline", "subheadline", "points", "price", "action", "brand"),
    ("brand", "subheadline", "headline", "points", "price", "action"),
)
"""Ways from top to bottom through the copy."""

MARGIN = 0.06
"""Of the canvas' shorter side; skewing moves ink by less."""


Form = Literal["box", "rounded", "ellipse"]
"""How a photo is cut out."""


@dataclass(frozen=True)
class Region:
    """A box that holds parts of the copy, in that order. ``at`` 0 sets them at its top, 1 at its bottom."""

    box: Box
    holds: tuple[str, ...]
    at: float = 0.5
    centred: bool = False


@dataclass(frozen=True)
class Arrangement:
    """One layout in canvas pixels.

    ``ground`` is what words stand on: the ``paper``, a ``panel`` on the photo, a photo that ``fades``
    into paper, or the photo ``shaded`` dark. ``subject`` is where the photo's subject should be, as
    shares of ``photo``; ``fade`` is the part of the photo in which it turns to paper, and towards
    where. ``open`` is the part of the photo no words stand on, where a seal and a plate may be put.
    """

    family: str
    photo: Box
    regions: tuple[Region, ...]
    ground: Literal["paper", "panel", "fade", "shade"] = "paper"
    shape: Form = "box"
    panels: tuple[Box, ...] = ()
    subject: tuple[float, float] = (0.5, 0.5)
    fade: tuple[Box, str] | None = None
    open: Box | None = None


def side_by_side(random: Random, width: int, height: int) -> Arrangement:
    """Text in one column, photo in the other."""
    margin = _margin(width, height)
    share = random.uniform(0.46, 0.54)
    text = Box(margin, margin, share * width - 0.4 * margin, height - margin)
    photo = Box(round(share * width), 0, width, height)
    shape: Form = random.choice(("box", "box", "rounded", "ellipse"))
    if shape != "box":
        photo = photo.grown(-0.3 * margin, -margin, -margin, -margin)
    if shape == "ellipse":
        photo = _square_within(photo)
    if random.random() < 0.5:
        text, photo = _mirrored(text, width), _mirrored(photo, width)
    region = Region(text, random.choice(ORDERS), centred=random.random() < 0.2)
    return Arrangement("side by side", photo, (region,), shape=shape, open=photo)


def above_and_below(random: Random, width: int, height: int) -> Arrangement:
    """Photo across one half, text in the other."""
    margin = _margin(width, height)
    share = random.uniform(0.42, 0.52)
    photo = Box(0, 0, width, round(share * height))
    text = Box(margin, photo.bottom + 0.7 * margin, width - margin, height - margin)
    shape: Form = "box"
    if random.random() < 0.35:
        photo, shape = photo.grown(-margin, -margin, -margin, 0), "rounded"
    if random.random() < 0.4:
        text, photo = _flipped(text, height), _flipped(photo, height)
    region = Region(text, random.choice(ORDERS), centred=random.random() < 0.6)
    return Arrangement("above and below", photo, (region,), shape=shape, open=photo)


def centred(random: Random, width: int, height: int) -> Arrangement:
    """Headline above, photo in the middle, price and button below."""
    margin = _margin(width, height)
    top, bottom = random.uniform(0.27, 0.33) * height, random.uniform(0.66, 0.71) * height
    photo = Box(margin, top, width - margin, bottom)
    shape: Form = random.choice(("ellipse", "rounded", "box"))
    if shape == "ellipse":
        photo = _square_within(photo)
    order = random.choice(ORDERS[:2])
    regions = (
        Region(Box(margin, margin, width - margin, top - 0.6 * margin), order[:3], 0.5, True),
        Region(Box(margin, bottom + 0.6 * margin, width - margin, height - margin), order[3:], 0.5, True),
    )
    return Arrangement("centred", photo, regions, shape=shape, open=photo)


def card(random: Random, width: int, height: int) -> Arrangement:
    """A card on a photo that fills the canvas."""
    margin = _margin(width, height)
    if width > height:
        panel = Box(margin, margin, random.uniform(0.46, 0.53) * width, height - margin)
        free, subject = Box(panel.right, 0, width, height), (0.76, 0.5)
        if random.random() < 0.5:
            panel, free, subject = _mirrored(panel, width), _mirrored(free, width), (0.24, 0.5)
    else:
        panel = Box(margin, random.uniform(0.46, 0.54) * height, width - margin, height - margin)
        free, subject = Box(0, 0, width, panel.top), (0.5, 0.25)
        if random.random() < 0.3:
            panel, free, subject = _flipped(panel, height), _flipped(free, height), (0.5, 0.76)
    inner = panel.grown(*[-0.8 * margin] * 4)
    region = Region(inner, random.choice(ORDERS), centred=random.random() < 0.5)
    whole = Box(0, 0, width, height)
    return Arrangement("card", whole, (region,), "panel", panels=(panel,), subject=subject, open=free)


def band(random: Random, width: int, height: int) -> Arrangement:
    """A band of colour across a photo that fills the canvas."""
    margin = _margin(width, height)
    depth = random.uniform(0.40, 0.48) * height
    offset = random.choice((0.0, 0.0, 0.05)) * height
    panel = Box(0, height - depth - offset, width, height - offset)
    inner = panel.grown(-margin, -0.6 * margin, -margin, -0.6 * margin)
    region = Region(inner, random.choice(ORDERS), centred=random.random() < 0.5)
    photo = Box(0, 0, width, round(panel.top) if not offset else height)
    free = Box(0, 0, width, panel.top)
    subject = (0.5, 0.27 if offset else 0.5)
    return Arrangement("band", photo, (region,), "panel", panels=(panel,), subject=subject, open=free)


def fading(random: Random, width: int, height: int) -> Arrangement:
    """A photo that fades into the paper the words stand on."""
    margin = _margin(width, height)
    if width > height * 1.2:
        share = random.uniform(0.46, 0.52)
        photo = Box(round(0.36 * width), 0, width, height)
        text = Box(margin, margin, share * width, height - margin)
        fade, towards, subject = Box(share * width, 0, (share + 0.16) * width, height), "left", (0.66, 0.5)
    else:
        share = random.uniform(0.5, 0.57)
        photo = Box(0, 0, width, round(0.62 * height))
        text = Box(margin, share * height, width - margin, height - margin)
        fade = Box(0, (share - 0.17) * height, width, (share - 0.02) * height)
        towards, subject = "bottom", (0.5, 0.36)
    region = Region(text, random.choice(ORDERS), centred=random.random() < 0.4)
    return Arrangement("fading", photo, (region,), "fade", subject=subject, fade=(fade, towards))


def shaded(random: Random, width: int, height: int) -> Arrangement:
    """Light words straight on a darkened photo."""
    margin = _margin(width, height)
    if width > height:
        text = Box(margin, margin, random.uniform(0.5, 0.6) * width, height - margin)
        subject = (0.8, 0.45)
    else:
        text = Box(margin, random.uniform(0.38, 0.46) * height, width - margin, height - margin)
        subject = (0.5, 0.24)
    at = 0.5 if width > height else 1.0
    region = Region(text, random.choice(ORDERS), at, centred=random.random() < 0.35)
    return Arrangement("shaded", Box(0, 0, width, height), (region,), "shade", subject=subject)


FAMILIES: tuple[Callable[[Random, int, int], Arrangement], ...] = (
    side_by_side,
    above_and_below,
    centred,
    card,
    band,
    fading,
    shaded,
)
LANDSCAPE = (side_by_side, side_by_side, card, fading, shaded)
"""The families with a column for words, which a canvas wider than high asks for."""


def arrange(random: Random, width: int, height: int) -> Arrangement:
    """A layout that suits the canvas."""
    families = LANDSCAPE if width > height else FAMILIES
    if height > 1.2 * width:
        families = tuple(family for family in families if family is not side_by_side)
    return random.choice(families)(random, width, height)


def _margin(width: int, height: int) -> float:
    return MARGIN * min(width, height)


def _mirrored(box: Box, width: int) -> Box:
    return Box(width - box.right, box.top, width - box.left, box.bottom)


def _flipped(box: Box, height: int) -> Box:
    return Box(box.left, height - box.bottom, box.right, height - box.top)


def _square_within(box: Box) -> Box:
    side = min(box.width, box.height) / 2
    x, y = box.centre
    return Box(x - side, y - side, x + side, y + side)
