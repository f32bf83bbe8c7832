"""How much a cover feature changes the click rate, with intervals that count covers, not impressions.

Ten thousand impressions of two covers tell those two apart and nothing about features. So a cover is
one study of its own, and an effect is a random-effects meta-regression over covers:

1. Each cover's click rate, adjusted for what is shown where, when and to whom: regression of clicks
   on covers, position, device, network, time of day and day. Impressions are weighted by
   1 / sqrt(propensity): after a bandit plain means are biased and 1 / propensity wastes data, while
   these weights stabilise the variance (Hadad et al., PNAS 2021).
2. Within videos (each has its own intercept), a line of the rate on the feature, the other features
   held equal. Covers differ for reasons no feature measures; that variance is estimated (Paule &
   Mandel 1982) and added to each cover's own. Intervals after Knapp and Hartung (2003), Student's t,
   never narrower than the covers' own variance warrants.
3. The line is read off at the feature's cut: the mean cover above it against the mean cover below.
   (Comparing the two groups directly wastes a third of the covers: in simulations it found half as
   many planted tastes. The price is that an effect that is a sudden step is understated.)
4. Benjamini–Hochberg over all features and scopes.

The cut halves the covers as evenly as their values allow, without looking at clicks: a cut chosen to
look good would make the interval a lie.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from inference.feedback.evidence import FEATURE_NAMES, Evidence
from inference.memory.criteria import ALL

CONFIDENCE = 0.95
FALSE_DISCOVERY_RATE = 0.05

MIN_CATEGORY_VIDEOS = 5
"""Videos a category must have to be asked for criteria of its own."""
MIN_VIDEOS, MIN_COVERS_A_SIDE = 3, 5
"""Videos that must have covers on both sides of a cut, and such covers on each side: fewer, and a
single odd cover decides."""
MIN_DEGREES_OF_FREEDOM = 8
MIN_OWN_VARIATION = 0.1
"""Share of a feature's variation within videos that the other features must leave to it (a variance
inflation of 10); with less it cannot be told apart from them and is not tested."""
MAX_DEVIATION = 2.0
"""Standard deviations from the mean beyond which a feature's value is pulled in, lest one odd cover decide."""
HOURS_PER_BLOCK = 4


@dataclass(frozen=True)
class Effect:
    """Click rate of covers with a feature at or above its cut, minus below: a difference of probabilities.

    ``low`` and ``high`` bound the 95 % interval, ``p`` is two-sided; ``covers`` and ``impressions``
    are those behind the estimate.
    """

    feature: str
    cut: float
    scope: str
    difference: float
    low: float
    high: float
    p: float
    covers: int
    impressions: int


def estimate_effects(evidence: Evidence, known_cuts: Mapping[tuple[str, str], float] | None = None) -> list[Effect]:
    """Every effect that the covers shown so far can tell, in all videos and in large categories.

    ``known_cuts``, by (feature, scope), are tried first: a criterion once learned is asked about again.
    """
    if evidence.outcomes.empty:
        return []
    covers = evidence.covers.join(estimate_cover_rates(evidence.outcomes), how="inner").dropna(
        subset=list(FEATURE_NAMES)
    )
    scopes = [(ALL, covers)]
    for category, members in covers.groupby("category"):
        if members["video_id"].nunique() >= MIN_CATEGORY_VIDEOS:
            scopes.append((category, members))
    cuts = known_cuts or {}
    tried = (
        estimate_effect(members, feature, scope, cuts.get((feature, scope)))
        for scope, members in scopes
        for feature in FEATURE_NAMES
    )
    return [effect for effect in tried if effect is not None]


def find_discoveries(effects: Sequence[Effect]) -> list[Effect]:
    """Those that hold after the Benjamini–Hochberg correction for having asked so often."""
    if not effects:
        return []
    adjusted = stats.false_discovery_control([effect.p for effect in effects], method="bh")
    return [effect for effect, p in zip(effects, adjusted, strict=True) if p <= FALSE_DISCOVERY_RATE]


