import json
from dataclasses import replace

import pytest

from inference.covers import record
from inference.covers.attempts import Attempt
from inference.covers.demands import Demand
from inference.covers.make import AGENT_VERSION
from inference.covers.picture.legibility import READABLE_CONTRAST
from inference.covers.picture.style import RATIOS
from inference.covers.plan import read_requirement
from inference.covers.pool import Dropped
from inference.media.geometry import Box
from tests.inference.covers.conftest import FACTS, SECONDS
from tests.inference.covers.samples import criterion

PLAN = read_requirement("要有主播，标题要有气势")


@pytest.fixture(scope="module")
def described(made) -> dict:
    taught = replace(made, criteria=(criterion("face_count", low=0.5),), dropped=(Dropped("quiet", "标题", "why"),))
    cover = replace(made.covers[0], demands=(Demand("show face", True, "faces: 1"),))
    skipped = {"watching": "no model"}
    return json.loads(json.dumps(record.describe(taught, cover, PLAN, "tiny", 7, skipped)))


def test_the_file_and_the_boxes_of_every_ratio_are_there(described):
    assert described["pictures"].keys() == RATIOS.keys()
    for ratio, told in described["pictures"].items():
        width, height = RATIOS[ratio]
        assert told["file"] == f"cover_{ratio.replace(':', 'x')}.jpg"
        assert (told["width"], told["height"]) == (width, height)
        canvas = Box(0, 0, width, height)
        assert told["text_boxes"]
        assert all(Box(*box).covered_by(canvas) == 1 for box in told["text_boxes"])


def test_no_text_box_overlaps_a_face_box(described):
    faces = [Box(*box) for told in described["pictures"].values() for box in told["face_boxes"]]
    assert faces
    for told in described["pictures"].values():
        for text in told["text_boxes"]:
            assert not any(Box(*text).intersection(Box(*face)).area for face in told["face_boxes"])


def test_the_contrast_of_every_picture_is_recorded(described):
    for told in described["pictures"].values():
        (readable,) = (check for check in told["checks"] if check["name"] == "readable")
        assert readable["value"] >= READABLE_CONTRAST == readable["limit"]
        assert "contrast" in readable["reason"]


def test_the_frame_is_told_with_what_it_was_weighed_against(described, made):
    frame = described["frame"]
    assert 0 <= frame["time_s"] <= SECONDS
    assert frame["considered"] >= len(frame["alternatives"]) == len(made.selection.choices)
    assert frame["time_s"] in [other["time_s"] for other in frame["alternatives"]]
    assert frame["faults"] == list(made.covers[0].frame.faults)


def test_the_title_is_told_with_its_rivals_and_the_facts(described):
    title = described["title"]
    assert title["text"] in [other["text"] for other in title["candidates"]]
    assert described["product"] == {"product_id": "p1", "title": FACTS.title, "price": 129.0, "currency": "CNY"}
    assert described["known"] == {"spoken": None, "on_screen": [], "file_words": []}


def test_demands_and_what_no_rule_read_are_told(described):
    (demand,) = described["demands"]
    assert (demand["wanted"], demand["met"], demand["found"]) == ("show face", True, "faces: 1")
    assert demand["need"] == "have_to_have"
    assert described["plan"]["must_show"] == ["face"]
    assert described["plan"]["unread"] == ["标题要有气势"]
    (task,) = described["plan"]["tasks"]
    assert (task["what"], task["parameters"], task["need"]) == ("show", {"subject": "face"}, "have_to_have")
    assert task["from"] in PLAN.requirement


def test_attempts_and_what_was_watched_are_told(described, made):
    assert [Attempt(**{**told, "reasons": tuple(told["reasons"])}).number for told in described["attempts"]] == list(
        range(1, len(made.attempts) + 1)
    )
    assert described["attempts"][0]["why"] == "the plan"
    assert len(described["watched"]) == len(made.answers) > 0
    assert all(answer["question"] and answer["answer"] and answer["by"] for answer in described["watched"])


def test_why_nothing_moves_is_told(described, made):
    assert described["moving"] == {"reason": made.unmoved}


def test_how_each_picture_was_laid_out_is_told(described):
    for told in described["pictures"].values():
        assert told["route"] in ("optimiser", "model", "template")
        assert told["alternatives"][told["route"]] == pytest.approx(sum(told["costs"].values()), abs=1e-2)


def test_the_parts_of_the_score_add_up(described):
    score = described["score"]
    assert score["total"] == pytest.approx(sum(value for name, value in score.items() if name != "total"), abs=1e-3)


def test_criteria_refused_candidates_and_versions_are_told(described):
    (taught,) = described["criteria"]
    assert taught["met"] is (described["features"]["face_count"] >= 0.5)
    assert described["refused_candidates"] == [{"style": "quiet", "title": "标题", "reason": "why"}]
    assert described["versions"] == {"criteria_version": 7, "agent": AGENT_VERSION}
    assert described["models"]["titles"] == "tiny"
    assert described["skipped"] == [{"task": "watching", "reason": "no model"}]


def test_an_outline_holds_what_differs_between_candidates(made):
    first, second = (record.outline(cover, f"candidates/{rank}_") for rank, cover in enumerate(made.covers[:2]))
    assert first["cover_id"] != second["cover_id"]
    assert first["pictures"]["3:4"]["file"] == "candidates/0_cover_3x4.jpg"
    assert second["pictures"]["16:9"]["file"] == "candidates/1_cover_16x9.jpg"
    assert len(json.dumps(first)) < 20_000


def test_numbers_are_short_enough_to_read(described):
    assert all(value == round(value, record.DECIMALS) for value in described["features"].values())
