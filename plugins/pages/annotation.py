"""One annotated picture with everything a reviewer needs, and what they decide written down."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import pyarrow.compute as pc

from data_contracts.catalog import LAYOUT_ANNOTATIONS, LAYOUT_REVIEWS
from data_contracts.store import Lake
from inference.models.layout import Colour, Role
from plugins.pages.layout_form import VALUES, Draft, as_blocks, as_drafts, check_drafts
from training.corpora.layout_annotations.reviews import apply_reviews

Verdict = Literal["confirmed", "fixed", "refused"]

CHOICES: Mapping[str, list[str]] = {"role": [*Role], "language": ["zh", "en"], "colour": [*Colour]}
"""What a reviewer can choose for a block."""


@dataclass(frozen=True)
class Opened:
    """A row of ``layout_annotations`` as the page shows it; ``reviews`` are those of its picture, newest first."""

    row: dict[str, Any]
    drafts: list[Draft]
    reviews: list[dict[str, Any]]

    @property
    def changed(self) -> bool:
        """Whether the drafts would change the row's blocks."""
        return any(draft.problem for draft in self.drafts) or as_blocks(self.drafts) != as_blocks(
            as_drafts(self.row["blocks"])
        )


def open_annotation(lake: Lake, annotation_id: str) -> Opened | None:
    """Everything known of one annotated picture; None when there is no such row.

    A picture that landed twice has two rows of one annotation_id, which say the same.
    """
    rows = lake.read(LAYOUT_ANNOTATIONS, where=pc.field("annotation_id") == annotation_id).to_pylist()
    if not rows:
        return None
    row = rows[0]
    reviews = lake.read(LAYOUT_REVIEWS, where=pc.field("sha256") == row["sha256"]).to_pylist()
    reviews.sort(key=lambda review: review["reviewed_at"], reverse=True)
    return Opened(row, as_drafts(row["blocks"]), reviews)


def find_obstacle(opened: Opened, verdict: Verdict) -> str:
    """Why a verdict cannot be kept with the drafts as they are; empty when it can."""
    wrong = sum(bool(draft.problem) for draft in opened.drafts)
    if wrong and verdict != "refused":
        return f"Nothing was saved: {wrong} block{'s' if wrong > 1 else ''} cannot be kept as typed, see below."
    if verdict == "confirmed" and opened.changed:
        return "Nothing was saved: something was changed, so save the fix instead of confirming what was there."
    return ""


def with_drafts(opened: Opened, drafts: list[Draft]) -> Opened:
    """The page as the reviewer left it, each draft with what is wrong with it."""
    return Opened(opened.row, check_drafts(drafts, opened.row, CHOICES), opened.reviews)


def write_layout_review(lake: Lake, opened: Opened, verdict: Verdict, reviewer: str) -> None:
    """Add a review and make it the rows of its picture at once; blocks that were only confirmed stay to the last digit.

    Raises ``ContractViolation`` when a value is longer than the contract allows.
    """
    now = datetime.now(UTC)
    annotation_id = opened.row["annotation_id"]
    identity = f"{annotation_id}\n{reviewer}\n{now.isoformat()}"
    review = {
        "review_id": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "annotation_id": annotation_id,
        "sha256": opened.row["sha256"],
        "verdict": verdict,
        "blocks": _reviewed_blocks(opened, verdict),
        "reviewer": reviewer,
        "reviewed_at": now,
    }
    run = f"review by {reviewer}"
    lake.write(LAYOUT_REVIEWS, [review], run=run)
    rows = lake.read(LAYOUT_ANNOTATIONS, where=pc.field("sha256") == review["sha256"]).to_pylist()
    lake.write(LAYOUT_ANNOTATIONS, apply_reviews(rows, [review]), run=run)


def _reviewed_blocks(opened: Opened, verdict: Verdict) -> list[dict[str, Any]]:
    if verdict == "fixed":
        return as_blocks(opened.drafts)
    kept = opened.row["blocks"] if verdict == "confirmed" else []
    return [{name: block[name] for name in VALUES} for block in kept]
