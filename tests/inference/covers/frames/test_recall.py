"""What is noted of a video: the same as at first sight, and forgotten when the code changes."""

import json
from pathlib import Path

import numpy as np

from inference.covers.frames import recall
from inference.covers.frames.select import FrameSelection


def watch(clip: Path, count: int = 3) -> FrameSelection:
    return recall.watch("v1", clip, count)


def notes(home: Path) -> list[Path]:
    return sorted((home / "cache").rglob("*.json"))


def test_the_second_look_sees_what_the_first_saw(clips, own_home):
    first = watch(clips.face)
    (file,) = notes(own_home)
    second = watch(clips.face)
    for one, other in zip(first.choices, second.choices, strict=True):
        assert np.array_equal(one.frame.image, other.frame.image)
        assert (one.frame.time, one.score, one.scores, one.faces, one.product, one.texts, one.faults) == (
            (other.frame.time, other.score, other.scores, other.faces, other.product, other.texts, other.faults)
        )
    assert (first.considered, first.refused) == (second.considered, second.refused)
    assert first.choices[0].faces, "a face must survive the file"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"considered": 4711}))
    assert watch(clips.face).considered == 4711, "it was watched again"


def test_another_question_is_another_look(clips, own_home):
    watch(clips.face, 1)
    watch(clips.face, 2)
    assert len(notes(own_home)) == 2


def test_a_change_of_code_forgets_everything(clips, own_home, monkeypatch, tmp_path):
    watch(clips.face, 1)
    (tmp_path / "inference" / "covers").mkdir(parents=True)
    (tmp_path / "inference" / "covers" / "frames.py").write_text("changed")
    monkeypatch.setattr(recall, "REPOSITORY", tmp_path)
    recall._code_digest.cache_clear()
    try:
        watch(clips.face, 1)
    finally:
        recall._code_digest.cache_clear()
    assert len(notes(own_home)) == 2
