from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.catalog import LAYOUT_ANNOTATIONS
from data_contracts.contract import load
from inference.media.geometry import Box
from tests.training.corpora.layout_annotations.annotations import PLAIN, annotations
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox
from training.corpora.layout_annotations.rows import (
    TRUTH,
    annotation_id,
    group_by_look,
    split_of,
    to_annotation,
    to_row,
)
from training.corpora.layout_annotations.verify import NEEDS_REVIEW, Verification

POSTER = {"poster_id": "0123456789abcdef", "sha256": "0123456789abcdef" * 4, "day": "2026-11-21"}
BEGINNING = datetime(2026, 11, 21, tzinfo=UTC)


@settings(deadline=None)
@given(annotations())
def test_a_row_fits_the_contract_and_says_the_annotation(annotation):
    row = to_row(POSTER, annotation, TRUTH, "renderer-1", "rendered", POSTER["poster_id"])
    table, refused = load(LAYOUT_ANNOTATIONS).check([row])
    assert not refused
    assert to_annotation(table.to_pylist()[0]) == annotation


def test_a_row_keeps_both_scores_and_what_is_wrong():
    verdict = Verification(0.25, (0.0, 0.5, 0.25), 0.75, NEEDS_REVIEW, ("a", "b"))
    known = Known("a.png", (KnownBox(Kind.TEXT, Box(1, 2, 3, 4)),))
    row = to_row(POSTER, PLAIN, verdict, "embedded-1", "pku", POSTER["poster_id"], known)
    assert [block["agreement_cer"] for block in row["blocks"]] == [0.0, 0.5, 0.25]
    assert (row["ocr_error"], row["layout_score"], row["status"]) == (0.25, 0.75, "needs_review")
    assert (row["problems"], row["known"]) == (["a", "b"], known.digest)


def test_the_id_tells_picture_annotator_and_known_boxes():
    known = Known("a.png", ())
    other = POSTER | {"sha256": "f" * 64}
    ids = {annotation_id(POSTER, "a-1"), annotation_id(POSTER, "a-2"), annotation_id(POSTER, "a-1", known)}
    assert len(ids | {annotation_id(other, "a-1")}) == 4
    assert annotation_id(POSTER, "a-1", known) in ids


def seen(number: int, look: int, minute: int) -> dict:
    return {"poster_id": f"{number:016x}", "look": f"{look:016x}", "seen_at": BEGINNING + timedelta(minutes=minute)}


def test_posters_that_look_alike_are_in_the_group_of_the_one_seen_first():
    far = 2**64 - 1
    posters = [seen(1, 0b111, 5), seen(2, 0, 3), seen(3, far, 4), seen(4, far - 0b111111, 9), seen(5, 0b1111111, 9)]
    assert group_by_look(posters) == {
        f"{1:016x}": f"{2:016x}",
        f"{2:016x}": f"{2:016x}",
        f"{3:016x}": f"{3:016x}",
        f"{4:016x}": f"{3:016x}",
        f"{5:016x}": f"{5:016x}",
    }


@settings(deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.integers(0, 30))
def test_a_new_poster_moves_no_old_one(looks, count):
    posters = [seen(number, look, number) for number, look in enumerate(looks)]
    before, after = group_by_look(posters[:count]), group_by_look(reversed(posters))
    assert {poster: after[poster] for poster in before} == before


def test_a_fifth_of_the_groups_is_held_out():
    held_out = sum(split_of(f"{number:016x}") == "held_out" for number in range(5000))
    assert 0.18 < held_out / 5000 < 0.22
