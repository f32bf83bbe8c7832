"""Frames chosen from real clips: nothing spoilt is taken, what is asked for is shown, twice is the same."""

import itertools
from functools import cache

import cv2
import numpy as np
import pytest

from data_contracts.errors import BadMedia
from inference.covers.frames.select import select_frames
from inference.media import decode
from inference.media.time import MediaTime
from tests import clips

RATE = 10
SPAN_S = (0.6, 1.2)
"""Length of a spoilt span: two to five of the frames that are looked at."""

PURE = 0.12
"""A cross-fade with less than this share of the other picture cannot be seen."""

KINDS = ("black", "white", "blurred", "cross-faded")


@cache
def pictures_of(name: str) -> tuple[np.ndarray, ...]:
    """A sample clip at ten pictures a second, 320 × 180."""
    frames = decode.frames(clips.sample(name), every_s=1 / RATE, width=320)
    return tuple(cv2.resize(frame.image, (320, 180), interpolation=cv2.INTER_AREA) for frame in frames)


def spoil(kind: str, rng: np.random.Generator) -> tuple[list[np.ndarray], set[int]]:
    """A clip with a span of some kind anywhere in it, and the numbers of the pictures that are spoilt."""
    one, other = (list(pictures_of(name)) for name in ("bigbuckbunny.mp4", "bikes.mp4"))
    length = round(RATE * rng.uniform(*SPAN_S))
    start = int(rng.integers(0, len(one) - length))
    span = slice(start, start + length)
    spoilt = set(range(start, start + length))
    if kind == "black":
        one[span] = clips.plain(length, int(rng.integers(0, 16)))
    elif kind == "white":
        one[span] = clips.plain(length, 255)
    elif kind == "blurred":
        one[span] = clips.blurred(one[span], float(rng.uniform(3, 6)))
    else:
        one[span] = clips.cross_faded(one[span], other[span])
        one[span.stop :] = other[span.stop : len(one)]
        shares = np.arange(1, length + 1) / (length + 1)
        spoilt = {start + int(i) for i in np.flatnonzero((shares > PURE) & (shares < 1 - PURE))}
    return one, spoilt


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_no_spoilt_frame_is_chosen(tmp_path, kind, seed):
    pictures, spoilt = spoil(kind, np.random.default_rng([KINDS.index(kind), seed]))
    selection = select_frames(clips.write_clip(tmp_path / "spoilt.mp4", pictures=pictures))
    assert selection.choices
    assert not spoilt & {round(RATE * float(choice.frame.time)) for choice in selection.choices}


@pytest.fixture(scope="module")
def selected():
    return select_frames(clips.sample("bikes.mp4"))


def test_choices_come_best_first_and_differ(selected):
    scores = [choice.score for choice in selected.choices]
    assert len(scores) >= 3
    assert scores == sorted(scores, reverse=True)
    times = sorted(float(choice.frame.time) for choice in selected.choices)
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) >= 1
    assert all(0 <= value <= 1 for choice in selected.choices for value in (choice.score, *choice.scores.values()))


def test_choices_are_the_file_s_own_frames_at_full_size(selected):
    path = clips.sample("bikes.mp4")
    for choice in selected.choices:
        assert np.array_equal(choice.frame.image, decode.frame_at(path, choice.frame.time).image)
        boxes = [choice.product, *(line.box for line in choice.texts), *(face.box for face in choice.faces)]
        width, height = choice.frame.width, choice.frame.height
        assert all(
            box.left >= -1 and box.top >= -1 and box.right <= width + 1 and box.bottom <= height + 1
            for box in boxes
            if box
        )


def test_what_was_refused_is_counted(selected):
    assert selected.considered == 40
    assert selected.refused["blurred"] >= 3
    assert sum(selected.refused.values()) < selected.considered


