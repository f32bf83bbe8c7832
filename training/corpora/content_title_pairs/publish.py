"""Between the lake and the builder: reads the sources, writes pairs, quarantine and the record of the build."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TRANSCRIPTS
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from training.corpora.content_title_pairs.build import Built, build
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.record import record
from training.corpora.content_title_pairs.sources import collect
from training.corpora.content_title_pairs.split import TORN, day_of, fit_in

log = logging.getLogger(__name__)


def build_from_lake(lake: Lake, run: str, day: str | None = None) -> dict[str, Any]:
    """Write the pairs of a day, or all, and the dropped ones; the versions, the card, the counts by reason.

    The versions read are named because news of media is news for the models: whoever waits for media
    and titles hears of both, even where the new media gave no new pair. Raises ``NothingToDo`` while
    there are neither products nor transcripts, ``ValueError`` for a day that is none.
    """
    found = collect(lake)
    if not (found.read[PRODUCTS] or found.read[TRANSCRIPTS]):
        raise NothingToDo("no products and no transcripts yet; run ingest_media first")
    built = build(found.pairs, found.dropped)
    within = None
    if day:
        within = f"day = '{date.fromisoformat(day)}'"
        built = _only(built, day, lake)
    landed = lake.write(CONTENT_TITLE_PAIRS, built.rows, run, complete=True, within=within)
    _quarantine(lake, built.dropped, run)
    recorded = record(lake, built, landed, found.read, day)
    log.info("content_title_pairs version %d: %s; dataset card: %s", landed.version, built.counts, recorded.card)
    return {
        "dataset": CONTENT_TITLE_PAIRS.name,
        "version": landed.version,
        "read": {source.name: version for source, version in found.read.items()},
        "card": recorded.card,
        "mlflow_run": recorded.run_id,
        **recorded.counts,
    }


def _only(built: Built, day: str, lake: Lake) -> Built:
    """What was built of a day, fitted in between the other days as they stand."""
    standing = lake.read(CONTENT_TITLE_PAIRS, columns=["pair_id", "group", "day", "split"]).to_pylist()
    rows, torn = fit_in(built.rows, standing, day)
    of_day = [(pair, drop) for pair, drop in built.dropped if str(day_of(pair)) == day]
    return Built(rows, [*of_day, *((_as_pair(row), TORN) for row in torn)])


def _as_pair(row: Mapping[str, Any]) -> Pair:
    return Pair(row["content"], row["title"], row["language"], row["source"], row["product_id"], row["video_id"])


def _quarantine(lake: Lake, dropped: Iterable[tuple[Pair, Drop]], run: str) -> None:
    by_rule = defaultdict(list)
    for pair, drop in dropped:
        by_rule[drop.rule, drop.reason].append({**asdict(pair), "detail": drop.detail})
    for (rule, reason), rows in by_rule.items():
        lake.quarantine(CONTENT_TITLE_PAIRS, rows, rule, reason, run)
