"""The trials: the same number is the same clip, each kind is what it says, every third lies over the middle."""

import numpy as np
import pytest

from tests import spoilt


@pytest.fixture(scope="module")
def trials() -> list[spoilt.Spoilt]:
    return list(spoilt.trials(spoilt.sources(), 30, seconds=5))


def test_the_same_number_is_the_same_trial(trials):
    (again,) = spoilt.trials(spoilt.sources(), 1, first=7, seconds=5)
    assert (again.kind, again.source, again.spoilt) == (trials[7].kind, trials[7].source, trials[7].spoilt)
    assert np.array_equal(again.pictures, trials[7].pictures)


def test_every_kind_comes_as_often_and_a_third_lies_over_the_middle(trials):
    assert [trial.kind for trial in trials].count("flash") == len(trials) / len(spoilt.KINDS)
    over = [trial for trial in trials if trial.over_middle]
    assert len(over) == len(trials) / 3
    visible = [trial for trial in over if trial.kind != "cross-faded"]
    assert all(len(trial.pictures) // 2 in trial.spoilt for trial in visible)


def test_spoilt_pictures_are_spoilt_and_the_others_are_not(trials):
    for trial in trials:
        levels = np.array([picture.mean() for picture in trial.pictures])
        inside = np.array([number in trial.spoilt for number in range(len(levels))])
        assert 0 < inside.sum() < len(inside)
        if trial.kind == "black":
            assert levels[inside].max() < 17 < levels[~inside].min()
        if trial.kind == "flash":
            assert levels[inside].min() > 228 > levels[~inside].max()


def test_a_moment_shows_the_picture_before_it():
    trial = spoilt.Spoilt("black", "a.mp4", (), frozenset({3}), over_middle=False)
    assert [trial.shows_spoilt(time) for time in (0.299, 0.3, 0.35, 0.4)] == [False, True, True, False]
