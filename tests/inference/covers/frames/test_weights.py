"""Weights from clicks: found where there are enough, priors where there are not, never negative."""

import numpy as np
import pytest

from inference.covers.frames.judges import WEIGHTS
from inference.covers.frames.weights import MIN_IMPRESSIONS, FrameOutcome, fit_weights

PRIORS = {"faces": 4.0, "light": 1.0, "sharpness": 2.0}
TRUE = {"faces": 0.2, "light": 2.0, "sharpness": 0.0}
"""Logits that a verdict moves clicks by: the opposite of what the priors say."""


def simulate(frames: int, impressions: int, seed: int = 0, true=TRUE) -> list[FrameOutcome]:
    rng = np.random.default_rng(seed)
    outcomes = []
    for _ in range(frames):
        scores = {name: float(rng.uniform()) for name in true}
        chance = 1 / (1 + np.exp(-(-3.5 + sum(true[name] * value for name, value in scores.items()))))
        outcomes.append(FrameOutcome(scores, impressions, int(rng.binomial(impressions, chance))))
    return outcomes


def test_many_clicks_overrule_the_priors():
    fitted = fit_weights(simulate(400, 500), PRIORS)
    assert fitted["light"] > 3 * fitted["faces"]
    assert fitted["light"] > 5 * fitted["sharpness"]
    assert min(fitted.values()) >= 0
    assert sum(fitted.values()) == pytest.approx(sum(PRIORS.values()))


def test_few_clicks_leave_the_priors():
    assert fit_weights(simulate(10, MIN_IMPRESSIONS // 10 - 1), PRIORS) == PRIORS
    assert fit_weights([], PRIORS) == PRIORS
    silent = [FrameOutcome({"faces": 0.5}, MIN_IMPRESSIONS, 3)]
    assert fit_weights(silent, PRIORS) == PRIORS, "impressions without clicks say little"


def test_just_enough_clicks_move_the_priors_a_little_and_in_the_right_direction():
    little, much = (fit_weights(simulate(40, impressions), PRIORS) for impressions in (600, 60_000))
    assert PRIORS["light"] < little["light"] < much["light"]


def test_where_clicks_follow_the_priors_they_stay():
    total = sum(PRIORS.values())
    fitted = fit_weights(simulate(400, 500, true={name: 3 * value / total for name, value in PRIORS.items()}), PRIORS)
    assert fitted == pytest.approx(PRIORS, rel=0.25)


def test_a_judge_that_was_silent_keeps_about_its_share():
    fitted = fit_weights(simulate(200, 500), WEIGHTS)
    assert fitted.keys() == WEIGHTS.keys()
    assert fitted["viewer"] / fitted["critic"] == pytest.approx(WEIGHTS["viewer"] / WEIGHTS["critic"], rel=0.01)
    assert fitted["light"] / WEIGHTS["light"] > fitted["faces"] / WEIGHTS["faces"]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (FrameOutcome({"faces": 1.0}, 5, 6), "6 clicks on 5 impressions"),
        (FrameOutcome({"taste": 1.0}, 5, 1), "judges taste"),
    ],
)
def test_what_cannot_be_is_refused(outcome, words):
    with pytest.raises(ValueError, match=words):
        fit_weights([outcome], PRIORS)
