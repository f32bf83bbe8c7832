"""The pool of candidates for a video: frames, words and styles, paired at random in balanced shares.

Balance is what lets clicks tell later what made the difference: every style meets every frame about
equally often. The chance is seeded by the video's inputs, so that making covers again gives the same.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from inference.covers.attempts import Course
from inference.covers.frames.select import FrameChoice
from inference.covers.picture.style import STYLES, Style, Wording
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import TitleCandidate

TITLES_USED = 3
"""The best titles are worth showing; further ones mostly repeat them."""

PLAIN_STYLES = ("card", "headline", "label")
"""The easiest to read on any picture: an underlay under sans-serif words."""

EMPHASIS_SCALE = 1.2
"""By how much a title that is to be emphasised is set larger."""

CURRENCIES = {"zh": "CNY", "en": "USD"}
"""What a price is meant in where only the requirement names it, by the language of the cover."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Draft:
    """One candidate before it is rendered. ``style`` is a name in ``STYLES``; placement and emphasis overrule it."""

    frame: FrameChoice
    title: TitleCandidate
    wording: Wording
    style: str
    placement: str | None = None
    emphasis: str | None = None

    @property
    def styles(self) -> tuple[str, ...]:
        """Its own style and those that are tried when it does not carry the words."""
        return tuple(dict.fromkeys((self.style, *PLAIN_STYLES)))

    def dress(self, name: str) -> Style:
        """A style as this draft wants it."""
        style = STYLES[name]
        if self.placement:
            style = replace(style, placement=self.placement)
        if self.emphasis == "title":
            return replace(style, scale=EMPHASIS_SCALE * style.scale)
        return replace(style, emphasis=self.emphasis)


def draw_up(
    frames: Sequence[FrameChoice],
    titles: Sequence[TitleCandidate],
    facts: Facts,
    language: str,
    course: Course,
    size: int,
    seed: str,
) -> list[Draft]:
    """``size`` drafts from frames and titles that fit the course, both best first."""
    chance = random.Random(seed)
    columns = (
        _balanced(frames, size, chance),
        _balanced(titles[: 1 if course.short else TITLES_USED], size, chance),
        _balanced(_prices(facts, course, language), size, chance),
        _balanced(_points(facts, course), size, chance),
        _balanced(PLAIN_STYLES if course.plain else tuple(STYLES), size, chance),
    )
    return [
        Draft(frame, title, _word(title.text, language, point, price, course), style, course.placement, course.emphasis)
        for frame, title, price, point, style in zip(*columns, strict=True)
    ]


def _prices(facts: Facts, course: Course, language: str) -> tuple[str | None, ...]:
    price = facts.price_tag
    if price is None and course.amount is not None:  # the requirement alone knows it
        price = replace(facts, price=course.amount, currency=facts.currency or CURRENCIES[language]).price_tag
    if price is None or course.price is False:
        return (None,)
    return (price,) if course.price else (None, price)


def _points(facts: Facts, course: Course) -> tuple[str | None, ...]:
    if course.bare:
        return (None,)
    points = [each for each in facts.selling_points[:1] if not any(word in each for word in course.avoided)]
    points = [*course.offered[:1], *points]
    return tuple(points) if points and course.emphasis == "selling_point" else (None, *points)


def _word(title: str, language: str, point: str | None, price: str | None, course: Course) -> Wording:
    """The words of a draft; what must be said and the title does not say stands where selling points do."""
    unsaid = [words for words in course.said if words.casefold() not in title.casefold()]
    if unsaid:
        point = " ".join(unsaid)
    repeats = point is not None and (point in title or title in point)
    return Wording(title, language, None if repeats and not unsaid else point, price)


def _balanced(items: Sequence[Item], size: int, chance: random.Random) -> list[Item]:
    """``size`` items in random order, each as often as any other but for one."""
    repeated = [items[i % len(items)] for i in range(size)]
    chance.shuffle(repeated)
    return repeated
