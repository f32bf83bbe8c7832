"""Where the fast mode looks densely: everywhere in a short video, in a long one where keyframes promise something."""

import itertools

import pytest

from inference.covers.frames.promising import DENSE_S, WINDOW_S, find_promising
from inference.covers.frames.scan import EVERY_S, WHOLE
from inference.covers.frames.select import select_frames
from inference.covers.frames.wanted import Wanted
from tests import clips

SCENES = 40
SCENE_S = 5


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory):
    """Scenes of five seconds: black in turns with streets; in the third there is a face."""
    face = clips.photograph("astronaut.png", 160)[:90]
    scenes = []
    for number in range(SCENES):
        street = list(clips.street(SCENE_S * clips.RATE, 160, 90, seed=number))
        scenes.append(clips.plain(SCENE_S * clips.RATE, 3, 160, 90) if number % 2 else street)
    scenes[2] = [face] * (SCENE_S * clips.RATE)
    pictures = list(itertools.chain.from_iterable(scenes))
    return clips.write_clip(tmp_path_factory.mktemp("long") / "long.mp4", pictures=pictures)


def test_a_short_video_is_looked_at_whole(tmp_path):
    assert find_promising(clips.write_clip(tmp_path / "short.mp4"), Wanted()) == [WHOLE]


def test_a_black_video_is_looked_at_whole_and_then_refused(tmp_path):
    path = clips.write_clip(tmp_path / "black.mp4", pictures=clips.plain(round(90 * clips.RATE), 0, 64, 36))
    assert find_promising(path, Wanted()) == [WHOLE]


def test_dense_looks_are_short_in_order_and_off_the_black(long_clip):
    spans = find_promising(long_clip, Wanted())
    assert len(spans) == DENSE_S[0] / WINDOW_S
    assert spans == sorted(spans)
    assert all(end - start == WINDOW_S for start, end in spans)
    assert all(int(start.seconds // SCENE_S) % 2 == 0 for start, _ in spans)


def test_a_wanted_face_is_looked_for(long_clip):
    starts = {float(start) for start, _ in find_promising(long_clip, Wanted.of(["face"], []))}
    assert 2 * SCENE_S in starts


def test_the_fast_mode_sees_less_and_chooses_as_well(long_clip):
    fast = select_frames(long_clip, count=2, fast=True)
    assert fast.considered < 0.3 * SCENES * SCENE_S / EVERY_S
    assert fast.choices[0].score > 0.6
    assert all(int(float(choice.frame.time) // SCENE_S) % 2 == 0 for choice in fast.choices)
