import numpy as np
import pytest

from training.intervals import gain, interval


def test_a_mean_lies_in_its_interval():
    values = np.random.default_rng(1).normal(3.0, 1.0, 400)
    mean, low, high = interval(values, [str(n) for n in range(400)])
    assert mean == pytest.approx(values.mean())
    assert low < mean < high
    assert high - low == pytest.approx(2 * 1.97 * values.std() / 20, rel=0.1)


def test_rows_of_one_group_are_one_witness():
    values = np.repeat(np.random.default_rng(1).normal(size=20), 20)
    apart = interval(values, [str(n) for n in range(400)])
    together = interval(values, [str(n // 20) for n in range(400)])
    assert together.mean == pytest.approx(apart.mean)
    assert together.high - together.low > 3 * (apart.high - apart.low)


def test_what_is_hard_for_both_systems_cancels_out():
    rng = np.random.default_rng(2)
    hardness, groups = rng.normal(size=100), [str(n) for n in range(100)]
    old = hardness + rng.normal(0, 0.05, 100)
    new = hardness + 0.1 + rng.normal(0, 0.05, 100)
    difference = gain(new, old, groups)
    assert difference.low > 0.05
    assert interval(new, groups).low < interval(old, groups).high


def test_two_equal_systems_gain_nothing():
    values = np.random.default_rng(3).normal(size=50)
    assert gain(values, values, [str(n) for n in range(50)]) == (0, 0, 0)


def test_rows_of_no_weight_say_nothing():
    values, weights = np.array([1.0, np.nan, 3.0]), np.array([1.0, 0.0, 3.0])
    assert interval(values, ["a", "b", "c"], weights).mean == pytest.approx(2.5)
    assert gain(values, np.zeros(3), ["a", "b", "c"], weights).mean == pytest.approx(2.5)


@pytest.mark.parametrize(("values", "weights"), [([], None), ([1.0, 2.0], [0.0, 0.0]), ([1.0, float("nan")], None)])
def test_what_was_not_measured_passes_no_limit(values, weights):
    measured = interval(np.array(values), ["a"] * len(values), weights and np.array(weights))
    assert np.isnan(measured).all()
    assert not measured.low > 0


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 values, 2 weights and 1 groups"):
        interval(np.ones(2), ["a"])


@pytest.mark.parametrize("count", [6, 12, 60])
def test_of_twenty_intervals_about_nineteen_hold_the_truth(count):
    rng, groups = np.random.default_rng(4), [str(n) for n in range(count)]
    found = [interval(rng.normal(1.0, 2.0, count), groups) for _ in range(300)]
    assert 0.91 <= np.mean([each.low <= 1.0 <= each.high for each in found]) <= 0.98


def test_of_a_single_group_only_the_mean_is_known():
    assert interval(np.array([1.0, 3.0]), ["a", "a"]) == (2, -np.inf, np.inf)
