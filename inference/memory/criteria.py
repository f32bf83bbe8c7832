"""The criteria in force: read from memory, checked against a cover, added up to a score."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import pyarrow.compute as pc

from data_contracts.catalog import MEMORY_CRITERIA
from data_contracts.store import Lake

ALL = "all"
"""The scope of a criterion that holds for every category."""


@dataclass(frozen=True)
class Criterion:
    """Covers whose ``feature`` is at least ``low`` and below ``high`` (None: no bound) are clicked more.

    ``effect`` is by how much, as a difference of probabilities, always positive; ``interval_low`` and
    ``interval_high`` are its 95 % interval and ``support`` the impressions behind it.
    """

    criterion_id: str
    feature: str
    low: float | None
    high: float | None
    scope: str
    effect: float
    interval_low: float
    interval_high: float
    support: int
    need: Literal["have_to_have", "better_to_have"]
    valid_until: datetime
    sentence_zh: str
    sentence_en: str
    simulated: bool

    @property
    def mandatory(self) -> bool:
        return self.need == "have_to_have"

    @property
    def direction(self) -> Literal["more", "less"]:
        """Whether more or less of the feature is clicked more."""
        return "more" if self.high is None else "less"

    def met(self, features: Mapping[str, float]) -> bool:
        """Whether a cover with these features meets it. Raises ``KeyError`` if the feature is missing."""
        value = features[self.feature]
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)


def active(lake: Lake, now: datetime) -> list[Criterion]:
    """Criteria in force at ``now``, strongest first. Lapsed ones are none even before they are retired."""
    columns = list(Criterion.__dataclass_fields__)
    in_force = (pc.field("status") == "active") & (pc.field("valid_until") > now)
    rows = lake.read(MEMORY_CRITERIA, columns, where=in_force).to_pylist()
    return sorted((Criterion(**row) for row in rows), key=lambda each: (-each.effect, each.criterion_id))


def relevant(criteria: Iterable[Criterion], category: str | None) -> list[Criterion]:
    """Those that speak of a category: its own, and the general ones on features it has no own one for."""
    criteria = list(criteria)
    own = {each.feature for each in criteria if each.scope == category}
    return [each for each in criteria if each.scope == category or (each.scope == ALL and each.feature not in own)]


def score(features: Mapping[str, float], criteria: Iterable[Criterion]) -> float:
    """Click probability that a cover gains by the criteria it meets: the sum of their effects."""
    return sum(each.effect for each in criteria if each.met(features))


def key(criteria: Sequence[Criterion]) -> str:
    """Digest of what is asked (feature, direction, scope), however strong; ``none`` when nothing is.

    Covers need to be made anew when it changes, not when an effect is estimated a little differently.
    """
    if not criteria:
        return "none"
    asked = sorted(f"{each.feature} {each.direction} {each.scope}" for each in criteria)
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]
