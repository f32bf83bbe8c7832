"""One simulated day: pages are asked for, covers chosen, some clicked, and the policy learns from it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from inference.audience.crowd import PAGE_SLOTS, Crowd, Visits
from inference.distribution.policy import CoverPolicy, Decision

log = logging.getLogger(__name__)

HOURS = 24
ROUNDS = 12
"""The policy learns this many times a day, from outcomes that are mature by then."""


@dataclass
class Shown:
    """Impressions in the order shown, one entry each.

    ``visit`` is a place in ``visits``, ``second`` counts from the day's start, ``delay_s`` is the time
    from seeing to clicking, NaN where nobody clicked.
    """

    visits: Visits
    visit: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    video_id: list[str] = field(default_factory=list)
    decision: list[Decision] = field(default_factory=list)
    second: np.ndarray = field(default_factory=lambda: np.empty(0))
    delay_s: np.ndarray = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.visit)


class Day:
    """The crowd asks for ``impressions`` covers from ``start`` on; ``window`` is the attribution window.

    ``candidates`` are the cover ids of each video, ``appeals`` what ``Crowd.appeal`` says of each cover.
    """

    def __init__(
        self,
        crowd: Crowd,
        policy: CoverPolicy,
        candidates: Mapping[str, Sequence[str]],
        appeals: Mapping[str, np.ndarray],
        impressions: int,
        start: datetime,
        window: timedelta,
        rng: np.random.Generator,
    ):
        self.crowd, self.policy, self.appeals = crowd, policy, appeals
        self.videos = sorted(candidates)
        self.candidates = candidates
        self.impressions = impressions
        self.window_s = window.total_seconds()
        self.rng = rng
        self.slots = min(PAGE_SLOTS, len(self.videos))
        self.shown = Shown(crowd.visit(-(-impressions // self.slots), start, HOURS, rng))
        self.learned = 0

    def run(self) -> Shown:
        """Serve all visits, round by round."""
        bounds = np.searchsorted(self.shown.visits.second, np.linspace(0, HOURS * 3600, ROUNDS + 1))
        for turn in range(ROUNDS):
            self._learn(now_s=HOURS * 3600 * turn / ROUNDS)
            first = len(self.shown)
            for visit in range(bounds[turn], bounds[turn + 1]):
                self._fill_page(visit)
            clicks = self._click(first)
            log.info("round %d of %d: %d shown, %d clicked", turn + 1, ROUNDS, len(self.shown) - first, clicks)
        return self.shown

    def _learn(self, now_s: float) -> None:
        """Teach the policy the outcomes that matured since it learned last."""
        mature = int(np.searchsorted(self.shown.second, now_s - self.window_s, side="right"))
        fresh = slice(self.learned, mature)
        if mature > self.learned:
            decisions = self.shown.decision[fresh]
            outcomes = {
                "video_id": self.shown.video_id[fresh],
                "cover_id": [decision.cover_id for decision in decisions],
                "clicked": self.shown.delay_s[fresh] <= self.window_s,
            }
            self.policy.learn(pa.table(outcomes))
            self.learned = mature

    def _fill_page(self, visit: int) -> None:
        slots = min(self.slots, self.impressions - len(self.shown))
        for position, place in enumerate(self.rng.choice(len(self.videos), slots, replace=False)):
            video = self.videos[place]
            self.shown.visit.append(visit)
            self.shown.position.append(position)
            self.shown.video_id.append(video)
            self.shown.decision.append(self.policy.decide(video, self.candidates[video], self.rng))

    def _click(self, first: int) -> int:
        """Decide which impressions from ``first`` on are clicked, and when; how many were."""
        visit = np.array(self.shown.visit[first:], int)
        position = np.array(self.shown.position[first:], int)
        appeal = np.array([self.appeals[decision.cover_id] for decision in self.shown.decision[first:]])
        appeal = appeal.reshape(len(visit), len(self.crowd.segments))  # also of a round without visits
        rates = self.crowd.click_rates(self.shown.visits, visit, position, appeal)
        clicked = self.rng.random(len(visit)) < rates
        delay_s = np.where(clicked, self.crowd.click_delays(len(visit), self.rng), np.nan)
        self.shown.second = np.concatenate([self.shown.second, self.shown.visits.second[visit]])
        self.shown.delay_s = np.concatenate([self.shown.delay_s, delay_s])
        return int(clicked.sum())
