"""The pieces of a poster's copy as designers set them: headline, points, price, button, wordmark.

Every function takes a ``Look`` and sizes in pixels and returns a ``Group``. Groups are measured from
ink to ink, so that gaps are what the eye sees.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inference.media.geometry import Box
from inference.models.layout import Role
from training.corpora.layout_annotations.posters.fonts import Face, Suite
from training.corpora.layout_annotations.posters.lettering import (
    Lettering,
    above,
    balanced,
    read_as,
    set_lines,
    set_runs,
    width_of,
)
from training.corpora.layout_annotations.posters.palette import RGB, Ink
from training.corpora.layout_annotations.posters.parts import (
    Edge,
    Group,
    Kind,
    Shape,
    Words,
    abreast,
    flowed,
    framed,
    stacked,
)
from training.corpora.layout_annotations.posters.wording import Price

NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True)
class Look:
    """How one poster is set; sizes in pixels, tracking in em, ``roundness`` 0 for square corners to 1."""

    language: str
    suite: Suite
    centred: bool
    headline_size: float
    small_size: float
    headline: Ink
    plain: Ink
    soft: Ink
    price: Ink
    button: RGB
    button_ink: Ink
    chip: RGB
    chip_ink: Ink
    plate: RGB
    plate_ink: Ink
    points: str
    action: str
    ticket: bool
    roundness: float
    tracking: float
    capitals: bool
    edge: Edge | None = None
    shadow: bool = False


def headline(look: Look, text: str, width: float, scale: float) -> Group:
    """The headline in as many lines, three at most, as let it be largest within the width."""
    text = text.upper() if look.capitals else text
    face, wanted = look.suite.display, look.headline_size * scale
    size, count = max(
        (min(wanted, width / _widest(look, text, face, count)) * (1 - 0.12 * (count - 1)), count) for count in (1, 2, 3)
    )
    size = min(wanted, 0.99 * width / _widest(look, text, face, count))
    leading = 1.28 if look.language == "zh" else 1.12
    lettering = set_lines(text, face, size, look.language, count, look.tracking, leading, look.centred)
    return _block(lettering, Role.HEADLINE, look.headline, look.edge, look.shadow)


def subheadline(look: Look, text: str, width: float, scale: float) -> Group:
    return _paragraph(look, text, look.suite.text, 1.35 * look.small_size * scale, width, Role.SUBHEADLINE, look.soft)


def brand(look: Look, text: str, width: float, scale: float) -> Group:
    tracking = 0.12 if text.isupper() else 0.04
    size = min(1.2 * look.small_size * scale, width / width_of(text, look.suite.strong, tracking))
    lettering = set_lines(text, look.suite.strong, size, look.language, tracking=tracking)
    return _block(lettering, Role.BRAND, look.plain)


def plate(look: Look, text: str, width: float) -> Group:
    """A wordmark on a small ground of its own, to stand on a photo."""
    look = replace(look, plain=look.plate_ink)
    inner = brand(look, text, width, 1.0)
    size = look.small_size
    frame = Shape("box", NOWHERE, look.plate, radius=look.roundness * 0.8 * size, underlay=True)
    return framed(inner, 0.8 * size, 0.6 * size, frame)


def action(look: Look, text: str, width: float, scale: float) -> Group:
    """A button, filled or outlined."""
    size = min(1.25 * look.small_size * scale, 0.99 * width / (width_of(text, look.suite.strong, 0.04) + 2.2))
    lettering = set_lines(text, look.suite.strong, size, look.language, tracking=0.04 if look.language == "zh" else 0.0)
    filled = look.action != "outlined"
    words = Words(lettering, Role.CALL_TO_ACTION, look.button_ink if filled else look.plain)
    inner = Group(lettering.width, lettering.height, (words,))
    colour, line = (look.button, 0.0) if filled else (look.plain.rgb, max(2.0, size * 0.07))
    height = lettering.height + 1.3 * size
    frame = Shape("box", NOWHERE, colour, radius=look.roundness * height / 2, line=line, underlay=True)
    return framed(inner, 1.1 * size, 0.65 * size, frame)


def price(look: Look, price: Price, width: float, scale: float) -> Group:
    """What it costs: label and amount on one baseline, and the former price struck through beside it."""
    size = min(2.6 * look.small_size * scale, look.headline_size * scale * 1.15)
    now = _ticket(look, price, size) if look.ticket else _now(look, price, size)
    if now.width > width:
        now = _now(look, price, size * width / now.width * 0.9)
    if not price.was:
        return now
    small = set_lines(price.was, look.suite.text, 1.15 * look.small_size * scale, look.language)
    was = Group(small.width, small.height, (Words(small, Role.PRICE, look.soft, struck=True),))
    row = abreast([now, was], 0.9 * look.small_size * scale, at=1.0)
    return row if row.width <= width else stacked([now, was], [0.9 * look.small_size * scale], look.centred)


def seal(look: Look, price: Price) -> Group:
    """A price on a disc, its label above the amount."""
    size = 2.2 * look.small_size
    face = look.suite.figures
    lettering = set_runs([(price.now[0], face, 0.6 * size), (price.now[1:], face, size)], 0.05 * size)
    if price.label:
        label = set_lines(price.label, look.suite.strong, 0.46 * size, look.language)
        joint = " " if look.language == "en" else ""
        lettering = read_as(above(label, lettering, 0.3 * size), f"{price.label}{joint}{price.now}")
    side = math.hypot(lettering.width, lettering.height) + 0.9 * size
    inner = _block(lettering, Role.PRICE, look.button_ink)
    disc = Shape("ellipse", NOWHERE, look.button, underlay=True)
    return framed(inner, (side - inner.width) / 2, (side - inner.height) / 2, disc)


def points(look: Look, texts: Sequence[str], width: float, scale: float) -> Group:
    """Selling points as chips, a marked list, ruled rows, or a row with bars between."""
    size = 1.1 * look.small_size * scale
    return POINTS[look.points](look, texts, width, size)


def _chips(look: Look, texts: Sequence[str], width: float, size: float) -> Group:
    def chip(text: str) -> Group:
        filled = look.points == "chips"
        ink = look.chip_ink if filled else look.plain
        inner = _paragraph(look, text, look.suite.strong, size, width - 1.5 * size, Role.SELLING_POINT, ink)
        colour, line = (look.chip, 0.0) if filled else (look.plain.rgb, max(1.5, size * 0.06))
        frame = Shape("box", NOWHERE, colour, radius=look.roundness * size, line=line, underlay=True)
        return framed(inner, 0.7 * size, 0.5 * size, frame)

    return flowed([chip(text) for text in texts], width, 0.55 * size, look.centred)


def _cells(look: Look, texts: Sequence[str], width: float, size: float) -> Group:
    """Equal cells in two columns."""
    gap = 0.5 * size
    across = (min(width, 20 * size) - gap) / 2
    centred = replace(look, centred=True)

    def cell(text: str, height: float) -> Group:
        inner = _paragraph(centred, text, look.suite.strong, size, across - size, Role.SELLING_POINT, look.chip_ink)
        frame = Shape("box", NOWHERE, look.chip, radius=look.roundness * 0.8 * size, underlay=True)
        pad_y = max(0.7 * size, (height - inner.height) / 2)
        return framed(inner, (across - inner.width) / 2, pad_y, frame)

    tallest = max(cell(text, 0.0).height for text in texts)
    return flowed([cell(text, tallest) for text in texts], 2 * across + 1.5 * gap, gap, look.centred)


def _marked(look: Look, texts: Sequence[str], width: float, size: float) -> Group:
    def row(text: str) -> Group:
        mark = 0.34 * size if look.points == "dots" else 0.7 * size
        kind: Kind = "ellipse" if look.points == "dots" else "tick"
        sign = Group(mark, mark, (Shape(kind, Box(0, 0, mark, mark), look.price.rgb),))
        room = width - mark - 0.6 * size
        words = _paragraph(look, text, look.suite.text, size, room, Role.SELLING_POINT, look.plain)
        return abreast([sign, words], 0.6 * size)

    return stacked([row(text) for text in texts], [0.95 * size] * (len(texts) - 1), centred=False)


def _ruled(look: Look, texts: Sequence[str], width: float, size: float) -> Group:
    rows = [_paragraph(look, text, look.suite.text, size, width, Role.SELLING_POINT, look.plain) for text in texts]
    across = max(row.width for row in rows)
    rule = Group(across, 1.5, (Shape("box", Box(0, 0, across, 1.5), look.soft.rgb, opacity=0.5),))
    groups = [each for row in rows for each in (row, rule)][:-1]
    return stacked(groups, [0.6 * size] * (len(groups) - 1), look.centred)


def _barred(look: Look, texts: Sequence[str], width: float, size: float) -> Group:
    bar = Group(2.0, size, (Shape("box", Box(0, 0, 2.0, size), look.soft.rgb, opacity=0.6),))
    words = [_paragraph(look, text, look.suite.text, size, width, Role.SELLING_POINT, look.plain) for text in texts]
    row = abreast([each for word in words for each in (word, bar)][:-1], 0.75 * size)
    return row if row.width <= width else _ruled(look, texts, width, size)


POINTS = {
    "chips": _chips,
    "outlined chips": _chips,
    "cells": _cells,
    "dots": _marked,
    "ticks": _marked,
    "ruled": _ruled,
    "barred": _barred,
}
"""Ways to set selling points, by name."""


PIECES: dict[str, Callable[[Look, Any, float, float], Group]] = {
    "brand": brand,
    "headline": headline,
    "subheadline": subheadline,
    "points": points,
    "price": price,
    "action": action,
}
"""How each part of a wording is set: look, words, width and scale to a group."""


def _ticket(look: Look, price: Price, size: float) -> Group:
    """The price on a ground of the button's colour."""
    inner = _now(replace(look, price=look.button_ink, edge=None, shadow=False), price, 0.8 * size)
    frame = Shape("box", NOWHERE, look.button, radius=look.roundness * 0.4 * size, underlay=True)
    return framed(inner, 0.4 * size, 0.3 * size, frame)


