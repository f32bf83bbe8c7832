"""How sure a mean score is, and a difference between two: 95 % intervals by a bootstrap over groups.

Rows of one group (a product in two languages, posters of one look) are drawn together: they are no
independent witnesses (Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993, chapter 8). Every gate and every
table takes its intervals from here, so that no two of them mean different things.

Percentiles of few groups lie too close together. They are widened as far as Student's t is wider than
the normal distribution, which is about right from six groups on (Hesterberg, *What Teachers Should
Know About the Bootstrap*, The American Statistician 69, 2015, section 3.3: the expanded percentile
interval).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

RESAMPLES = 2000
AT_ONCE = 100
"""Draws held in memory at a time: a hundred thousand groups take 0.3 GB, not 6."""

TAIL = 0.025
"""Chance left out on either side."""


class Interval(NamedTuple):
    """A mean or a difference of means, and the 95 % interval around it, in the score's own unit.

    All three are NaN where nothing could be measured; NaN is on neither side of any limit. Of a
    single group nothing is known but its mean: its interval is without end.
    """

    mean: float
    low: float
    high: float


def interval(values: np.ndarray, groups: Sequence[str], weights: np.ndarray | None = None) -> Interval:
    """The mean of values [rows]. A row of weight 0 says nothing, whatever its value; without weights all count alike.

    Raises ``ValueError`` when the lengths differ.
    """
    return _bootstrap([_sums(values, groups, weights)])


def gain(
    new: np.ndarray,
    old: np.ndarray,
    groups: Sequence[str],
    new_weights: np.ndarray | None = None,
    old_weights: np.ndarray | None = None,
) -> Interval:
    """Mean of ``new`` less mean of ``old``, scores [rows] of the same rows by two systems.

    Paired: both see the same draws, so what makes a row hard for both cancels out. Raises
    ``ValueError`` when the lengths differ.
    """
    return _bootstrap([_sums(new, groups, new_weights), _sums(old, groups, old_weights)])


def _sums(values: np.ndarray, groups: Sequence[str], weights: np.ndarray | None) -> np.ndarray:
    """Sum of weighted values and of weights in each group, [2, groups]."""
    values = np.asarray(values, float)
    weights = np.ones(len(values)) if weights is None else np.asarray(weights, float)
    if not len(values) == len(weights) == len(groups):
        raise ValueError(f"{len(values)} values, {len(weights)} weights and {len(groups)} groups: one of each a row")
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    weighted = np.where(weights > 0, values, 0.0) * weights
    return np.stack([np.bincount(group, each, len(names)) for each in (weighted, weights)])


def _bootstrap(systems: list[np.ndarray]) -> Interval:
    """Of the first system's mean, less the second's if there is one."""
    count = systems[0].shape[1]
    if not count:
        return Interval(np.nan, np.nan, np.nan)
    random = np.random.default_rng(0)
    draws = (random.integers(count, size=(AT_ONCE, count)) for _ in range(RESAMPLES // AT_ONCE))
    sums = [[each[:, drawn].sum(axis=2) for each in systems] for drawn in draws]
    means = [_means(np.concatenate(parts, axis=1)) for parts in zip(*sums, strict=True)]
    whole = [_means(each.sum(axis=1)) for each in systems]
    if any(np.isnan(each) for each in whole):
        return Interval(np.nan, np.nan, np.nan)
    mean, drawn_means = whole[0], means[0]
    if len(systems) > 1:
        mean, drawn_means = mean - whole[1], drawn_means - means[1]
    witnesses = min(int((each[1] > 0).sum()) for each in systems)
    if witnesses < 2:
        return Interval(float(mean), -np.inf, np.inf)
    # draws in which only rows without weight came up have no mean and say nothing
    low, high = np.nanquantile(drawn_means, _quantiles(witnesses))
    return Interval(float(mean), float(low), float(high))


def _quantiles(witnesses: int) -> tuple[float, float]:
    """Of the draws' means, those between which 95 % of such intervals hold the truth."""
    reach = np.sqrt(witnesses / (witnesses - 1)) * stats.t.ppf(TAIL, witnesses - 1)
    tail = float(stats.norm.cdf(reach))
    return tail, 1 - tail


def _means(sums: np.ndarray) -> np.ndarray:
    """Weighted means [draws] from sums [2, draws]; NaN where there is no weight."""
    return np.divide(sums[0], sums[1], out=np.full_like(sums[0], np.nan), where=sums[1] > 0)
