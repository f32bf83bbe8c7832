"""A stage painted here, and things that come onto it: whole, cut off, gone, or only a shadow."""

import cv2
import numpy as np
import pytest

from inference.covers.frames.subject import find_subjects
from tests import clips

WIDTH, HEIGHT, FRAMES = 320, 180, 20
RED = (200, 40, 40)


@pytest.fixture(scope="module")
def stage():
    """A wall with a window."""
    wall = np.full((HEIGHT, WIDTH, 3), (150, 145, 135), np.uint8)
    cv2.rectangle(wall, (220, 60), (270, 120), (60, 80, 110), -1)
    return wall


def take(stage, changed) -> list[np.ndarray]:
    """A shot of the stage with camera noise; its last frame is changed."""
    rng = np.random.default_rng(0)
    frames = [*[stage] * (FRAMES - 1), changed]
    return [np.clip(frame + rng.normal(0, 2, frame.shape), 0, 255).astype(np.uint8) for frame in frames]


def with_object(stage, left: int, top: int = 50, colour=RED) -> np.ndarray:
    return cv2.rectangle(stage.copy(), (left, top), (left + 60, top + 60), colour, -1)


def last(stage, changed):
    return find_subjects(take(stage, changed))[-1]


@pytest.mark.parametrize("colour", [RED, (255, 255, 255), (0, 0, 0)])
def test_a_whole_object_is_seen_at_its_size(stage, colour):
    subject = last(stage, with_object(stage, 100, colour=colour))
    assert subject.whole == pytest.approx(61 * 61 / (WIDTH * HEIGHT), rel=0.25)
    assert (subject.cut, subject.missing) == (0, 0)


@pytest.mark.parametrize(("left", "top"), [(-30, 50), (290, 50), (100, -30), (100, 150)])
def test_an_object_at_the_border_is_cut_off(stage, left, top):
    subject = last(stage, with_object(stage, left, top))
    assert subject.cut > 0.02
    assert subject.whole == 0
    assert subject.intruding > 0.02


def test_what_the_stage_has_lost_is_missing(stage):
    bare = stage.copy()
    bare[50:130, 210:280] = (150, 145, 135)
    subject = last(stage, bare)
    assert subject.missing > 0.03
    assert subject.whole == 0


def test_the_empty_stage_holds_nothing(stage):
    for subject in find_subjects(take(stage, stage)):
        assert (subject.whole, subject.cut, subject.missing) == (0, 0, 0)


def test_a_shadow_is_no_object_but_does_intrude(stage):
    shaded = stage.copy()
    shaded[:, :40] = (shaded[:, :40] * 0.6).astype(np.uint8)
    subject = last(stage, shaded)
    assert (subject.whole, subject.cut) == (0, 0)
    assert subject.intruding > 0.1


def test_light_that_changes_everywhere_is_undone(stage):
    subject = last(stage, cv2.convertScaleAbs(stage, alpha=1.25))
    assert (subject.whole, subject.cut, subject.missing) == (0, 0, 0)


def test_a_stage_as_white_as_paper_is_empty():
    paper = clips.plain(1, 252)[0]
    for subject in find_subjects(take(paper, paper)):
        assert (subject.whole, subject.cut, subject.missing, subject.intruding) == (0, 0, 0, 0)


def test_a_moving_camera_and_a_short_shot_have_no_stage(stage):
    assert find_subjects(list(clips.street(100))[::4]) is None
    assert find_subjects([stage] * 5) is None