def _now(look: Look, price: Price, size: float) -> Group:
    face, small = look.suite.figures, 0.62
    sign, amount = price.now[0], price.now[1:]
    parts: list[tuple[str, Face, float]] = [(sign, face, size * small), (amount, face, size)]
    if price.label:
        parts.insert(0, (price.label, look.suite.strong, size * 0.45))
    gap = 0.06 * size
    joint = " " if look.language == "en" and price.label else ""
    lettering = read_as(set_runs(parts, gap), f"{price.label}{joint}{price.now}")
    return _block(lettering, Role.PRICE, look.price, look.edge, look.shadow)


def _paragraph(look: Look, text: str, face: Face, size: float, width: float, role: Role, ink: Ink) -> Group:
    """One line where it fits, else two or three; smaller only where even three do not."""
    count = next((n for n in (1, 2, 3) if _widest(look, text, face, n, 0.0) * size <= width), 3)
    size = min(size, 0.995 * width / _widest(look, text, face, count, 0.0))
    lettering = set_lines(text, face, size, look.language, count, leading=1.45, centred=look.centred)
    return _block(lettering, role, ink)


def _widest(look: Look, text: str, face: Face, count: int, tracking: float | None = None) -> float:
    tracking = look.tracking if tracking is None else tracking
    return max(width_of(line, face, tracking) for line in balanced(text, face, look.language, count, tracking))


def _block(lettering: Lettering, role: Role, ink: Ink, edge: Edge | None = None, shadow: bool = False) -> Group:
    words = Words(lettering, role, ink, edge=edge, shadow=shadow)
    return Group(lettering.width, lettering.height, (words,))
