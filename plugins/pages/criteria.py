"""What has been learned: every criterion with its effect, drawn on one axis."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, OUTCOMES, VIDEOS, Dataset
from data_contracts.store import Lake
from plugins.pages.clicks import clicks_by_cover

TICKS = 6
"""At most so many steps between marks of the axis, or their labels touch on a phone."""
SMALLEST_AXIS = 0.001
"""Width of the axis, as a difference of probabilities, when every effect is zero."""


@dataclass(frozen=True)
class Axis:
    """Differences of probabilities from ``low`` to ``high``, zero between them, a mark every ``step``."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        return [self.low + place * self.step for place in range(round((self.high - self.low) / self.step) + 1)]

    @property
    def digits(self) -> int:
        """Decimals that tell two marks apart in percentage points."""
        return max(0, -math.floor(math.log10(self.step * 100)))

    def place(self, value: float) -> float:
        """Where a value stands, in percent of the axis's length."""
        return round(100 * (value - self.low) / (self.high - self.low), 3)


@dataclass(frozen=True)
class Criteria:
    """Active criteria, and those retired or expired; within both, the strongest effects first.

    ``data`` counts what there is to learn from, ``simulated`` says that some of it was simulated.
    """

    active: list[dict[str, Any]]
    retired: list[dict[str, Any]]
    axis: Axis
    data: dict[str, int]
    simulated: bool


def open_criteria(lake: Lake) -> Criteria:
    """Every criterion, and how many rows there are to learn from."""
    now = datetime.now(UTC)
    rows = lake.read(MEMORY_CRITERIA).to_pylist()
    rows.sort(key=lambda row: (row["scope"] != "all", row["scope"], -abs(row["effect"])))
    holds = [row["status"] == "active" and row["valid_until"] > now for row in rows]
    ends = [row[end] for row in rows for end in ("interval_low", "interval_high")]
    return Criteria(
        active=[row for row, held in zip(rows, holds, strict=True) if held],
        retired=[row for row, held in zip(rows, holds, strict=True) if not held],
        axis=draw_axis(ends),
        data={dataset.name: _count(lake, dataset) for dataset in (VIDEOS, COVERS, OUTCOMES)},
        simulated=any(clicks.simulated for clicks in clicks_by_cover(lake).values()),
    )


def draw_axis(values: list[float]) -> Axis:
    """An axis that holds zero and all values, from mark to mark, the marks at round numbers."""
    low, high = min([0.0, *values]), max([0.0, *values])
    step = _round_step(max(high - low, SMALLEST_AXIS) / TICKS)
    return Axis(math.floor(low / step) * step, max(math.ceil(high / step), 1) * step, step)


def _round_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is no smaller than ``least``."""
    power = 10 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)


def _count(lake: Lake, dataset: Dataset) -> int:
    found = lake.open(dataset)
    return found.count_rows() if found else 0
