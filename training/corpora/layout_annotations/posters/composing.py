"""Filling an arrangement with copy: sizes shrink until all fits, then the least important part goes."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from training.corpora.layout_annotations.posters import groups
from training.corpora.layout_annotations.posters.groups import Look
from training.corpora.layout_annotations.posters.layouts import Arrangement, Region
from training.corpora.layout_annotations.posters.parts import Group, Part, abreast, stacked
from training.corpora.layout_annotations.posters.wording import Wording

SCALES = (1.0, 0.93, 0.86, 0.8)
"""Sizes tried before something is left out; smaller type would no longer be read at a glance."""

GAPS = {"brand": 1.5, "headline": 1.25, "subheadline": 1.35, "points": 1.6, "price": 1.4, "action": 0.0}
"""Space below each part, in small sizes."""


def compose(arrangement: Arrangement, wording: Wording, look: Look, random: Random) -> list[Part]:
    """Every part of the copy that finds room, placed on the canvas, region by region."""
    beside = random.random() < 0.5
    return [
        part
        for region in arrangement.regions
        for part in _in_region(region, wording, replace(look, centred=region.centred), beside)
    ]


def _in_region(region: Region, wording: Wording, look: Look, beside: bool) -> tuple[Part, ...]:
    for shorter in _ever_shorter(_held(wording, region.holds)):
        for scale in SCALES:
            group = _column(look, shorter, region.box.width, scale, beside)
            if group and group.height <= region.box.height and group.width <= region.box.width + 1:
                x = region.box.left + (region.box.width - group.width) / 2 * region.centred
                return group.moved(x, region.box.top + (region.box.height - group.height) * region.at)
    return ()


def _held(wording: Wording, holds: tuple[str, ...]) -> Wording:
    nothing = Wording(wording.language, "")
    return replace(nothing, **{name: getattr(wording, name) for name in holds})


def _ever_shorter(wording: Wording) -> Iterator[Wording]:
    """The wording, then with less and less of it."""
    yield wording
    while len(wording.points) > 1:
        wording = replace(wording, points=wording.points[:-1])
        yield wording
    for name, nothing in (("subheadline", ""), ("brand", ""), ("points", ()), ("price", None), ("action", "")):
        wording = replace(wording, **{name: nothing})
        yield wording


def _column(look: Look, wording: Wording, width: float, scale: float, beside: bool) -> Group | None:
    """The parts of a wording below one another; price and button side by side where asked and possible."""
    pieces: list[tuple[str, Group]] = []
    if wording.brand:
        pieces.append(("brand", groups.brand(look, wording.brand, width, scale)))
    if wording.headline:
        pieces.append(("headline", groups.headline(look, wording.headline, width, scale)))
    if wording.subheadline:
        pieces.append(("subheadline", groups.subheadline(look, wording.subheadline, width, scale)))
    if wording.points:
        pieces.append(("points", groups.points(look, wording.points, width, scale)))
    if wording.price:
        pieces.append(("price", groups.price(look, wording.price, width, scale)))
    if wording.action:
        pieces.append(("action", groups.action(look, wording.action, scale)))
    if beside and wording.price and wording.action:
        row = abreast([pieces[-2][1], pieces[-1][1]], 1.6 * look.small_size * scale)
        if row.width <= width:
            pieces[-2:] = [("action", row)]
    if not pieces:
        return None
    gaps = [GAPS[name] * look.small_size * scale for name, _ in pieces[:-1]]
    return stacked([group for _, group in pieces], gaps, look.centred)
