import numpy as np
import pytest

from training.layout.metrics.scores import MEANINGS, Scores, as_table, legend

GROUPS = [str(number) for number in range(40)]


def scores(mean, profile="corrected", weights=None):
    values = mean + np.random.default_rng(0).normal(0, 0.01, 40)
    weights = np.ones(40) if weights is None else weights
    return Scores(profile, "by hand", dict.fromkeys(MEANINGS, values), dict.fromkeys(MEANINGS, weights))


@pytest.mark.parametrize("name", [name for name, meaning in MEANINGS.items() if meaning.better != "neither"])
def test_a_gain_is_above_0_for_the_better_system_whichever_way_the_score_runs(name):
    higher, lower = scores(0.5), scores(0.3)
    better, worse = (higher, lower) if MEANINGS[name].better == "higher" else (lower, higher)
    assert better.gain(worse, name, GROUPS).low > 0.19
    assert worse.gain(better, name, GROUPS).high < -0.19


def test_what_was_not_measured_alike_does_not_compare():
    with pytest.raises(ValueError, match=r"profile corrected .* posterlayout-v1"):
        scores(0.5).gain(scores(0.3, "posterlayout-v1"), "overlap", GROUPS)
    with pytest.raises(ValueError, match="diversity is better neither high nor low"):
        scores(0.5).gain(scores(0.3), "diversity", GROUPS)


def test_means_and_intervals_leave_out_what_was_not_measured():
    weights = np.r_[np.ones(20), np.zeros(20)]
    values = np.r_[np.full(20, 0.25), np.full(20, np.nan)]
    half = Scores("corrected", "by hand", {"overlap": values}, {"overlap": weights})
    assert half.means() == {"overlap": 0.25}
    assert half.interval("overlap", GROUPS) == pytest.approx((0.25, 0.25, 0.25))


def test_the_table_has_a_row_for_each_score_and_a_column_for_each_system():
    table = as_table({"ours": scores(0.5), "random": scores(0.3, weights=np.zeros(40))}, GROUPS).splitlines()
    assert table[0] == "| score | better | ours | random |"
    assert len(table) == 2 + len(MEANINGS)
    mean, low, high = scores(0.5).interval("validity", GROUPS)
    assert table[2].startswith(f"| validity | higher | {mean:.3f} ({low:.3f} to {high:.3f}) | – |")
    assert {line.count("|") for line in table} == {5}


def test_every_score_is_told_apart():
    told = legend().splitlines()
    assert [line.split("**")[1] for line in told] == list(MEANINGS)
    assert len(set(told)) == len(MEANINGS)
