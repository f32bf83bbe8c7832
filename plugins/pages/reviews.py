"""What people said of covers: read, and written with the reviewer's Airflow name."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow.compute as pc

from data_contracts.catalog import COVERS, HUMAN_REVIEWS
from data_contracts.contract import load
from data_contracts.store import Lake

Verdict = Literal["accept", "refuse"]


def longest_reason() -> int:
    """Characters of a reason that the contract allows."""
    (reason,) = (prop for prop in load(HUMAN_REVIEWS).properties if prop.name == "reason")
    return reason.logicalTypeOptions["maxLength"]


def newest_reviews(lake: Lake) -> Mapping[str, dict[str, Any]]:
    """The review that counts for each cover, by cover_id: the newest."""
    rows = lake.read(HUMAN_REVIEWS, ["cover_id", "verdict", "reviewer", "reviewed_at"]).to_pylist()
    return {row["cover_id"]: row for row in sorted(rows, key=lambda row: row["reviewed_at"])}


def reviews_of(lake: Lake, cover_id: str) -> list[dict[str, Any]]:
    """Every review of a cover, newest first."""
    rows = lake.read(HUMAN_REVIEWS, where=pc.field("cover_id") == cover_id).to_pylist()
    return sorted(rows, key=lambda row: row["reviewed_at"], reverse=True)


def write_review(lake: Lake, cover_id: str, verdict: Verdict, reason: str, reviewer: str) -> None:
    """Add a review.

    Raises ``LookupError`` when there is no such cover and ``ContractViolation`` when the reason is
    longer than the contract allows.
    """
    if not lake.read(COVERS, ["cover_id"], where=pc.field("cover_id") == cover_id).num_rows:
        raise LookupError(f"There is no cover {cover_id}.")
    now = datetime.now(UTC)
    identity = f"{cover_id}\n{reviewer}\n{now.isoformat()}"
    row = {
        "review_id": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "cover_id": cover_id,
        "verdict": verdict,
        "reason": reason.strip() or None,
        "reviewer": reviewer,
        "reviewed_at": now,
    }
    lake.write(HUMAN_REVIEWS, [row], run=f"review by {reviewer}")
