"""Which cover to show: Thompson sampling per video, with exact propensities.

Each video is a bandit of its own over its candidate covers. The probability that one Beta draw
exceeds all others has no closed form, so between two updates the policy is a table: the share of
Thompson draws (MABWiser) in which a candidate came out best, mixed with a uniform share. Covers are
drawn from that table, which makes the logged propensity exact, not an estimate.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from mabwiser.mab import MAB, LearningPolicy

DRAWS = 2_000
"""Thompson draws behind one table; steps of 0.05 % in the probabilities."""

PRIOR_IMPRESSIONS = 100
"""Weight of the belief a candidate starts with, in impressions at its siblings' click rate. Without
it a fresh candidate would be believed to be clicked half of the time and flood the next round."""


@dataclass(frozen=True)
class Decision:
    """The cover to show, the probability with which it was chosen, by which policy, among which."""

    cover_id: str
    propensity: float
    policy_version: str
    candidates: tuple[str, ...]


class CoverPolicy:
    """Learns from mature outcomes, decides by video.

    Equal outcomes (in any order and any batches), ``uniform_share`` and ``seed`` give an equal
    policy with an equal ``version``. No candidate's probability falls below uniform_share / K.
    """

    def __init__(self, uniform_share: float, seed: int = 0):
        self.uniform_share = uniform_share
        self.seed = seed
        self._tally: dict[tuple[str, str], tuple[int, int]] = {}
        self._tables: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}
        self.version = self._digest()

    def learn(self, outcomes: pa.Table) -> None:
        """Add mature outcomes (columns video_id, cover_id, clicked). Each outcome must come once."""
        counted = outcomes.group_by(["video_id", "cover_id"]).aggregate([("clicked", "sum"), ("clicked", "count")])
        for row in counted.to_pylist():
            shown, clicked = self._tally.get((row["video_id"], row["cover_id"]), (0, 0))
            self._tally[row["video_id"], row["cover_id"]] = (shown + row["clicked_count"], clicked + row["clicked_sum"])
        self._tables.clear()
        self.version = self._digest()

    def decide(self, video_id: str, candidates: Sequence[str], rng: np.random.Generator) -> Decision:
        """Draw one cover. Raises ``ValueError`` when there is no candidate."""
        offered = tuple(sorted(candidates))
        probabilities = self.probabilities(video_id, offered)
        # searchsorted on the running sum is ten times as fast as rng.choice; min() guards the last ulp.
        place = min(int(np.searchsorted(np.cumsum(probabilities), rng.random(), side="right")), len(offered) - 1)
        return Decision(offered[place], float(probabilities[place]), self.version, offered)

    def probabilities(self, video_id: str, candidates: tuple[str, ...]) -> np.ndarray:
        """Probability of each candidate, in their order; sums to 1."""
        if not candidates:
            raise ValueError(f"video {video_id} has no candidate cover: make covers for it first")
        key = (video_id, candidates)
        if key not in self._tables:
            uniform = np.full(len(candidates), 1 / len(candidates))
            share = self._share_of_wins(video_id, candidates)
            self._tables[key] = self.uniform_share * uniform + (1 - self.uniform_share) * share
        return self._tables[key]

    def _share_of_wins(self, video_id: str, candidates: tuple[str, ...]) -> np.ndarray:
        tallies = [self._tally.get((video_id, cover), (0, 0)) for cover in candidates]
        shown, clicked = np.sum(tallies, axis=0)
        if not shown:
            return np.full(len(candidates), 1 / len(candidates))
        prior = round(PRIOR_IMPRESSIONS * clicked / shown)
        decisions, rewards = [], []
        for cover, (n, k) in zip(candidates, tallies, strict=True):
            decisions.append(np.full(n + PRIOR_IMPRESSIONS, cover))
            rewards.append(np.repeat([1, 0], [k + prior, n - k + PRIOR_IMPRESSIONS - prior]))
        bandit = MAB(list(candidates), LearningPolicy.ThompsonSampling(), seed=self._seed_of(video_id))
        bandit.fit(np.concatenate(decisions), np.concatenate(rewards))
        return _count_wins(bandit, candidates) / DRAWS

    def _seed_of(self, video_id: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed} {video_id}".encode()).digest()[:4])

    def _digest(self) -> str:
        learned = [self.uniform_share, self.seed, DRAWS, PRIOR_IMPRESSIONS, sorted(self._tally.items())]
        return f"thompson-{hashlib.sha256(json.dumps(learned).encode()).hexdigest()[:16]}"


def _count_wins(bandit: MAB, candidates: tuple[str, ...]) -> np.ndarray:
    draws = bandit.predict_expectations(np.empty((DRAWS, 1)))  # only their number counts: no context is used
    beliefs = np.array([[draw[cover] for cover in candidates] for draw in draws])
    return np.bincount(beliefs.argmax(axis=1), minlength=len(candidates))
