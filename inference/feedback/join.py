"""Impressions ⋈ clicks → outcomes.

An impression is mature once its attribution window has closed; only then is "not clicked" known. Of
the clicks of one impression within its window the first counts. Every other click is kept in
``quarantine`` with what is wrong with it: nothing is lost, and a broken tracker shows.

Logs may lag behind: a click that is found after its impression was joined still turns the outcome.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import daft
from daft import Window, col, lit
from daft.functions import row_number, when

from data_contracts import contract, engine
from data_contracts.catalog import CLICKS, IMPRESSIONS, OUTCOMES, Dataset
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from inference.feedback.sample_ratio import check_sample_ratio

log = logging.getLogger(__name__)

REFUSALS = {
    "no_impression": "no impression has this id",
    "before_impression": "clicked before its impression was shown",
    "after_window": "clicked after the attribution window had closed",
    "duplicate": "the impression was clicked before",
}


def join(lake: Lake, window: timedelta, now: datetime, run: str) -> dict[str, Any]:
    """Write the outcomes of impressions that matured by ``now``; refuse clicks that fit none.

    ``refused_clicks`` counts all so far, everything else speaks of this call's outcomes only.
    Raises ``NothingToDo`` when no outcome is new or different.
    """
    engine.quiet()
    impressions = _read(lake, IMPRESSIONS)
    clicks = _judge_clicks(_read(lake, CLICKS), impressions, window).collect()
    refused = _refuse(lake, clicks, now - window, run)
    first = clicks.where(col("rule") == "").select("impression_id", lit(True).alias("clicked"))
    fresh = (
        impressions.where(col("shown_at") <= lit(now - window))
        .join(first, on="impression_id", how="left")
        .with_column("clicked", col("clicked").fill_null(False))
        # Outcomes already known stay; one whose click came to light since differs, and is written again.
        .join(_read(lake, OUTCOMES), on=["impression_id", "clicked"], how="anti")
        .collect()
    )
    if not len(fresh):
        raise NothingToDo("no impression matured since the last time")
    outcomes = fresh.select(*contract.load(OUTCOMES).schema.names).to_arrow()
    landed = lake.write(OUTCOMES, outcomes, run)
    log.info("%d outcomes, %d clicks refused", landed.inserted + landed.updated, sum(refused.values()))
    return {
        "outcomes_version": landed.version,
        "new": landed.inserted,
        "corrected": landed.updated,
        "clicked": sum(outcomes["clicked"].to_pylist()),
        "refused_clicks": refused,
        **check_sample_ratio(fresh.select("video_id", "cover_id", "policy_version", "propensity", "candidates")),
    }


def _read(lake: Lake, dataset: Dataset) -> daft.DataFrame:
    return daft.read_lance(lake.dataset_uri(dataset)) if lake.version(dataset) else daft.from_arrow(lake.read(dataset))


def _judge_clicks(clicks: daft.DataFrame, impressions: daft.DataFrame, window: timedelta) -> daft.DataFrame:
    """Clicks with ``rule``: empty for the one that counts, else a key of ``REFUSALS``.

    ``simulated`` is joined on too: a simulated click on a real impression fits none.
    """
    shown = impressions.select("impression_id", "simulated", "shown_at")
    delay = col("clicked_at") - col("shown_at")
    judged = clicks.join(shown, on=["impression_id", "simulated"], how="left").with_column(
        "rule",
        when(col("shown_at").is_null(), lit("no_impression"))
        .when(col("clicked_at") < col("shown_at"), lit("before_impression"))
        .when(delay > lit(window), lit("after_window"))
        .otherwise(lit("")),
    )
    in_turn = Window().partition_by("impression_id", "rule").order_by("clicked_at", "click_id")
    repeated = (col("rule") == "") & (row_number().over(in_turn) > 1)
    return judged.with_column("rule", when(repeated, lit("duplicate")).otherwise(col("rule")))


def _refuse(lake: Lake, clicks: daft.DataFrame, settled: datetime, run: str) -> dict[str, int]:
    """Quarantine clicks that count for nothing; how many there are by now, by rule.

    A click newer than ``settled`` without an impression is left alone: its impression may be on the way.
    """
    wrong = clicks.where((col("rule") != "") & ((col("rule") != "no_impression") | (col("clicked_at") <= lit(settled))))
    refused = {}
    for rule, reason in REFUSALS.items():
        rows = wrong.where(col("rule") == rule).select(*contract.load(CLICKS).schema.names).to_pylist()
        if rows:
            lake.quarantine(CLICKS, rows, rule, reason, run)
            refused[rule] = len(rows)
    return refused
