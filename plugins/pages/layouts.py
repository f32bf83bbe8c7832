"""The review queue: annotated pictures by status, those that most need a person first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalog import LAYOUT_ANNOTATIONS
from data_contracts.store import Lake

PAGE_SIZE = 24

Status = Literal["needs_review", "verified", "confirmed", "fixed", "refused"]
STATUSES: dict[Status, str] = {
    "needs_review": "Needs review",
    "verified": "Verified",
    "confirmed": "Confirmed",
    "fixed": "Fixed",
    "refused": "Refused",
}


@dataclass(frozen=True)
class Queue:
    """One page of rows of one status, and how many there are of each status."""

    rows: list[dict[str, Any]]
    counts: Mapping[str, int]
    total: int
    page: int
    pages: int


def open_queue(lake: Lake, status: Status = "needs_review", page: int = 1) -> Queue:
    """A page of the pictures with a status; a page beyond the last is the last."""
    order = _order(lake, lake.version(LAYOUT_ANNOTATIONS))
    found = order.get(status, [])
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(page, pages)
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    where = pc.field("annotation_id").isin(pa.array(shown, pa.string()))
    rows = {row["annotation_id"]: row for row in lake.read(LAYOUT_ANNOTATIONS, where=where).to_pylist()}
    counts = Counter({name: len(ids) for name, ids in order.items()})
    return Queue([rows[each] for each in shown if each in rows], counts, counts.total(), page, pages)


def next_in_queue(lake: Lake, annotation_id: str) -> str | None:
    """Which picture to look at after this one: the next that needs review, from the start after the last."""
    waiting = _order(lake, lake.version(LAYOUT_ANNOTATIONS)).get("needs_review", [])
    place = waiting.index(annotation_id) if annotation_id in waiting else -1
    return next((each for each in [*waiting[place + 1 :], *waiting] if each != annotation_id), None)


@lru_cache(maxsize=1)
def _order(lake: Lake, version: int) -> dict[str, list[str]]:
    """The annotation_ids of each status, the largest disagreement first; read once for each version."""
    columns = ["annotation_id", "status", "ocr_error"]
    rows = lake.read(LAYOUT_ANNOTATIONS, columns).sort_by([("ocr_error", "descending"), ("annotation_id", "ascending")])
    ids: dict[str, dict[str, None]] = {}  # a picture that landed twice has two rows, and is looked at once
    for status, annotation_id in zip(rows["status"].to_pylist(), rows["annotation_id"].to_pylist(), strict=True):
        ids.setdefault(status, {})[annotation_id] = None
    return {status: list(each) for status, each in ids.items()}
