"""Which of the titles that people saw for the same content they surely click most.

Three things make a title look good that is not: its place on the page, luck, and who saw it.

*Place.* Clicks follow a position-based model (Craswell et al., WSDM 2008): a title's rate times the
chance that its position is looked at. Both are fitted together on all titles, so that titles shown
at several positions tell what a position is worth; then each impression counts as much as its
position is looked at.

*Luck.* A title's rate is its content's rate times a factor from a gamma distribution with mean 1,
whose variance is estimated from how much titles of the same content differ beyond chance (method of
moments); clicks are Poisson. That is beta-binomial shrinkage in the limit of small rates, and stays
right where impressions count for fractions. Where titles do not differ, nothing wins.

*Who.* Simulated people are judged apart from real ones.

A title wins if it is better than each other one with a probability of ``SURE``. Without any shrinkage
that calls a winner in 5 % of the contents with two equal titles, in fewer with more titles; shrinkage
lowers it. What wins is the title on its covers: their pictures are not told apart from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.special import betainc

from data_contracts import engine
from data_contracts.catalog import COVERS, OUTCOMES
from data_contracts.store import Lake
from training.corpora.content_title_pairs.pair import Drop, Shown

SURE = 0.975
"""Probability of being better from which it is taken as sure: the 95 % interval of the difference is above 0."""

MIN_IMPRESSIONS = 100
"""Of a title that wins or loses; at the usual 4 % that is four clicks. Titles shown less are not judged."""

SAYS_NOTHING = "fallback"
"""``title_source`` of titles that invite to anything: no rivals, for they were written from nothing."""

LEAST_VARIANCE = 1e-9
"""Of titles' factors, for division only."""

ROUNDS, PRECISION = 500, 1e-6
"""Of the fit: at most so many steps, until no position's worth changes by more than this share."""

TOO_FEW = Drop("too_few_impressions", f"fewer than two titles of this content were shown {MIN_IMPRESSIONS} times")
NO_WINNER = Drop("no_winner", "no title of this content is clicked surely more than each other one")

CONTENT = ["simulated", "video_id", "language"]
TITLE = [*CONTENT, "title"]


@dataclass(frozen=True)
class Contest:
    """Titles that were shown for the same content, best first, and how sure the first one is better than each.

    ``sure`` is the least of these probabilities; ``refused`` says why the first is no winner, None if it is.
    ``titles`` of a contest without two titles shown often enough are all there are, most shown first.
    """

    video_id: str
    language: str
    simulated: bool
    first_shown: datetime
    titles: tuple[Shown, ...]
    sure: float
    refused: Drop | None


def read_tally(lake: Lake) -> pd.DataFrame:
    """How often each title was shown and clicked at each position.

    Columns: simulated, video_id, language, title, position, impressions, clicks, first_shown (UTC). Ten
    million outcomes become a row per cover and position before anything leaves Daft.
    """
    import daft
    from daft import DataType, col

    columns = [*TITLE, "position", "impressions", "clicks", "first_shown"]
    if not lake.version(OUTCOMES):
        return pd.DataFrame(columns=columns)
    engine.quiet()
    counted = (
        daft.read_lance(lake.dataset_uri(OUTCOMES))
        .groupby("simulated", "cover_id", "position")
        .agg(
            col("clicked").count().alias("impressions"),
            col("clicked").cast(DataType.int64()).sum().alias("clicks"),
            col("shown_at").min().alias("first_shown"),
        )
        .to_pandas()
    )
    covers = lake.read(COVERS, ["cover_id", "video_id", "language", "title"], f"title_source != '{SAYS_NOTHING}'")
    return counted.merge(covers.to_pandas(), on="cover_id")[columns]


def judge(tally: pd.DataFrame) -> list[Contest]:
    """A contest for each content that had titles shown, from a tally as ``read_tally`` gives it."""
    contests: list[Contest] = []
    for _, shown in tally.groupby("simulated"):
        titles = _weigh(shown)
        often = titles["impressions"] >= MIN_IMPRESSIONS
        rivals = often.groupby([titles[name] for name in CONTENT]).transform("sum") > 1
        contests += _contests(_compare(_shrink(titles[often & rivals])))
        most_shown = titles[~rivals].sort_values([*CONTENT, "impressions"], ascending=[True] * 3 + [False])
        contests += _contests(most_shown.assign(sure=0.0), TOO_FEW)
    return sorted(contests, key=lambda contest: (contest.video_id, contest.language, contest.simulated))


