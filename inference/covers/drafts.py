"""The pool of candidates for a video: frames, words and styles, paired at random in balanced shares.

Balance is what lets clicks tell later what made the difference: every style meets every frame about
equally often. The chance is seeded by the video's inputs, so that making covers again gives the same.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from inference.covers.frames.select import FrameChoice
from inference.covers.picture.style import STYLES, Wording
from inference.covers.plan import Plan
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import TitleCandidate

TITLES_USED = 3
"""The best titles are worth showing; further ones mostly repeat them."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Draft:
    """One candidate before it is rendered. ``style`` is a name in ``STYLES``."""

    frame: FrameChoice
    title: TitleCandidate
    wording: Wording
    style: str


def draw_up(
    frames: Sequence[FrameChoice],
    titles: Sequence[TitleCandidate],
    facts: Facts,
    language: str,
    plan: Plan,
    size: int,
    seed: str,
) -> list[Draft]:
    """``size`` drafts from frames and publishable titles, both best first."""
    chance = random.Random(seed)
    columns = (
        _balanced(frames, size, chance),
        _balanced(titles[:TITLES_USED], size, chance),
        _balanced(_prices(facts, plan), size, chance),
        _balanced((None, *facts.selling_points[:1]), size, chance),
        _balanced(tuple(STYLES), size, chance),
    )
    return [
        Draft(frame, title, _word(title.text, language, point, price), style)
        for frame, title, price, point, style in zip(*columns, strict=True)
    ]


def _prices(facts: Facts, plan: Plan) -> tuple[str | None, ...]:
    price = facts.price_tag
    if "price" in plan.must_not_show or price is None:
        return (None,)
    return (price,) if "price" in plan.must_show else (None, price)


def _word(title: str, language: str, point: str | None, price: str | None) -> Wording:
    repeats = point is not None and (point in title or title in point)
    return Wording(title, language, None if repeats else point, price)


def _balanced(items: Sequence[Item], size: int, chance: random.Random) -> list[Item]:
    """``size`` items in random order, each as often as any other but for one."""
    repeated = [items[i % len(items)] for i in range(size)]
    chance.shuffle(repeated)
    return repeated
