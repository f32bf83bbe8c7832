"""From a landing folder to rows, as the two DAGs do it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data_contracts.catalog import LAYOUT_ANNOTATIONS, LAYOUT_REVIEWS, POSTERS, QUARANTINE
from data_contracts.errors import NothingToDo
from inference.media.steps import take_in_posters
from tests.training.corpora.layout_annotations.drawn import BOXES, draw_poster
from training.corpora.layout_annotations import steps


@pytest.fixture
def folder(own_home) -> Path:
    path = own_home / "landing" / "posters"
    path.mkdir(parents=True)
    return path


def annotate(run: str, day: str | None = None) -> list[dict[str, int]] | None:
    """What the DAG does; None when nothing is due."""
    try:
        batches = steps.find_due_posters(run, day)
    except NothingToDo:
        return None
    return [steps.annotate_posters(batch, run, day) for batch in batches]


def texts(row: dict) -> set[str]:
    return {block["text"] for block in row["blocks"]}


def test_new_posters_are_annotated_verified_and_not_looked_at_again(folder, lake, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MEDIA_BATCH_SIZE", "1")
    draw_poster(folder / "a.png")
    draw_poster(folder / "b.png", "darkgreen")
    take_in_posters("run 1")
    assert annotate("run 1") == [{"verified": 1}, {"verified": 1}]
    rows = lake.read(LAYOUT_ANNOTATIONS).to_pylist()
    for row in rows:
        assert texts(row) == set(BOXES)
        assert (row["source"], row["status"], row["problems"]) == ("landing", "verified", [])
        assert [block["agreement_cer"] for block in row["blocks"]] == [0.0, 0.0]
    assert len({row["group"] for row in rows}) == 1
    published = steps.publish_annotations()
    assert published[LAYOUT_ANNOTATIONS.name] == lake.version(LAYOUT_ANNOTATIONS)

    assert annotate("run 2") is None
    assert steps.annotate_posters([row["poster_id"] for row in rows], "a retry") == {}
    assert annotate("run 3", day=rows[0]["day"]) == [{"verified": 1}, {"verified": 1}]
    assert annotate("run 4", day="2020-02-02") is None
    assert steps.publish_annotations() == published


def test_a_poster_that_cannot_be_read_any_more_is_quarantined_once_and_stops_nothing(folder, lake):
    draw_poster(folder / "a.png")
    draw_poster(folder / "b.png", "darkgreen")
    take_in_posters("run 1")
    (row,) = lake.read(POSTERS, where="name = 'a.png'").to_pylist()
    Path(lake.blob_url(row["sha256"])).write_bytes(b"decayed")
    assert annotate("run 1") == [{"refused": 1, "verified": 1}]
    (refused,) = lake.read(QUARANTINE).to_pylist()
    assert (refused["contract"], json.loads(refused["row"])["name"]) == (LAYOUT_ANNOTATIONS.name, "a.png")
    assert annotate("run 2") is None


def test_what_a_person_said_stays_when_annotated_again(folder, lake):
    draw_poster(folder / "a.png")
    take_in_posters("run 1")
    annotate("run 1")
    (row,) = lake.read(LAYOUT_ANNOTATIONS).to_pylist()
    said = {key: value for key, value in row["blocks"][0].items() if key not in ("confidence", "agreement_cer")}
    review = {
        "review_id": "0" * 16,
        "annotation_id": row["annotation_id"],
        "sha256": row["sha256"],
        "verdict": "fixed",
        "blocks": [said | {"text": "Sommerschluss"}],
        "reviewer": "ada",
        "reviewed_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    lake.write(LAYOUT_REVIEWS, [review], "review")
    annotate("run 2", day=row["day"])
    (row,) = lake.read(LAYOUT_ANNOTATIONS).to_pylist()
    assert (row["status"], texts(row)) == ("fixed", {"Sommerschluss"})


def test_files_beside_posters_are_taken_for_what_they_say(folder, lake):
    for name in ("a.png", "b.png"):
        draw_poster(folder / name, {"a.png": "navy", "b.png": "darkgreen"}[name])
    take_in_posters("run 1")
    annotate("run 1")
    known = {"image": "a.png", "boxes": [{"kind": "text", "box": BOXES["Summer Sale"]}]}
    (folder / "known.json").write_text(json.dumps([known, {"image": "b.png"}, {"image": "c.png", "boxes": []}]))
    (folder / "broken.json").write_text("{")
    assert annotate("run 2") == [{"needs_review": 1}]  # there is a second text that the file does not know
    rows = {row["poster_id"]: row for row in lake.read(LAYOUT_ANNOTATIONS).to_pylist()}
    names = {row["name"]: row["poster_id"] for row in lake.read(POSTERS).to_pylist()}
    assert (rows[names["a.png"]]["source"], texts(rows[names["a.png"]])) == ("plain", {"Summer Sale"})
    assert rows[names["b.png"]]["source"] == "landing"
    reasons = {row["rule"]: row["reason"] for row in lake.read(QUARANTINE).to_pylist()}
    assert reasons["malformed"] == "[1]: boxes is missing"
    assert "broken.json is no JSON" in reasons["malformed_file"]
    assert annotate("run 3") is None


def test_a_row_that_breaks_the_contract_costs_no_other_poster(folder, lake):
    for name in ("a.png", "b.png"):
        draw_poster(folder / name, {"a.png": "navy", "b.png": "darkgreen"}[name])
    told = {"kind": "text", "box": BOXES["Summer Sale"], "role": "price", "language": "en", "colour": "white"}
    known = [{"image": "a.png", "boxes": [told | {"text": "so long " * 300}]}]
    (folder / "known.json").write_text(json.dumps(known))
    take_in_posters("run 1")
    assert annotate("run 1") == [{"refused": 1, "verified": 1}]
    (refused,) = lake.read(QUARANTINE).to_pylist()
    assert "has more than 2000 characters" in refused["reason"]
    assert annotate("run 2") is None


def test_without_posters_there_is_nothing_to_do(lake):
    assert annotate("run 1") is None
    with pytest.raises(NothingToDo, match="no annotations yet"):
        steps.publish_annotations()
    assert steps.render_posters(0, "run 1") == 0
    assert lake.version(POSTERS) == 0
