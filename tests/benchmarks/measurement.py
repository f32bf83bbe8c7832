"""What goes into a benchmark and what comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

Row = dict[str, str | float]
"""One line of a benchmark's table. A figure's name ends in its unit."""


@dataclass(frozen=True)
class Options:
    """``repeats`` of each side, of which the median counts; ``videos`` instead of the samples; how many ``rows``
    where a benchmark makes them."""

    repeats: int
    videos: Path | None = None
    rows: int | None = None


def medians(rounds: Sequence[Sequence[float]]) -> list[float]:
    """The median of each side. A round holds one figure of every side, taken in turns: a slow minute
    of the machine hits all alike."""
    return [median(column) for column in zip(*rounds, strict=True)]