def estimate_cover_rates(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Per cover_id: ``rate`` at the average context, its sampling ``variance``, and impressions ``shown``."""
    weight = 1 / np.sqrt(outcomes["propensity"].to_numpy())
    cover = outcomes["cover_id"].to_numpy()
    context = _one_hot(outcomes)
    click = outcomes["clicked"].to_numpy(float)
    own_context, own_click = (x - _mean_by(cover, x, weight) for x in (context, click[:, None]))
    slopes, *_ = np.linalg.lstsq(
        own_context.T @ (own_context * weight[:, None]), own_context.T @ (own_click[:, 0] * weight)
    )
    adjusted = click - (context - np.average(context, axis=0, weights=weight)) @ slopes
    return _summarise(outcomes, weight, adjusted)


def estimate_effect(
    covers: pd.DataFrame, feature: str, scope: str = ALL, known_cut: float | None = None
) -> Effect | None:
    """One feature's effect within videos, or None when these covers cannot tell it.

    ``covers`` has video_id, rate, variance, shown and all features.
    """
    cut = _choose_cut(covers, feature, known_cut)
    if cut is None:
        return None
    value = _standardise(covers[[feature]]).to_numpy()[:, 0]
    controls = _controls(covers, feature)
    freedom = len(covers) - np.linalg.matrix_rank(controls) - 1
    if freedom < MIN_DEGREES_OF_FREEDOM or _own_variation(value, covers["video_id"], controls) < MIN_OWN_VARIATION:
        return None
    slope, error = _Fit(covers["rate"].to_numpy(), covers["variance"].to_numpy(), value, controls).estimate(freedom)
    above = (covers[feature] >= cut).to_numpy()
    gap = value[above].mean() - value[~above].mean()
    difference, margin = slope * gap, error * gap * float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
    return Effect(
        feature=feature,
        cut=cut,
        scope=scope,
        difference=difference,
        low=difference - margin,
        high=difference + margin,
        p=float(2 * stats.t.sf(abs(slope) / error, freedom)),
        covers=len(covers),
        impressions=int(covers["shown"].sum()),
    )


def find_cut(values: Iterable[float]) -> float | None:
    """The value halfway between two neighbours that halves the values most evenly; None if all are equal.

    Rounded to about a hundredth of their spread, so that it can be said and does not move with every cover.
    """
    values = np.sort(np.asarray(list(values)))
    spread = values.std()
    between = np.flatnonzero(np.diff(values) > 0)
    if not len(between):
        return None
    place = between[np.argmin(np.abs(between + 1 - len(values) / 2))]
    return round(float(values[place] + values[place + 1]) / 2, max(0, 1 - math.floor(math.log10(spread))))


def _choose_cut(covers: pd.DataFrame, feature: str, known: float | None) -> float | None:
    """The known cut if it still splits the covers, else the one that halves them, if that does."""
    for cut in (known, find_cut(covers[feature])):
        if cut is not None and _is_split_within_videos(covers[feature] >= cut, covers["video_id"]):
            return cut
    return None


def _is_split_within_videos(high: pd.Series, video: pd.Series) -> bool:
    share = high.groupby(video).transform("mean")
    split = (share > 0) & (share < 1)
    sides = high[split].value_counts()
    return video[split].nunique() >= MIN_VIDEOS and len(sides) == 2 and sides.min() >= MIN_COVERS_A_SIDE


def _one_hot(outcomes: pd.DataFrame) -> np.ndarray:
    context = pd.DataFrame(
        {
            "position": outcomes["position"],
            "device": outcomes["device"],
            "network": outcomes["network"],
            "block": outcomes["hour"] // HOURS_PER_BLOCK,
            "day": outcomes["shown_at"].dt.date,
        }
    )
    return pd.get_dummies(context.astype(str), dtype=float).to_numpy()


def _mean_by(group: np.ndarray, values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Each row's weighted group mean; values [n, k]."""
    _, code = np.unique(group, return_inverse=True)
    total = np.bincount(code, weight)
    means = np.stack([np.bincount(code, weight * column) / total for column in values.T], axis=1)
    return means[code]


def _summarise(outcomes: pd.DataFrame, weight: np.ndarray, adjusted: np.ndarray) -> pd.DataFrame:
    sums = pd.DataFrame(
        {
            "cover_id": outcomes["cover_id"],
            "video_id": outcomes["video_id"],
            "weight": weight,
            "squared": weight**2,
            "clicks": weight * adjusted,
            "shown": 1,
        }
    )
    by_cover = sums.groupby("cover_id")[["weight", "squared", "clicks", "shown"]].sum()
    by_video = sums.groupby("video_id")[["weight", "clicks"]].sum()
    # The video's rate, not the cover's own: a cover that had bad luck would else seem the surer for it.
    level = (by_video["clicks"] / by_video["weight"]).clip(1e-4, 1 - 1e-4)
    level = sums.drop_duplicates("cover_id").set_index("cover_id")["video_id"].map(level)
    return pd.DataFrame(
        {
            "rate": by_cover["clicks"] / by_cover["weight"],
            "variance": level * (1 - level) * by_cover["squared"] / by_cover["weight"] ** 2,
            "shown": by_cover["shown"],
        }
    )


def _standardise(features: pd.DataFrame) -> pd.DataFrame:
    return ((features - features.mean()) / features.std()).clip(-MAX_DEVIATION, MAX_DEVIATION)


def _controls(covers: pd.DataFrame, feature: str) -> np.ndarray:
    """An intercept for each video, and every other feature that varies."""
    others = covers[[name for name in FEATURE_NAMES if name != feature]]
    others = _standardise(others.loc[:, others.std() > 0])
    return np.hstack([pd.get_dummies(covers["video_id"], dtype=float).to_numpy(), others.to_numpy()])


def _own_variation(value: np.ndarray, video: pd.Series, controls: np.ndarray) -> float:
    within = value - pd.Series(value).groupby(video.to_numpy()).transform("mean").to_numpy()
    return float((_residual(value, controls) ** 2).sum() / (within**2).sum())


@dataclass(frozen=True)
class _Fit:
    """A meta-regression of cover rates on a feature's ``value`` and controls."""

    rate: np.ndarray
    variance: np.ndarray
    value: np.ndarray
    controls: np.ndarray

    def estimate(self, freedom: int) -> tuple[float, float]:
        """The slope and its standard error."""
        between = self._between_covers(freedom)
        slope, information, misfit = self._solve(between)
        return slope, math.sqrt(max(1.0, misfit / freedom) / information)

    def _between_covers(self, freedom: int) -> float:
        """The variance at which covers miss the line by just as much as they should."""
        if self._solve(0.0)[2] <= freedom:
            return 0.0
        upper = self.rate.var() + self.variance.max()
        while self._solve(upper)[2] > freedom:
            upper *= 2
        return optimize.brentq(lambda between: self._solve(between)[2] - freedom, 0.0, upper, xtol=1e-12)

    def _solve(self, between: float) -> tuple[float, float, float]:
        """Slope, its information, and the weighted sum of squared residuals."""
        scale = 1 / np.sqrt(self.variance + between)
        controls = self.controls * scale[:, None]
        value, rate = (_residual(column * scale, controls) for column in (self.value, self.rate))
        information = float(value @ value)
        slope = float(value @ rate) / information
        return slope, information, float(((rate - slope * value) ** 2).sum())


def _residual(target: np.ndarray, controls: np.ndarray) -> np.ndarray:
    return target - controls @ np.linalg.lstsq(controls, target)[0]
