"""Frames chosen from real clips: nothing spoilt is taken, what is asked for is shown, twice is the same."""

import itertools
from collections import Counter

import numpy as np
import pytest

from data_contracts.errors import BadMedia
from inference.covers.frames import judges
from inference.covers.frames.gates import sift
from inference.covers.frames.scan import scan
from inference.covers.frames.select import select_frames
from inference.media import decode
from inference.media.time import MediaTime
from tests import clips, spoilt

TRIALS = 25
CLEAN_REFUSED = 0.03
"""Share of the frames of real clips that the gates may rule out."""


@pytest.fixture(scope="module")
def trials() -> list[spoilt.Spoilt]:
    return list(spoilt.trials(spoilt.sources(), TRIALS, seconds=6))


@pytest.mark.parametrize("number", range(0, TRIALS, 3))
def test_no_spoilt_frame_is_chosen(tmp_path, trials, number):
    trial = trials[number]
    selection = select_frames(trial.write(tmp_path / "spoilt.mp4"), count=3, fast=bool(number % 2))
    assert selection.choices
    assert not [choice.frame.time for choice in selection.choices if trial.shows_spoilt(float(choice.frame.time))]


def test_the_gates_refuse_spoilt_frames_and_few_others(tmp_path, trials):
    """Nineteen in twenty of the spoilt; of a cross-fade the first and last picture are the hardest.

    Clean frames either side of a cross-fade are not counted: two scenes without a cut are one shot to the
    gates, and the softer of them is blurred beside the sharper.
    """
    spoilt_frames = Counter(passed=0, all=0)
    clean_frames = Counter(refused=0, all=0)
    for trial in trials:
        scanned = scan(trial.write(tmp_path / "spoilt.mp4"))
        usable = set(sift(scanned)[0])
        for sample in scanned.samples:
            if trial.shows_spoilt(float(sample.time)):
                spoilt_frames.update(passed=sample in usable, all=1)
            elif trial.kind != "cross-faded":
                clean_frames.update(refused=sample not in usable, all=1)
    assert spoilt_frames["passed"] <= 0.05 * spoilt_frames["all"]
    assert clean_frames["refused"] <= 0.05 * clean_frames["all"]


def test_few_clean_frames_are_refused(shared_data):
    scans = [scan(path) for path in spoilt.sources(shared_data / "videos")]
    refused = sum(len(scanned.samples) - len(sift(scanned)[0]) for scanned in scans)
    assert refused / sum(len(scanned.samples) for scanned in scans) <= CLEAN_REFUSED


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


def test_every_candidate_of_the_first_stage_is_told_of(selected):
    listed = selected.shortlist
    assert len(selected.choices) < len(listed) <= 16
    assert [each.time for each in listed] == sorted(each.time for each in listed)
    assert {each.time for each in listed if each.chosen} == {choice.frame.time for choice in selected.choices}
    assert all(each.why.startswith("chosen, number" if each.chosen else "dropped: ") for each in listed)


def test_every_judge_gives_a_reason_and_every_stage_its_cost(selected):
    for choice in selected.choices:
        assert choice.reasons.keys() == choice.scores.keys()
        assert all(f"({value:.2f})" in choice.reasons[judge] for judge, value in choice.scores.items())
    assert set(selected.cost_s) >= {"scan", "glance", "decode", "faces", "text", "recognisable", "product", "full size"}
    assert all(seconds > 0 for seconds in selected.cost_s.values())


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
    pictures = clips.blurred(spoilt.pictures_of(clips.sample("bigbuckbunny.mp4")), 5)
    assert select_frames(clips.write_clip(tmp_path / "soft.mp4", pictures=pictures), count=2).choices


def test_a_face_that_must_be_shown_is_shown(tmp_path):
    """Three seconds of street, half a second of a face, three seconds of another street."""
    face = clips.photograph("astronaut.png", 320)[0:180]
    streets = [list(clips.street(30, seed=seed)) for seed in (3, 4)]
    path = clips.write_clip(tmp_path / "face.mp4", pictures=[*streets[0], *[face] * 5, *streets[1]])
    best = select_frames(path, count=2, shows=["face"]).choices[0]
    assert len(best.faces) == 1
    assert 3 <= float(best.frame.time) < 3.5


def test_a_face_that_must_not_be_shown_is_not(tmp_path):
    face = clips.photograph("astronaut.png", 320)[0:180]
    path = clips.write_clip(tmp_path / "face.mp4", pictures=[*[face] * 20, *clips.street(10, seed=3)])
    assert select_frames(path, count=1).choices[0].faces
    best = select_frames(path, count=1, hides=["face"]).choices[0]
    assert not best.faces
    assert float(best.frame.time) >= 2


def test_a_product_that_must_be_shown_is_missed_in_an_empty_picture(tmp_path):
    """Two seconds of coffee, two of a grey gradient that shows nothing."""
    coffee = clips.photograph("coffee.png")[:212]
    nothing = np.repeat(np.linspace(60, 180, coffee.shape[1])[None, :, None], 212, axis=0).repeat(3, axis=2)
    path = clips.write_clip(tmp_path / "coffee.mp4", pictures=[*[nothing.astype(np.uint8)] * 20, *[coffee] * 20])
    best = select_frames(path, count=1, shows=["product"]).choices[0]
    assert best.product
    assert float(best.frame.time) >= 2


def test_weights_decide_what_counts():
    path = clips.sample("bikes.mp4")
    light = dict.fromkeys(judges.WEIGHTS, 0.001) | {"light": 10.0}
    brightest = select_frames(path, count=1, weights=light).choices[0]
    assert brightest.score == pytest.approx(brightest.scores["light"], abs=0.01)


def test_burnt_in_text_is_avoided_where_some_frames_are_free_of_it(shared_data):
    """The cartoon is subtitled up to 9 s; its logo is in every frame and cannot be avoided."""
    selection = select_frames(shared_data / "videos" / "cartoon_subtitled_zh.mp4", count=3)
    assert all(float(choice.frame.time) >= 8.75 for choice in selection.choices)
    assert selection.refused["burnt-in text"] >= 5


def test_without_text_means_less_text_even_where_it_is_everywhere(shared_data):
    """Subtitles in half of the frames: those without rank first."""
    path = shared_data / "videos" / "red_dress_portrait.mp4"
    best = select_frames(path, count=2, hides=["text"], shows=["face"]).choices[0]
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
