"""Between the lake and the builder: reads the sources, writes pairs and quarantine."""

import logging
from collections import defaultdict
from dataclasses import asdict
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TRANSCRIPTS, VIDEOS
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from training.corpora.content_title_pairs.build import Built, build

log = logging.getLogger(__name__)


def build_from_lake(lake: Lake, run: str) -> dict[str, Any]:
    """Write the pairs and the dropped rows; the dataset's version, the versions read, the counts by reason.

    The versions read are named because news of media is news for the models: whoever waits for media
    and titles hears of both, even where the new media gave no new pair. Raises ``NothingToDo`` while
    there are neither products nor transcripts.
    """
    versions = {source.name: lake.version(source) for source in (PRODUCTS, TRANSCRIPTS, VIDEOS)}
    products, transcripts = lake.read(PRODUCTS).to_pylist(), lake.read(TRANSCRIPTS).to_pylist()
    if not products and not transcripts:
        raise NothingToDo("no products and no transcripts yet; run ingest_media first")
    videos = lake.read(VIDEOS, columns=["video_id", "product_id"]).to_pylist()
    built = build(products, transcripts, {v["video_id"]: v["product_id"] for v in videos if v["product_id"]})
    landed = lake.write(CONTENT_TITLE_PAIRS, built.rows, run, complete=True)
    _quarantine(lake, built, run)
    log.info("content_title_pairs version %d: %s", landed.version, built.counts)
    return {"dataset": CONTENT_TITLE_PAIRS.name, "version": landed.version, "read": versions, **built.counts}


def _quarantine(lake: Lake, built: Built, run: str) -> None:
    by_rule = defaultdict(list)
    for pair, drop in built.dropped:
        by_rule[drop.rule, drop.reason].append({**asdict(pair), "detail": drop.detail})
    for (rule, reason), rows in by_rule.items():
        lake.quarantine(CONTENT_TITLE_PAIRS, rows, rule, reason, run)
