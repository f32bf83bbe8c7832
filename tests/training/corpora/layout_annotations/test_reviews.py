"""A person's word stands over an annotator's, in every later build."""

from datetime import UTC, datetime, timedelta

import pytest

from training.corpora.layout_annotations.reviews import apply_reviews

EARLY = datetime(2026, 11, 1, tzinfo=UTC)
MACHINE = [{"role": "price", "text": "9.9", "confidence": 0.6, "agreement_cer": 0.5}]
PERSON = [{"role": "headline", "text": "限时特价"}]
FIXED = [{"role": "headline", "text": "限时特价", "confidence": 1.0, "agreement_cer": None}]


def row(sha256: str = "a", **rest) -> dict:
    given = {"annotation_id": f"1{sha256}", "sha256": sha256, "blocks": MACHINE, "status": "needs_review"}
    return given | {"problems": ["x"], "ocr_error": 0.4, "layout_score": 0.5, "annotator": "embedded@1"} | rest


def review(sha256: str = "a", verdict: str = "fixed", blocks: list | None = None, minutes: int = 0) -> dict:
    reviewed_at = EARLY + timedelta(minutes=minutes)
    blocks = PERSON if blocks is None else blocks
    return {"sha256": sha256, "verdict": verdict, "blocks": blocks, "reviewed_at": reviewed_at, "reviewer": "ada"}


@pytest.mark.parametrize("verdict", ["fixed", "confirmed"])
def test_the_blocks_a_person_left_become_the_row(verdict):
    assert apply_reviews([row()], [review(verdict=verdict)]) == [row(blocks=FIXED, status=verdict, problems=[])]


def test_a_refused_picture_keeps_what_it_had():
    refused = row(status="refused", problems=[])
    assert apply_reviews([row()], [review(verdict="refused", blocks=[])]) == [refused]


def test_what_nobody_reviewed_stays_as_it_is():
    assert apply_reviews([row("a"), row("b")], [review("c")]) == [row("a"), row("b")]
    assert apply_reviews([row()], []) == [row()]


def test_the_newest_review_counts_in_whatever_order_they_are_read():
    reviews = [review(minutes=5), review(verdict="refused", blocks=[], minutes=1)]
    assert apply_reviews([row()], reviews) == apply_reviews([row()], reviews[::-1])
    assert apply_reviews([row()], reviews)[0]["status"] == "fixed"


def test_a_picture_annotated_anew_keeps_its_review():
    anew = row(annotation_id="another", annotator="internvl@prompt-2", status="verified")
    (kept,) = apply_reviews([anew], [review()])
    assert (kept["blocks"], kept["status"], kept["annotator"]) == (FIXED, "fixed", "internvl@prompt-2")