def test_twice_is_the_same(selected):
    again = select_frames(clips.sample("bikes.mp4"))
    assert [described(choice) for choice in again.choices] == [described(choice) for choice in selected.choices]
    assert again.refused == selected.refused


def described(choice):
    return choice.frame.time, choice.score, choice.scores, choice.product, choice.faces, choice.texts, choice.faults


def test_fewer_are_chosen_when_fewer_are_asked_for(selected):
    (best,) = select_frames(clips.sample("bikes.mp4"), count=1).choices
    assert best.frame.time in {choice.frame.time for choice in selected.choices}


@pytest.mark.parametrize(("level", "reason"), [(0, "black"), (255, "one tone")])
def test_a_clip_of_nothing_is_refused(tmp_path, level, reason):
    path = clips.write_clip(tmp_path / "nothing.mp4", pictures=clips.plain(20, level))
    with pytest.raises(BadMedia, match=f"no frame can be a cover: .*{reason}"):
        select_frames(path)


@pytest.mark.parametrize("pictures", [1, 2, 5])
def test_the_shortest_clips_give_a_frame(tmp_path, pictures):
    photograph = clips.photograph("coffee.png")[:212]
    path = clips.write_clip(tmp_path / "short.mp4", pictures=[photograph] * pictures)
    assert len(select_frames(path).choices) == 1


def test_a_clip_blurred_throughout_gives_its_best(tmp_path):
    pictures = clips.blurred(pictures_of("bigbuckbunny.mp4"), 5)
    assert select_frames(clips.write_clip(tmp_path / "soft.mp4", pictures=pictures), count=2).choices


def test_a_face_that_must_be_shown_is_shown(tmp_path):
    """Three seconds of street, half a second of a face, three seconds of another street."""
    face = clips.photograph("astronaut.png", 320)[0:180]
    streets = [list(clips.street(30, seed=seed)) for seed in (3, 4)]
    path = clips.write_clip(tmp_path / "face.mp4", pictures=[*streets[0], *[face] * 5, *streets[1]])
    best = select_frames(path, count=2, must_show_face=True).choices[0]
    assert len(best.faces) == 1
    assert 3 <= float(best.frame.time) < 3.5


def test_burnt_in_text_is_avoided_where_some_frames_are_free_of_it(shared_data):
    """The cartoon is subtitled up to 9 s; its logo is in every frame and cannot be avoided."""
    selection = select_frames(shared_data / "videos" / "cartoon_subtitled_zh.mp4", count=3)
    assert all(float(choice.frame.time) >= 8.75 for choice in selection.choices)
    assert selection.refused["burnt-in text"] >= 5


def test_without_text_means_less_text_even_where_it_is_everywhere(shared_data):
    """Subtitles in half of the frames: those without rank first."""
    path = shared_data / "videos" / "red_dress_portrait.mp4"
    best = select_frames(path, count=2, no_text=True, must_show_face=True).choices[0]
    assert "burnt-in text" not in best.faults
    assert best.faces


def test_a_whole_car_is_chosen_over_an_empty_road(shared_data):
    selection = select_frames(shared_data / "videos" / "cars.mp4", count=2)
    whole = [(6.0, 7.3), (16.2, 17.1), (26.2, 26.7)]
    for choice in selection.choices:
        assert any(start <= float(choice.frame.time) <= end for start, end in whole)
        picture = choice.frame.image
        assert choice.product.top > 2
        assert choice.product.bottom < picture.shape[0] - 2


def test_a_long_way_into_a_clip_is_still_the_right_frame(tmp_path):
    """The only picture worth a cover comes after eight seconds of black."""
    photograph = clips.photograph("coffee.png")[:212]
    black = clips.plain(80, 0, photograph.shape[1], photograph.shape[0])
    path = clips.write_clip(tmp_path / "late.mp4", pictures=[*black, *[photograph] * 10])
    (choice,) = select_frames(path).choices
    assert choice.frame.time >= MediaTime.from_seconds(8)
