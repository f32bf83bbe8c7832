"""The look at small size: who is in a clip, what stands before its camera, and how much of a long clip is looked at."""

import cv2
import numpy as np
import pytest

from inference.covers.frames import glance as glancing
from inference.covers.frames.gates import sift
from inference.covers.frames.glance import glance
from inference.covers.frames.scan import scan
from inference.covers.frames.wanted import Wanted
from tests import clips

SECONDS = 3
PICTURES = SECONDS * clips.RATE


def portrait(faces: int) -> list[np.ndarray]:
    """The astronaut, once or twice, before a camera that moves by a pixel a picture."""
    person = clips.photograph("astronaut.png", 180)[:140]
    wide = np.full((180, 520, 3), 110, np.uint8)
    for number in range(faces):
        wide[30:170, 60 + 190 * number : 240 + 190 * number] = person
    return [np.ascontiguousarray(wide[:, left : left + 480]) for left in range(PICTURES)]


def look(path, pictures, **asked):
    scanned = scan(clips.write_clip(path, pictures=pictures))
    return glance(scanned, sift(scanned)[0], **asked)


@pytest.mark.parametrize("faces", [1, 2])
def test_people_are_counted_and_their_faces_judged(tmp_path, faces):
    clip = look(tmp_path / "people.mp4", portrait(faces))
    assert clip.people == faces
    assert all(seen.scores["faces"] > 0.5 for seen in clip.glances)


def test_without_people_nobody_speaks_of_faces(tmp_path):
    clip = look(tmp_path / "street.mp4", list(clips.street(PICTURES)))
    assert clip.people == 0
    assert not any("faces" in seen.scores for seen in clip.glances)


def test_a_face_that_must_be_shown_is_looked_for_in_every_frame(tmp_path):
    clip = look(tmp_path / "street.mp4", list(clips.street(PICTURES)), wanted=Wanted.of(["face"], []))
    assert clip.people == 1
    assert {seen.scores["faces"] for seen in clip.glances} == {0.0}


def test_of_a_long_clip_about_people_the_best_of_every_stretch_is_looked_at(tmp_path, monkeypatch):
    monkeypatch.setattr(glancing, "FACED", 4)
    clip = look(tmp_path / "people.mp4", portrait(1))
    times = [float(seen.sample.time) for seen in clip.glances]
    assert len(times) == 4
    assert all(SECONDS / 4 * number <= time < SECONDS / 4 * (number + 1) for number, time in enumerate(times))


def test_before_a_fixed_camera_a_whole_object_is_best_and_one_at_the_border_is_cut(tmp_path):
    stage = cv2.rectangle(clips.plain(1, 150)[0].copy(), (230, 30), (290, 90), (60, 80, 110), -1)
    places = [None] * 20 + [130] * 5 + [-40] * 5
    pictures = [
        stage if left is None else cv2.rectangle(stage.copy(), (left, 60), (left + 70, 130), (40, 60, 220), -1)
        for left in places
    ]
    clip = look(tmp_path / "stage.mp4", pictures)
    whole, cut = (
        [seen for seen in clip.glances if start <= seen.sample.time.seconds < end]
        for start, end in ((2, 2.5), (2.5, 3))
    )
    assert clip.clear
    assert [seen.cut for seen in whole] == [False] * len(whole)
    assert [seen.cut for seen in cut] == [True] * len(cut)
    assert min(seen.scores["subject"] for seen in whole) > max(seen.scores["subject"] for seen in cut)