def estimate_worth(title: np.ndarray, position: np.ndarray, impressions: np.ndarray, clicks: np.ndarray) -> np.ndarray:
    """How much an impression at each position is worth, from counts [n] by title and position (codes from 0).

    Returns [positions]: the chance of being looked at over that of the first position, which has 1.
    NaN where no chain of titles that were shown at several positions compares the two. Each position
    starts as if it had one click as expected at the worth of 1, so that few clicks move it little.
    """
    worth = np.ones(position.max() + 1)
    for _ in range(ROUNDS):
        rate = np.bincount(title, clicks) / np.bincount(title, impressions * worth[position])
        expected = np.bincount(position, impressions * rate[title])
        fitted = (np.bincount(position, clicks) + 1) / (expected + 1)
        fitted /= fitted[0]
        done = np.abs(fitted / worth - 1).max() < PRECISION
        worth = fitted
        if done:
            break
    titles = title.max() + 1
    shape = (titles + len(worth),) * 2
    _, part = connected_components(coo_array((np.ones(len(title)), (title, position + titles)), shape), directed=False)
    return np.where(part[titles:] == part[titles], worth, np.nan)


def estimate_variance(content: np.ndarray, exposure: np.ndarray, clicks: np.ndarray) -> float:
    """Variance of titles' factors (mean 1) within their content, from exposures and clicks [titles].

    How far the squared distances of clicks from their expectation, each over its own chance variance,
    exceed what chance alone makes of them; never below 0.
    """
    total, size = (np.bincount(content, each)[content] for each in (clicks, exposure))
    share = exposure / size
    expected = total * share
    known = expected > 0
    excess = (clicks - expected)[known] ** 2 / expected[known] - (1 - share[known])
    others = np.bincount(content, exposure**2)[content] - exposure**2
    moved = (total / size) ** 2 * ((exposure * (1 - share)) ** 2 + share**2 * others)
    leverage = (moved[known] / expected[known]).sum()
    return max(0.0, float(excess.sum() / leverage)) if leverage else 0.0


def _weigh(shown: pd.DataFrame) -> pd.DataFrame:
    """A row per title: impressions, clicks, ``exposure`` (impressions by their worth), ``click_rate`` as seen."""
    _, position = np.unique(shown["position"].to_numpy(), return_inverse=True)
    title = shown.groupby(TITLE).ngroup().to_numpy()
    worth = estimate_worth(title, position, shown["impressions"].to_numpy(), shown["clicks"].to_numpy())
    comparable = shown.assign(exposure=shown["impressions"] * worth[position]).dropna(subset="exposure")
    columns = {"impressions": "sum", "clicks": "sum", "exposure": "sum", "first_shown": "min"}
    titles = comparable.groupby(TITLE, as_index=False).agg(columns)
    return titles.assign(click_rate=np.minimum(1.0, titles["clicks"] / titles["exposure"]))


def _shrink(titles: pd.DataFrame) -> pd.DataFrame:
    """The titles with their ``click_rate`` and what it rests on: their factor is gamma with ``shape`` and ``rate``."""
    content = titles.groupby(CONTENT).ngroup().to_numpy()
    clicks, exposure = titles["clicks"].to_numpy(float), titles["exposure"].to_numpy(float)
    prior = 1 / max(LEAST_VARIANCE, estimate_variance(content, exposure, clicks))
    usual = (np.bincount(content, clicks) / np.bincount(content, exposure))[content]
    shape, rate = prior + clicks, prior + exposure * usual
    return titles.assign(shape=shape, rate=rate, click_rate=np.minimum(1.0, usual * shape / rate))


def _compare(titles: pd.DataFrame) -> pd.DataFrame:
    """The titles, best of each content first, with ``sure``: how surely that one is better than this one.

    For the best itself it says 1.
    """
    ordered = titles.sort_values([*CONTENT, "click_rate", "title"], ascending=[True] * 3 + [False, True])
    best = ordered.groupby(CONTENT)[["shape", "rate", "title"]].transform("first")
    better = _probability_greater(best["shape"], best["rate"], ordered["shape"], ordered["rate"])
    return ordered.assign(sure=np.where(ordered["title"] == best["title"], 1.0, better))


def _contests(titles: pd.DataFrame, refused: Drop | None = None) -> Iterator[Contest]:
    for (simulated, video_id, language), rows in groupby(titles.itertuples(), attrgetter(*CONTENT)):
        mine = list(rows)
        sure = min(row.sure for row in mine)
        yield Contest(
            video_id=video_id,
            language=language,
            simulated=bool(simulated),
            first_shown=min(row.first_shown for row in mine).to_pydatetime(),
            titles=tuple(Shown(row.title, int(row.impressions), int(row.clicks), row.click_rate) for row in mine),
            sure=sure,
            refused=refused or (None if sure >= SURE else NO_WINNER),
        )


def _probability_greater(shape: Any, rate: Any, shapes: Any, rates: Any) -> np.ndarray:
    """Probability that one gamma variable is greater than another: its share of both is beta distributed."""
    return betainc(shapes, shape, rates / (rate + rates))
