"""What people said of annotations, put over what annotators say: a build never undoes a person's work."""

from collections.abc import Iterable, Mapping
from typing import Any

CONFIRMED, FIXED, REFUSED = "confirmed", "fixed", "refused"

SURE = 1.0
"""Confidence of a block that a person looked at."""


def apply_reviews(rows: Iterable[Mapping[str, Any]], reviews: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of ``layout_annotations`` as they are to be written, given all rows of ``layout_reviews``.

    The newest review of a picture counts, whichever annotator's row it was made on; rows without one
    stay as they are.
    """
    newest = {review["sha256"]: review for review in sorted(reviews, key=lambda review: review["reviewed_at"])}
    return [apply_review(row, newest[row["sha256"]]) if row["sha256"] in newest else dict(row) for row in rows]


def apply_review(row: Mapping[str, Any], review: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a person left it. The scores stay: they are of what the annotator had proposed."""
    judged = {**row, "status": review["verdict"], "problems": []}
    if review["verdict"] == REFUSED:
        return judged
    blocks = [{**block, "confidence": SURE, "agreement_cer": None} for block in review["blocks"]]
    return {**judged, "blocks": blocks}
