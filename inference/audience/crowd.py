"""People who do not exist, with tastes that the rest of Coverloop must find out.

A test instrument: it lets the loop from cover to click to criterion be tried without live traffic,
and lets tests ask whether what was learned is what was planted. It imitates what makes real clicks
hard to read: few of them, a page whose top is seen most, hours and devices that differ, videos that
are liked whatever their cover, covers whose appeal no feature explains, and clicks that come late.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

BASE_CLICK_RATE = 0.04
"""At the middle of the page, for an average cover."""
PAGE_SLOTS = 6
POSITION_PENALTY = 0.15
"""Log-odds lost with each slot further down."""
VIDEO_SPREAD, COVER_SPREAD = 0.25, 0.08
"""Standard deviations, in log-odds, of what a video and a cover have that no feature explains."""

EVENING_PEAK_HOUR, EVENING_SWING = 21, 0.15
"""People click most at this hour of day, by this many log-odds above the day's mean."""
DEVICES, DEVICE_SHARES, DEVICE_LOG_ODDS = ("phone", "tablet", "desktop"), (0.7, 0.1, 0.2), (0.05, 0.0, -0.15)
NETWORKS, NETWORK_SHARES, NETWORK_LOG_ODDS = ("wifi", "metered"), (0.6, 0.4), (0.03, -0.05)

MEDIAN_DELAY_S, DELAY_SPREAD, MAX_DELAY_S = 25.0, 1.7, 3_600.0
"""Log-normal seconds from seeing to clicking, with sd of the logarithm: about 1 in 170 clicks comes
after half an hour. None comes after MAX_DELAY_S."""
DOUBLE_CLICK_SHARE = 0.01

TYPICAL = {
    "brightness": (0.45, 0.15),
    "contrast": (0.22, 0.05),
    "colourfulness": (0.4, 0.2),
    "warmth": (0.05, 0.12),
    "sharpness": (2.5, 0.5),
    "face_count": (0.7, 0.8),
    "face_area": (0.05, 0.07),
    "product_area": (0.25, 0.15),
    "text_area": (0.1, 0.05),
    "title_y": (0.5, 0.3),
    "title_length": (8.0, 3.0),
    "title_contrast": (9.0, 4.0),
    "price_shown": (0.5, 0.5),
}
"""Mean and spread of each cover feature, in its own unit: what the crowd calls usual."""
MAX_DEVIATION = 2.0
"""Spreads from the mean beyond which more of a feature no longer matters to anybody."""


@dataclass(frozen=True)
class Segment:
    """A kind of people: their share, and the log-odds they add for one spread more of a feature."""

    share: float
    tastes: Mapping[str, float]


SEGMENTS = (
    Segment(0.5, {"product_area": 0.35, "title_contrast": 0.25, "price_shown": 0.25, "text_area": -0.15}),
    Segment(0.3, {"product_area": 0.2, "face_area": 0.3, "colourfulness": 0.3, "text_area": -0.35}),
    Segment(0.2, {"product_area": 0.35, "title_length": -0.3, "title_contrast": 0.3, "brightness": 0.25}),
)
NO_TASTE = (Segment(1.0, {}),)
"""People to whom all covers of a video are equal: whatever is learned from them is false."""


@dataclass(frozen=True)
class Visits:
    """Page requests, one array entry each: who asks, when (ascending seconds since ``start``), with what."""

    start: datetime
    second: np.ndarray
    segment: np.ndarray
    device: np.ndarray
    network: np.ndarray

    def __len__(self) -> int:
        return len(self.second)

    @property
    def hour(self) -> np.ndarray:
        """Hour of day, 0 to 23."""
        start_s = (self.start - self.start.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
        return ((start_s + self.second) // 3600 % 24).astype(int)

    def time(self, visit: int) -> datetime:
        return self.start + timedelta(seconds=float(self.second[visit]))


class Crowd:
    """Seeded people. What they like is fixed by ``seed`` and ``segments``; chance is the caller's ``rng``."""

    def __init__(self, seed: int, segments: Sequence[Segment] = SEGMENTS):
        self.seed = seed
        self.segments = tuple(segments)

    def visit(self, count: int, start: datetime, hours: float, rng: np.random.Generator) -> Visits:
        """``count`` page requests within so many hours, more of them in the evening."""
        second = np.sort(rng.uniform(0, hours * 3600, 4 * count))
        visits = Visits(start, second, *(np.zeros(len(second), int),) * 3)
        busy = 1 + np.cos((visits.hour - EVENING_PEAK_HOUR) / 24 * 2 * np.pi) * 0.8
        second = np.sort(rng.choice(second, count, replace=False, p=busy / busy.sum()))
        return Visits(
            start=start,
            second=second,
            segment=rng.choice(len(self.segments), count, p=[segment.share for segment in self.segments]),
            device=rng.choice(len(DEVICES), count, p=DEVICE_SHARES),
            network=rng.choice(len(NETWORKS), count, p=NETWORK_SHARES),
        )

    def click_rates(self, visits: Visits, visit: np.ndarray, position: np.ndarray, appeal: np.ndarray) -> np.ndarray:
        """Click probabilities [n] of impressions: their visit, slot, and cover's appeal [n, segments]."""
        hour = (visits.hour[visit] - EVENING_PEAK_HOUR) / 24 * 2 * np.pi
        log_odds = (
            np.log(BASE_CLICK_RATE / (1 - BASE_CLICK_RATE))
            - POSITION_PENALTY * (position - (PAGE_SLOTS - 1) / 2)
            + EVENING_SWING * np.cos(hour)
            + np.take(DEVICE_LOG_ODDS, visits.device[visit])
            + np.take(NETWORK_LOG_ODDS, visits.network[visit])
            + appeal[np.arange(len(visit)), visits.segment[visit]]
        )
        return 1 / (1 + np.exp(-log_odds))

    def appeal(self, video_id: str, cover_id: str, features: Mapping[str, float]) -> np.ndarray:
        """Log-odds [segments] that a cover adds, through its features, its video, and nobody knows why."""
        unexplained = VIDEO_SPREAD * self._normal(video_id) + COVER_SPREAD * self._normal(cover_id)
        return unexplained + np.array([_sum_tastes(segment.tastes, features) for segment in self.segments])

    def click_delays(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Seconds [count] from seeing a cover to clicking it."""
        return np.minimum(MEDIAN_DELAY_S * np.exp(rng.normal(0, DELAY_SPREAD, count)), MAX_DELAY_S)

    def _normal(self, name: str) -> float:
        digest = hashlib.sha256(f"{self.seed} {name}".encode()).digest()
        return float(np.random.default_rng(int.from_bytes(digest[:8])).standard_normal())


def _sum_tastes(tastes: Mapping[str, float], features: Mapping[str, float]) -> float:
    return sum(weight * _deviation(name, features[name]) for name, weight in tastes.items())


def _deviation(name: str, value: float) -> float:
    mean, spread = TYPICAL[name]
    return float(np.clip((value - mean) / spread, -MAX_DEVIATION, MAX_DEVIATION))
