"""Were covers shown as often as the logged propensities say?

When they were not, impressions were lost or propensities are wrong, and every estimate that weighs by
them is off. The check for a sample-ratio mismatch (Fabijan et al., KDD 2019) therefore comes before
any result: Pearson's chi-square of shown against expected counts, over the covers of all videos.
"""

import logging
from typing import Any

import daft
import pandas as pd
from daft import col
from daft.functions import list_join
from scipy import stats

log = logging.getLogger(__name__)

ALARM_P = 0.0005
"""Below this a mismatch is reported: the threshold customary for checks that run all the time."""

MIN_EXPECTED = 5
"""Impressions that a cover must be expected to have for the chi-square to be trusted; covers below
are pooled."""


def check_sample_ratio(impressions: daft.DataFrame) -> dict[str, Any]:
    """``sample_ratio_p`` (1 when nothing can be tested) and ``sample_ratio_ok``.

    Columns: video_id, cover_id, policy_version, propensity, candidates. A policy version is taken to
    choose with fixed probabilities among a video's candidates, as ours does. Expected counts that
    mix policy versions make the test slightly conservative.
    """
    statistic, freedom = 0.0, 0
    for _, video in count_shown_and_expected(impressions).groupby("video_id"):
        cells = _pool_rare(video[["shown", "expected"]])
        statistic += ((cells["shown"] - cells["expected"]) ** 2 / cells["expected"]).sum()
        freedom += len(cells) - 1
    p = float(stats.chi2.sf(statistic, freedom)) if freedom else 1.0
    if p < ALARM_P:
        log.warning(
            "covers were not shown as often as their propensities say (chi-square %.1f, %d degrees of freedom, "
            "p = %.2g): impressions are missing or propensities wrong; trust no result until it is known why",
            *(statistic, freedom, p),
        )
    return {"sample_ratio_p": p, "sample_ratio_ok": p >= ALARM_P}


def count_shown_and_expected(impressions: daft.DataFrame) -> pd.DataFrame:
    """Per video_id and cover_id: how often it was ``shown`` and how often ``expected``.

    Only the shown cover's propensity is logged; one never shown under a policy version takes an equal
    part of the probability that the others leave.
    """
    situation = ["video_id", "policy_version", "offered"]
    counted = (
        impressions.with_column("offered", list_join(col("candidates"), ","))
        .groupby(*situation, "cover_id")
        .agg(col("propensity").count().alias("shown"), col("propensity").mean())
        .to_pandas()
    )
    parts = []
    for (video, _, offered), covers in counted.groupby(situation):
        covers = covers.set_index("cover_id")[["shown", "propensity"]].reindex(offered.split(","))
        left = max(0.0, 1 - covers["propensity"].sum()) / max(1, covers["shown"].isna().sum())
        covers = covers.fillna({"shown": 0, "propensity": left})
        parts.append(covers.assign(video_id=video, expected=covers["shown"].sum() * covers["propensity"]))
    return pd.concat(parts).groupby(["video_id", "cover_id"], as_index=False)[["shown", "expected"]].sum()


def _pool_rare(covers: pd.DataFrame) -> pd.DataFrame:
    """One cell for the rarest covers, as many as it takes to expect enough impressions in every cell."""
    covers = covers.sort_values("expected")
    few = (covers["expected"] < MIN_EXPECTED).sum()
    too_few_together = (covers["expected"].cumsum() < MIN_EXPECTED).sum()
    pooled = max(few, too_few_together + 1)
    return pd.concat([covers[:pooled].sum().to_frame().T, covers[pooled:]])
