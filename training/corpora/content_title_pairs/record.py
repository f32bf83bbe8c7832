"""A build as a run in MLflow: what it read, its counts, and its card; once for each thing built."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, Dataset
from data_contracts.store import Lake, Landed
from training import tracking
from training.code_version import read_code_version
from training.corpora.content_title_pairs import card
from training.corpora.content_title_pairs.build import Built

CARD = "card.html"
ALL_DAYS = "all"


@dataclass(frozen=True)
class Recorded:
    """The run of a build, where its card is, and the build's counts."""

    run_id: str
    card: str
    counts: Mapping[str, Any]


def record(lake: Lake, built: Built, landed: Landed, read: Mapping[Dataset, int], day: str | None) -> Recorded:
    """Log a build, all days or one, of these versions of the sources.

    A build that gave again what the newest one gave, from the same sources, is that one: its run is
    returned and none is logged. So is that of a day that changed nothing.
    """
    before = tracking.newest(CONTENT_TITLE_PAIRS)
    scope = day or ALL_DAYS
    told = {
        "dataset_version": str(landed.version),
        "read": json.dumps({source.name: version for source, version in read.items()}),
        "counts": json.dumps(built.counts),
        "day": scope,
    }
    same = ("dataset_version", "read") if day else tuple(told)
    if before and not landed.changed and all(before.tags.get(name) == told[name] for name in same):
        return _recorded(before)
    name = f"version {landed.version}" + (f", {day}" if day else "")
    page = _card(lake, built, landed, told, before)
    with tracking.run(CONTENT_TITLE_PAIRS, name, {"day": scope}, [_input(lake, *each) for each in read.items()]) as run:
        run.tags(told)
        run.metrics(_metrics(built, landed))
        run.text(card.render(page).decode(), CARD)
    return _recorded(tracking.finished(run.run_id))


def _recorded(run: tracking.Finished) -> Recorded:
    return Recorded(run.run_id, run.link(CARD), json.loads(run.tags["counts"]))


def _card(
    lake: Lake, built: Built, landed: Landed, told: Mapping[str, str], before: tracking.Finished | None
) -> card.Build:
    day = None if told["day"] == ALL_DAYS else told["day"]
    comparable = before if before and before.tags["day"] == told["day"] else None
    now = lake.read(CONTENT_TITLE_PAIRS, version=landed.version).to_pylist()
    return card.Build(
        title=f"{CONTENT_TITLE_PAIRS.name}, version {landed.version}",
        built_at=datetime.now(UTC),
        rows=[row for row in now if day in (None, row["day"])],
        dropped=built.dropped,
        read={f"{name}, version": version for name, version in json.loads(told["read"]).items()},
        code=str(read_code_version() or ""),
        scope=day or "",
        changes=_changes(lake, now, landed.version, before),
        dropped_before=json.loads(comparable.tags["counts"])["dropped"] if comparable else {},
    )


def _changes(lake: Lake, now: list, version: int, before: tracking.Finished | None) -> card.Changes | None:
    """Against the version recorded last; none where that is not of this lake's past."""
    since = int(before.tags["dataset_version"]) if before else 0
    if not 0 < since <= version:
        return None
    return card.Changes.between(since, lake.read(CONTENT_TITLE_PAIRS, version=since).to_pylist(), now)


def _input(lake: Lake, source: Dataset, version: int) -> tracking.Input:
    uri, opened = lake.dataset_uri(source), lake.open(source, version) if version else None
    digest = hashlib.sha256(f"{uri}@{version}".encode()).hexdigest()
    return tracking.Input(source, version, digest, opened.count_rows() if opened else 0, "source", uri)


def _metrics(built: Built, landed: Landed) -> dict[str, float]:
    counts = built.counts
    dropped = {f"dropped/{rule}": count for rule, count in counts["dropped"].items()}
    written = {"rows/added": landed.inserted, "rows/changed": landed.updated, "rows/removed": landed.deleted}
    return {name: counts[name] for name in ("kept", "train", "held_out")} | dropped | written
