"""Which titles may be published, and which of them is best: all are judged alike, whoever wrote them."""

from dataclasses import dataclass
from typing import Literal

from inference.covers.titles.checks import MIN_WIDTH, Limits, find_chatter, find_faults, width
from inference.covers.titles.chinese import find_names
from inference.covers.titles.claims import STRETCH_END, canonical, find_unsupported
from inference.covers.titles.facts import Facts

Source = Literal["model", "rule", "given", "file name", "fallback"]
"""Who wrote a title: the model (a rule may have put the product's name before it), a rule from the facts, a person,
who named the file, or nobody."""


@dataclass(frozen=True)
class TitleCandidate:
    """A title and its verdict. ``score`` is 0 to 1; a kept title may be published as it is.

    ``reasons`` are the faults of one that is not kept, and what speaks for one that is.
    """

    text: str
    source: Source
    score: float
    kept: bool
    reasons: tuple[str, ...]


def judge(text: str, source: Source, facts: Facts, limits: Limits) -> TitleCandidate:
    """One title's verdict. A file's own name may be shorter than other titles."""
    shortest = 1.0 if source == "file name" else MIN_WIDTH[limits.language]
    faults = find_faults(text, facts.everything, limits, shortest)
    if source in ("model", "rule") and find_unsupported(text, facts.written) and (said := find_chatter(text)):
        faults.append(f"talk, no title: {said!r}")
    if faults:
        return TitleCandidate(text, source, 0.0, False, tuple(faults))
    score, merits = _score(text, facts, limits)
    return TitleCandidate(text, source, score, True, tuple(merits))


def _score(text: str, facts: Facts, limits: Limits) -> tuple[float, list[str]]:
    """Mean of three merits, each 0 to 1: it names the product, says a strong point, fills its line.

    The points of a video without a product are the headlines on its screen.
    """
    merits = []
    names = _names_product(text, facts)
    if names:
        merits.append("names the product")
    points, kind = (facts.selling_points, "selling point") if facts.selling_points else (facts.headlines, "headline")
    strength = 0.0
    for place, point in enumerate(points):
        if _says(text, point):
            strength = 1 / (1 + place / 2)
            merits.append(f"says {kind} {place + 1}")
            break
    filled = width(text, limits.language) / limits.max_width
    merits.append(f"fills {filled:.0%} of the line")
    return round((names + strength + min(1.0, filled / 0.6)) / 3, 4), merits


def _names_product(text: str, facts: Facts) -> bool:
    """Whether the title holds the end of the product's name, where the noun stands."""
    if names := find_names(facts.title or "") or find_names(facts.category or ""):
        last = names[0][-2:]
    elif facts.title:
        last = facts.title.split()[-1] if " " in facts.title else facts.title[-2:]
    else:
        return False
    return canonical(last) in canonical(text)


def _says(text: str, point: str) -> bool:
    """Whether a stretch of the title, from sign to sign, is borne out by one selling point and most of it."""
    said = (stretch for stretch in STRETCH_END.split(text) if not find_unsupported(stretch, point))
    return any(len(stretch) >= len(point) / 2 for stretch in said)
