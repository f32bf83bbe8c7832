"""A vision-language model among the judges: what it is shown, how it is read, and that silence is no verdict."""

import json
from dataclasses import replace

import numpy as np
import pytest

from inference.covers.frames import viewer
from inference.covers.frames.closeup import look_closely
from inference.covers.frames.gates import sift
from inference.covers.frames.glance import glance
from inference.covers.frames.reasons import explain
from inference.covers.frames.scan import scan
from inference.covers.frames.select import select_frames
from inference.covers.frames.viewer import Verdict, contact_sheet, parse_mark, parse_ranking
from inference.covers.frames.wanted import Wanted
from inference.models import vision_language
from inference.models.endpoint import EndpointModel
from inference.models.vision_language import InternVL
from tests import clips
from tests.inference.models import tiny_internvl
from tests.seeing_server import SeeingServer, serve_answers


def test_the_sheet_holds_every_frame_in_rows_of_four():
    images = [np.full((90, 160, 3), 20 * number, np.uint8) for number in range(5)]
    sheet = contact_sheet(images)
    assert sheet.shape == (2 * (180 + viewer.STRIP), 4 * 320, 3)
    middles = [sheet[viewer.STRIP + 90, 320 * place + 160].mean() for place in range(4)]
    assert middles == [0, 20, 40, 60]
    assert sheet[-90, 160].mean() == 80
    assert sheet[-90, 480].mean() == 255, "there is no sixth frame"
    strip = sheet[: viewer.STRIP, :320]
    assert (strip < 128).any(), "the number is written above"


@pytest.mark.parametrize(
    ("answer", "marks"),
    [
        ('[{"number": 1, "mark": 8, "why": "clear"}]', {1: Verdict(0.8, "clear")}),
        ('Sure!\n```json\n[{"number": 2, "mark": 5.5, "why": "dark\\n one"}]```', {2: Verdict(0.55, "dark one")}),
        ('[{"number": 3, "mark": 10}, {"number": 1, "mark": 2, "why"', {3: Verdict(1.0, "")}),
        ('[{"number": 1, "mark": 3}, {"number": 1, "mark": 9}]', {1: Verdict(0.3, "")}),
        ('[{"number": 4, "mark": 3}, {"number": 0, "mark": 3}, {"number": true, "mark": "9"}]', {}),
        ('[{"number": 1, "mark": 11}, {"number": 2, "mark": -1}, {"number": 3, "mark": true}]', {}),
        ("The third frame is best.", {}),
        ("", {}),
    ],
    ids=["plain", "in words", "cut off", "twice", "no such number", "no such mark", "no JSON", "nothing"],
)
def test_marks_are_read_with_care(answer, marks):
    assert parse_ranking(answer, 3) == marks


def test_who_thinks_aloud_is_held_to_the_last_word():
    answer = '1. A cup. {"mark": 3, "why": "first"} 2. Sharp.\n{"mark": 7, "why": "in the end"}'
    assert parse_mark(answer) == Verdict(0.7, "in the end")
    assert parse_mark("I cannot say.") is None


@pytest.fixture(scope="module")
def closeups(tmp_path_factory):
    coffee = clips.photograph("coffee.png")[:212]
    pictures = [*[coffee] * 10, *[coffee[:, ::-1].copy()] * 10]
    path = clips.write_clip(tmp_path_factory.mktemp("clip") / "coffee.mp4", pictures=pictures)
    scanned = scan(path)
    clip = glance(scanned, sift(scanned)[0])
    return path, look_closely(path, clip, [clip.glances[0], clip.glances[-1]], Wanted())


def connect(server: SeeingServer) -> EndpointModel:
    return EndpointModel.connect(server.url, SeeingServer.MODEL)


def test_its_marks_join_the_other_judges_with_its_reasons(closeups):
    _, seen = closeups
    with serve_answers(['[{"number": 2, "mark": 10, "why": "the cup is large"}]']) as server:
        first, second = viewer.rank(connect(server), seen)
    assert server.asked[0].image.shape == contact_sheet([each.image for each in seen]).shape
    assert "1 to 2" in server.asked[0].prompt
    assert "viewer" not in first.scores
    assert first.score == seen[0].score
    assert second.scores["viewer"] == 1
    assert second.score > seen[1].score
    assert explain(second)["viewer"] == "the cup is large (1.00)"


def test_of_two_halves_it_decides_which_is_chosen_from(closeups):
    path, _ = closeups
    listed = [float(each.time) >= 1 for each in select_frames(path, 1).shortlist]
    for later in (True, False):
        ranking = [{"number": n, "mark": 10 * (half == later)} for n, half in enumerate(listed, 1)]
        with serve_answers([json.dumps(ranking), *['{"mark": 5, "why": "because"}'] * len(listed)]) as server:
            best = select_frames(path, 1, model=connect(server)).choices[0]
        assert (float(best.frame.time) >= 1) == later
        assert best.scores["critic"] == 0.5
        assert best.reasons["critic"] == "because (0.50)"


def test_random_weights_say_nothing_and_change_nothing(closeups, tmp_path, monkeypatch):
    monkeypatch.setattr(vision_language, "ANSWER_TOKENS", 6)
    model = InternVL(str(tiny_internvl.write(tmp_path)))
    _, seen = closeups
    judged = viewer.criticise(model, viewer.rank(model, seen))
    assert [each.scores for each in judged] == [each.scores for each in seen]
    assert viewer.rank(model, []) == []


def test_reasons_name_faults_of_faces(closeups):
    _, seen = closeups
    shown = replace(seen[0], scores={"faces": 0.0}, faces=())
    assert explain(shown) == {"faces": "no face is seen (0.00)"}
