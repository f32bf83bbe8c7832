"""How often each cover was clicked, with how sure that is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyarrow as pa

from data_contracts.catalog import OUTCOMES
from data_contracts.store import Lake

Z_95 = 1.959964
"""Standard normal quantile of a two-sided 95 % interval."""

ROWS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Clicks:
    """Mature impressions of one cover; ``simulated`` when any viewer was."""

    impressions: int
    clicks: int
    simulated: bool

    @property
    def rate(self) -> float:
        return self.clicks / self.impressions

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the rate after Wilson (1927), which is right for few impressions too."""
        n, spread = self.impressions, Z_95**2 / self.impressions
        centre = (self.rate + spread / 2) / (1 + spread)
        half = Z_95 / (1 + spread) * math.sqrt(self.rate * (1 - self.rate) / n + spread / (4 * n))
        return max(0.0, centre - half), min(1.0, centre + half)


def clicks_by_cover(lake: Lake) -> Mapping[str, Clicks]:
    """The clicks of every cover that was shown, by cover_id. Counted once for each version of the outcomes."""
    return _count(lake, lake.version(OUTCOMES))


@lru_cache(maxsize=1)
def _count(lake: Lake, version: int) -> Mapping[str, Clicks]:
    if version == 0:
        return {}
    columns = ["cover_id", "clicked", "simulated"]
    batches = lake.open(OUTCOMES, version).to_batches(columns=columns, batch_size=ROWS_AT_ONCE)
    parts = [
        pa.Table.from_batches([batch])
        .group_by("cover_id")
        .aggregate([("clicked", "count"), ("clicked", "sum"), ("simulated", "any")])
        for batch in batches
    ]
    together = pa.concat_tables(parts).group_by("cover_id")
    totals = together.aggregate([("clicked_count", "sum"), ("clicked_sum", "sum"), ("simulated_any", "any")])
    return {
        row["cover_id"]: Clicks(row["clicked_count_sum"], row["clicked_sum_sum"], row["simulated_any_any"])
        for row in totals.to_pylist()
    }
