"""How much each judge counts, learned from clicks: priors until there are clicks enough, and a pull towards them after.

The chance of a click is logistic in the judges' verdicts. Each coefficient is pulled to where the prior
weights, scaled as one to fit the same clicks, would have it, as strongly as ``PRIOR_IMPRESSIONS`` further
impressions would: ridge regression with a centre other than zero, by Newton's method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.covers.frames import judges

MIN_IMPRESSIONS, MIN_CLICKS = 20_000, 200
"""Below either the priors stay. At a click rate of 5 % and verdicts that differ by 0.2, a judge that is worth a
tenth more clicks is seen from about so many impressions on."""

PRIOR_IMPRESSIONS = 10_000
"""What the priors count for."""

LEAST_SLOPE = 0.1
"""Logits that the prior score as a whole moves clicks by at least: it may explain little, but does not turn round."""

ROUNDS = 30


@dataclass(frozen=True)
class FrameOutcome:
    """What came of a frame that was shown on a cover: every judge's verdict, 0 to 1, impressions and clicks."""

    scores: Mapping[str, float]
    impressions: int
    clicks: int


def fit_weights(outcomes: Sequence[FrameOutcome], priors: Mapping[str, float] = judges.WEIGHTS) -> Mapping[str, float]:
    """A weight for every judge of the priors, none negative, of the same sum; the priors themselves below
    ``MIN_IMPRESSIONS`` or ``MIN_CLICKS``. A judge that never spoke keeps its share.

    Raises ``ValueError`` for an outcome with more clicks than impressions or a judge without a prior.
    """
    _check(outcomes, priors)
    shown = np.array([outcome.impressions for outcome in outcomes], float)
    clicked = np.array([outcome.clicks for outcome in outcomes], float)
    if shown.sum() < MIN_IMPRESSIONS or clicked.sum() < MIN_CLICKS:
        return dict(priors)
    names = list(priors)
    prior = np.array([priors[name] for name in names])
    verdicts = _verdicts(outcomes, names, priors)
    verdicts = verdicts - np.average(verdicts, axis=0, weights=shown)
    overall = verdicts @ (prior / prior.sum())
    rate = clicked.sum() / shown.sum()
    start = np.log(rate / (1 - rate)) if rate < 1 else 0.0
    intercept, slope = _newton(overall[:, None], shown, clicked, np.array([start, 0.0]), np.zeros(1))
    centre = np.array([intercept, *max(slope, LEAST_SLOPE) * prior / prior.sum()])
    spread = np.average(verdicts**2, axis=0, weights=shown)
    pull = PRIOR_IMPRESSIONS * rate * (1 - rate) * np.maximum(spread, 1e-6)
    fitted = np.maximum(_newton(verdicts, shown, clicked, centre, pull)[1:], 0.0)
    return dict(zip(names, (fitted * prior.sum() / fitted.sum()).tolist(), strict=True))


def _check(outcomes: Sequence[FrameOutcome], priors: Mapping[str, float]) -> None:
    for outcome in outcomes:
        if not 0 <= outcome.clicks <= outcome.impressions:
            raise ValueError(f"{outcome.clicks} clicks on {outcome.impressions} impressions")
        if unknown := outcome.scores.keys() - priors.keys():
            raise ValueError(f"no weight is known for the judges {', '.join(sorted(unknown))}")


def _verdicts(outcomes: Sequence[FrameOutcome], names: Sequence[str], priors: Mapping[str, float]) -> np.ndarray:
    """Shape (outcomes, judges); one that was silent on a frame agrees with the others there."""
    means = [judges.score(outcome.scores, priors) if outcome.scores else 0.5 for outcome in outcomes]
    return np.array(
        [[outcome.scores.get(name, mean) for name in names] for outcome, mean in zip(outcomes, means, strict=True)]
    )


def _newton(
    verdicts: np.ndarray, shown: np.ndarray, clicked: np.ndarray, centre: np.ndarray, pull: np.ndarray
) -> np.ndarray:
    """Intercept and coefficients of the likeliest logistic model, each coefficient pulled to its centre."""
    inputs = np.column_stack([np.ones(len(verdicts)), verdicts])
    pulls = np.array([0.0, *pull]) + 1e-9
    found = centre.copy()
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (clicked - shown * chance) - pulls * (found - centre)
        curve = (inputs * (shown * chance * (1 - chance))[:, None]).T @ inputs + np.diag(pulls)
        step = np.linalg.solve(curve, slope)
        found = found + step
        if np.abs(step).max() < 1e-8:
            break
    return found
