"""Loops hold the still, leave out what is spoilt, and join where nobody sees it."""

from fractions import Fraction

import numpy as np
import pytest

from inference.covers.motion.loop import DISSOLVE_S, SLACK_S, choose_loop
from inference.covers.motion.surroundings import Surroundings, Unstill
from inference.media.time import MediaTime

RATE = Fraction(10)
BLEND = round(DISSOLVE_S * RATE)


def around(levels, still=60, spoilt=(), shifts=None) -> Surroundings:
    """Frames of one grey each, [frames] or of a grey for each of some columns, [frames, columns]."""
    levels = np.asarray(levels, np.float32)
    columns = levels.reshape(len(levels), 1, -1, 1)
    return Surroundings(
        rate=RATE,
        times=tuple(MediaTime(number / RATE) for number in range(len(levels))),
        still=still,
        thumbnails=np.broadcast_to(columns, (len(levels), 4, columns.shape[2], 3)).copy(),
        shifts=np.zeros((len(levels), 2)) if shifts is None else shifts,
        spoilt=dict.fromkeys(spoilt, "dark"),
        product={},
    )


def swing(count: int, period: float, size: float = 60.0) -> np.ndarray:
    """Two greys a quarter of a period apart: equal frames move equally."""
    phase = 2 * np.pi * np.arange(count) / period
    return 128 + size * np.stack([np.sin(phase), np.cos(phase)], axis=1)


def drift(count: int, speed: float) -> np.ndarray:
    return speed * np.arange(count)


def test_what_repeats_is_cut_where_it_repeats():
    loop = choose_loop(around(swing(130, period=37)))
    assert loop.kind == "cut"
    assert loop.end - loop.first == 37
    assert loop.jump < 0.01


def test_the_loop_is_where_it_repeats_though_the_still_is_not():
    levels = np.concatenate([swing(75, period=35), np.linspace(130, 250, 60)[:, None].repeat(2, 1)])
    loop = choose_loop(around(levels, still=60))
    assert loop.kind == "cut"
    assert loop.jump < 2 < loop.naive


def test_the_still_comes_first_and_every_frame_once():
    for levels in (swing(130, 37), drift(130, 0.2), drift(130, 5)):
        loop = choose_loop(around(levels))
        assert loop.order[0] == 60
        assert set(loop.order) == set(range(loop.first, loop.end))


def test_what_drifts_slowly_dissolves_into_what_came_before():
    loop = choose_loop(around(drift(130, 0.3)))
    assert loop.kind == "dissolve"
    assert 30 <= loop.end - loop.first <= 60
    mixed = sorted(loop.blended)
    assert mixed == list(range(loop.end - BLEND, loop.end))
    assert [loop.blended[n][0] for n in mixed] == list(range(loop.first - BLEND, loop.first))
    shares = [loop.blended[n][1] for n in mixed]
    assert shares == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] < 1
    assert 60 not in loop.blended
    assert loop.needed == range(loop.first - BLEND, loop.end)


def test_a_dissolve_changes_no_more_than_the_video_itself():
    levels = drift(130, 0.3)
    loop = choose_loop(around(levels))

    def shown(number: int) -> float:
        other, share = loop.blended.get(number, (number, 0.0))
        return (1 - share) * levels[number] + share * levels[other]

    played = [shown(number) for number in loop.order]
    steps = np.abs(np.diff([*played, played[0]]))
    assert steps.max() < abs(levels[loop.end] - levels[loop.first]) / BLEND + 0.3


def test_what_differs_too_much_goes_there_and_back():
    loop = choose_loop(around(drift(130, 5)))
    assert loop.kind == "boomerang"
    assert len(loop.order) == 60
    steps = np.diff([*loop.order, loop.order[0]])
    assert set(np.abs(steps)) == {1}


def test_a_short_shot_goes_there_and_back_and_is_shorter():
    loop = choose_loop(around(swing(12, 37), still=5))
    assert loop.kind == "boomerang"
    assert (loop.first, loop.end) == (0, 12)
    assert len(loop.order) == 22


def test_too_short_a_shot_is_refused_with_what_surrounds_it():
    spoilt = [*range(58), *range(63, 130)]
    with pytest.raises(Unstill, match=r"0\.50 s around the still.*dark"):
        choose_loop(around(swing(130, 37), spoilt=spoilt))


def test_spoilt_and_refused_frames_are_left_out():
    for barred in ({"spoilt": (40, 100)}, {"refused": (40, 100)}):
        loop = choose_loop(around(drift(130, 0.3), spoilt=barred.get("spoilt", ())), refused=barred.get("refused", ()))
        assert not {40, 100} & set(loop.needed)
        assert 60 in loop.needed


@pytest.mark.parametrize("seconds", [2, 3.5, 6])
@pytest.mark.parametrize("levels", [swing(170, 37), drift(170, 0.3), drift(170, 5)], ids=["repeats", "drifts", "runs"])
def test_a_length_that_is_asked_for_is_met(levels, seconds):
    loop = choose_loop(around(levels, still=80), seconds)
    assert len(loop.order) / RATE == pytest.approx(seconds, abs=SLACK_S + 1 / float(RATE))


def test_a_trembling_part_is_passed_over():
    shifts = np.zeros((130, 2))
    shifts[62:, 0] = 0.02 * (-1.0) ** np.arange(68)
    loop = choose_loop(around(drift(130, 0.1), shifts=shifts))
    assert loop.end - 60 < 10
    calm = choose_loop(around(drift(130, 0.1), shifts=shifts[::-1].copy()))
    assert calm.end - 60 > 10
