"""Around a still only frames of its own shot are looked at, and what spoils some of them is known."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from inference.covers.frames.select import FrameChoice
from inference.covers.motion.surroundings import Surroundings, Unstill, choose_rate, look_around
from inference.covers.picture.layout import compose
from inference.covers.picture.style import STYLES, Wording
from inference.media import decode
from inference.media.decode import VideoInfo
from inference.media.time import MediaTime
from tests.clips import RATE, blurred, cross_faded, plain, street, write_clip
from tests.inference.covers.choices import choose

WORDS = Wording("轻便旅行双肩包", "zh")
STILL_S = 3.0
STILL = round(STILL_S * RATE)


def look(path: Path, seconds: float = STILL_S, reach_s: float = 7) -> Surroundings:
    choice = choice_at(path, seconds)
    return look_around(path, choice, compose(choice, WORDS, "3:4", STYLES["headline"]), reach_s, reach_s)


def choice_at(path: Path, seconds: float) -> FrameChoice:
    frame = decode.frame_at(path, MediaTime.from_seconds(seconds))
    return replace(choose(frame.image), frame=frame)


def houses(count: int, seed: int = 0) -> list[np.ndarray]:
    return list(street(count, seed=seed))


@pytest.mark.parametrize(
    ("fps", "variable", "rate"),
    [
        (24.0, False, Fraction(24)),
        (23.976, False, Fraction(24000, 1001)),
        (29.97, False, Fraction(30000, 1001)),
        (30.0, False, Fraction(30)),
        (50.0, False, Fraction(25)),
        (59.94, False, Fraction(30000, 1001)),
        (120.0, False, Fraction(30)),
        (12.5, False, Fraction(25, 2)),
        (22.7, True, Fraction(24000, 1001)),
        (14.0, True, Fraction(14)),
    ],
)
def test_the_rate_is_the_videos_own_up_to_thirty(fps, variable, rate):
    assert choose_rate(info(fps, variable)) == rate


def test_a_row_of_stills_is_refused():
    with pytest.raises(Unstill, match="1 frames a second"):
        choose_rate(info(1.0))


def test_a_clean_take_is_seen_whole_and_in_time(tmp_path):
    around = look(write_clip(tmp_path / "clip.mp4", seconds=6))
    assert len(around.times) == 60
    assert float(around.times[around.still]) == STILL_S
    assert not around.spoilt
    assert [float(time) for time in around.times] == pytest.approx([n / RATE for n in range(60)])


def test_what_is_around_is_found_late_in_a_long_video_as_well(tmp_path):
    around = look(write_clip(tmp_path / "clip.mp4", seconds=20), seconds=15, reach_s=2)
    assert float(around.times[around.still]) == 15
    assert float(around.times[0]) == 13
    assert float(around.times[-1]) == pytest.approx(17, abs=0.11)


def test_what_lies_beyond_a_cut_is_never_used(tmp_path):
    pictures = houses(12, seed=5) + houses(36) + houses(12, seed=9)
    around = look(write_clip(tmp_path / "clip.mp4", pictures=pictures))
    usable = {number for number in range(60) if number not in around.spoilt}
    assert STILL in usable
    assert usable <= set(range(12, 48))
    assert len(usable) > 25


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pictures: plain(1, 255) + pictures[1:],
        lambda pictures: plain(1, 0) + pictures[1:],
        lambda pictures: plain(len(pictures), 6),
        lambda pictures: blurred(pictures, 6),
        lambda pictures: cross_faded(pictures, houses(len(pictures), seed=7)),
    ],
    ids=["one white", "one black", "black", "blurred", "cross-fade"],
)
def test_spoilt_frames_are_known(tmp_path, spoil):
    pictures = houses(60)
    pictures[42:50] = spoil(pictures[42:50])
    around = look(write_clip(tmp_path / "clip.mp4", pictures=pictures))
    assert any(42 <= number < 50 for number in around.spoilt)
    assert min(around.spoilt) > STILL + 5


def test_a_turned_video_is_looked_at_upright(tmp_path):
    upright = look(write_clip(tmp_path / "up.mp4", seconds=4))
    turned = look(write_clip(tmp_path / "turned.mp4", seconds=4, rotation_deg=90))
    assert turned.thumbnails.shape[0] == upright.thumbnails.shape[0]
    choice = choice_at(tmp_path / "turned.mp4", STILL_S)
    assert choice.frame.image.shape[:2] == (320, 180)
    assert not turned.spoilt


def test_an_uneven_rate_is_played_evenly(tmp_path):
    stamps = np.cumsum(np.tile([40, 90, 120, 60, 190], 12)).tolist()
    around = look(write_clip(tmp_path / "clip.mp4", pictures=houses(60), stamps_ms=[s - stamps[0] for s in stamps]))
    gaps = np.diff([float(time) for time in around.times])
    assert gaps.min() >= 0
    assert float(around.times[-1] - around.times[0]) == pytest.approx(len(gaps) / float(around.rate), abs=0.25)


def info(fps: float, variable: bool = False) -> VideoInfo:
    return VideoInfo(10.0, 640, 360, 0, fps, variable, False, None)
