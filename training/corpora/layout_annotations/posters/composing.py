"""Filling an arrangement with copy: sizes shrink until all fits, then the least important part goes."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

from training.corpora.layout_annotations.posters import groups
from training.corpora.layout_annotations.posters.groups import Look
from training.corpora.layout_annotations.posters.layouts import Arrangement, Region
from training.corpora.layout_annotations.posters.on_photo import set_on_photo
from training.corpora.layout_annotations.posters.parts import Group, Part, abreast, stacked
from training.corpora.layout_annotations.posters.photos import Photo
from training.corpora.layout_annotations.posters.wording import Wording

SCALES = (1.45, 1.3, 1.15, 1.0, 0.93, 0.86, 0.8)
"""Sizes tried before something is left out; smaller type would no longer be read at a glance."""
LARGEST = (0, 1, 2, 2, 3)
"""At which of them to start: airy posters and full ones."""

GAPS = {"brand": 1.5, "headline": 1.25, "subheadline": 1.35, "points": 1.6, "price": 1.5, "action": 1.7}
"""Space below each part, in small sizes."""


def compose(random: Random, arrangement: Arrangement, photo: Photo, wording: Wording, look: Look) -> list[Part]:
    """Every part of the copy that finds room, placed on the canvas, region by region."""
    beside, largest = random.random() < 0.5, random.choice(LARGEST)
    parts, rest = set_on_photo(random, arrangement, photo, wording, look)
    for region in arrangement.regions:
        parts += _in_region(region, rest, replace(look, centred=region.centred), beside, largest)
    return parts


def _in_region(region: Region, wording: Wording, look: Look, beside: bool, largest: int) -> tuple[Part, ...]:
    box = region.box
    for shorter in _ever_shorter(_held(wording, region.holds)):
        for scale in SCALES[largest:]:
            group = _column(look, region.holds, shorter, box.width, scale, beside)
            if group and group.height <= box.height and group.width <= box.width + 1:
                x = box.left + (box.width - group.width) / 2 * region.centred
                return group.moved(x, box.top + (box.height - group.height) * region.at)
    return ()


def _held(wording: Wording, holds: tuple[str, ...]) -> Wording:
    kept: dict[str, Any] = {name: getattr(wording, name) for name in holds}
    return replace(Wording(wording.language, ""), **kept)


def _ever_shorter(wording: Wording) -> Iterator[Wording]:
    """The wording, then with less and less of it."""
    yield wording
    while len(wording.points) > 1:
        wording = replace(wording, points=wording.points[:-1])
        yield wording
    nothing: dict[str, Any] = {"subheadline": "", "brand": "", "points": (), "price": None, "action": ""}
    for name in nothing:
        wording = replace(wording, **{name: nothing[name]})
        yield wording


def _column(
    look: Look, order: tuple[str, ...], wording: Wording, width: float, scale: float, beside: bool
) -> Group | None:
    """The parts of a wording below one another; price and button side by side where asked and possible."""
    pieces = [
        (name, groups.PIECES[name](look, getattr(wording, name), width, scale))
        for name in order
        if getattr(wording, name)
    ]
    names = [name for name, _ in pieces]
    if beside and "price" in names and names[names.index("price") :][1:2] == ["action"]:
        at = names.index("price")
        row = abreast([pieces[at][1], pieces[at + 1][1]], 1.6 * look.small_size * scale)
        if row.width <= width:
            pieces[at : at + 2] = [("action", row)]
    if not pieces:
        return None
    gaps = [GAPS[name] * look.small_size * scale for name, _ in pieces[:-1]]
    return stacked([group for _, group in pieces], gaps, look.centred)
