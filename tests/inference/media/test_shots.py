"""Cuts between streets whose places are known, and changes that are no cuts."""

import cv2
import numpy as np
import pytest

from inference.media import decode
from inference.media.frame import Frame
from inference.media.shots import Shot, find_shots
from inference.media.time import MediaTime
from tests import clips


def shown(pictures, every_s: float = 0.25) -> list[Frame]:
    return [Frame(MediaTime.from_seconds(number * every_s), picture) for number, picture in enumerate(pictures)]


def starts(frames) -> list[float]:
    return [float(shot.start) for shot in find_shots(frames)]


@pytest.mark.parametrize("lengths", [(8,), (8, 8), (3, 9, 4), (12, 2, 12)])
def test_cuts_are_where_one_street_becomes_another(lengths):
    pictures = [picture for seed, length in enumerate(lengths) for picture in clips.street(length, seed=seed)]
    expected = [0.25 * sum(lengths[:number]) for number in range(len(lengths))]
    assert starts(shown(pictures)) == expected


def test_shots_hold_their_frames_and_no_others():
    frames = shown([*clips.street(6, seed=1), *clips.street(6, seed=2)])
    first, second = find_shots(frames)
    assert [frame.time in first for frame in frames] == [True] * 6 + [False] * 6
    assert (second.start, second.end) == (frames[6].time, frames[11].time)


def test_a_single_frame_is_a_shot_and_no_frame_is_none():
    frame = shown(clips.street(1))[0]
    assert find_shots([frame]) == [Shot(frame.time, frame.time)]
    assert find_shots([]) == []


@pytest.mark.parametrize(
    "changed",
    [
        [picture for number, picture in enumerate(clips.street(60)) if number % 3 == 0],
        [cv2.convertScaleAbs(picture, alpha=1 - 0.03 * number) for number, picture in enumerate(clips.street(20))],
        [np.roll(picture, 4 * number, axis=0) for number, picture in enumerate(clips.street(20))],
    ],
    ids=["faster", "darker", "shaking"],
)
def test_motion_and_light_are_no_cuts(changed):
    assert starts(shown(changed)) == [0]


def test_cuts_of_a_real_clip():
    """The cut at 3.28 s hides: a van fills the picture right after it."""
    found = starts(decode.frames(clips.sample("bikes.mp4")))
    assert [second for second in found if second != 3.28] == [0, 1.28, 5.52, 7.52, 9.76]
