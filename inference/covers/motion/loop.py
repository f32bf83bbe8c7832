"""Where a loop begins and ends, so that nobody sees it.

After Schödl, Szeliski, Salesin and Essa, 2000, *Video textures*: of all pairs of frames one is looked for
that differ least in what they show and in how it moves. The still may lie anywhere between them: a
loop has no beginning, so it is played from the still on, and comes back to it without a seam.

Three kinds, tried in this order: ``cut`` where a pair is so alike that a jump from one to the other
goes unseen; ``dissolve`` where the most alike differ little: the end melts into what comes before
the beginning; ``boomerang`` where they differ more, or the shot is too short: forwards and back again.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from inference.covers.motion.movement import measure_shake
from inference.covers.motion.surroundings import Surroundings, Unstill

Kind = Literal["cut", "dissolve", "boomerang"]

SHORTEST_S, PREFERRED_S, LONGEST_S = 3.0, 4.0, 6.0
"""How long a loop lasts where nobody says."""

SLACK_S = 0.25
"""By how much a loop may miss the length it was asked for, to find a better seam."""

LEAST_S = 1.0
"""A shorter loop is a twitch: what a boomerang at least lasts in a shot of half a second."""

SEAM_TAPS = (0.125, 0.375, 0.375, 0.125)
"""Weights of the frames around a seam, two before and two from it on: what shows is compared, and its motion."""

SEAMLESS_RATIO, SEAMLESS_LEVELS = 1.6, 2.0
"""A jump goes unseen when it changes the picture at most so many times as much as the median step from
frame to frame does, or by so few levels of 255 (root mean square)."""

DISSOLVE_S = 0.5
"""Of a dissolve: long enough not to be a jump, too short for a ghost to be looked at."""

MOST_LEVELS = 15.0
"""A jump beyond this many levels is seen, however much moves; while it dissolves, people have two heads."""

SHAKE_COST, LENGTH_COST = 400.0, 0.3
"""In levels of 255: per frame's width of trembling, and per second from the preferred length."""


@dataclass(frozen=True)
class Loop:
    """Frames ``first`` to ``end`` (exclusive) of the surroundings, to be played from ``still`` on.

    ``blended`` frames of a dissolve are mixed with an earlier one: number → (other number, its share).
    ``jump`` is by how many levels of 255 (root mean square) the frame that would come next differs
    from the one that is shown instead: at once in a cut, little by little in a dissolve. ``naive`` is
    that of a loop as long that simply starts at the still, ``shake`` the camera's mean trembling as a
    share of the frame.
    """

    kind: Kind
    first: int
    end: int
    still: int
    jump: float
    naive: float
    shake: float
    blended: dict[int, tuple[int, float]] = field(default_factory=dict)

    @property
    def order(self) -> list[int]:
        """Numbers of the frames as they are played, the still first."""
        if self.kind == "boomerang":
            there_and_back = [*range(self.first, self.end), *range(self.end - 2, self.first, -1)]
            start = there_and_back.index(self.still)
            return there_and_back[start:] + there_and_back[:start]
        return [*range(self.still, self.end), *range(self.first, self.still)]

    @property
    def needed(self) -> range:
        """Numbers of all frames that are shown or mixed in."""
        return range(min([self.first, *(other for other, _ in self.blended.values())]), self.end)


def choose_loop(around: Surroundings, seconds: float | None = None, refused: Collection[int] = ()) -> Loop:
    """The best loop around a still without a spoilt or refused frame.

    Raises ``Unstill`` when too few frames around the still can be shown.
    """
    low, high = _stretch(around, refused)
    shortest, preferred, longest = _lengths(seconds)
    least, most = round(shortest * around.rate), round(longest * around.rate)
    search = _Search(around, low, high, round(preferred * around.rate))
    found = search.cut(least, most) or search.dissolve(least, most)
    if found:
        return found
    if 2 * (high - low - 1) < LEAST_S * around.rate:
        raise Unstill(f"only {float((high - low) / around.rate):.2f} s around the still can be shown{_why(around)}")
    return search.boomerang(round((preferred if seconds else longest) * around.rate))


def _lengths(seconds: float | None) -> tuple[float, float, float]:
    if seconds is None:
        return SHORTEST_S, PREFERRED_S, LONGEST_S
    return seconds - SLACK_S, seconds, seconds + SLACK_S


def _stretch(around: Surroundings, refused: Collection[int]) -> tuple[int, int]:
    """The widest range of frames around the still, end exclusive, in which nothing is spoilt or refused."""
    barred = {*around.spoilt, *refused}
    low = max((number + 1 for number in barred if number < around.still), default=0)
    high = min((number for number in barred if number > around.still), default=len(around.times))
    return low, high


def _why(around: Surroundings) -> str:
    reasons = sorted(set(around.spoilt.values()))
    return f"; other frames are {', '.join(reasons)}" if reasons else ""


class _Search:
    """All pairs of frames of a stretch, ``low`` to ``high`` (exclusive), with the still between them.

    ``seams`` [frames, frames] is by how many levels the picture jumps where frame *column*, which
    would have come, is replaced by frame *row*; ``costs`` adds what else speaks against the loop.
    """

    def __init__(self, around: Surroundings, low: int, high: int, preferred: int) -> None:
        self.low, self.still, self.count, self.preferred = low, around.still - low, high - low, preferred
        distances = _measure_distances(around.thumbnails[low:high])
        self.steps = np.diagonal(distances, 1)
        self.step = float(np.median(self.steps)) if len(self.steps) else 0.0
        self.seams = _over_time(distances)
        self.shaken = np.concatenate([[0.0], np.cumsum(measure_shake(around.shifts[low:high]))])
        numbers = np.arange(self.count)
        self.lengths = numbers - numbers[:, None]
        shake = (self.shaken[numbers] - self.shaken[numbers, None]) / np.maximum(self.lengths, 1)
        away = np.abs(self.lengths - preferred) / float(around.rate)
        self.costs = self.seams + SHAKE_COST * shake + LENGTH_COST * away
        self.blend = round(DISSOLVE_S * around.rate)

    def cut(self, least: int, most: int) -> Loop | None:
        """The best loop whose jump goes unseen."""
        unseen = self.seams <= min(MOST_LEVELS, max(SEAMLESS_RATIO * self.step, SEAMLESS_LEVELS))
        best = self._best(self._around_still(least, most) & unseen)
        return best and self._loop("cut", *best)

    def dissolve(self, least: int, most: int) -> Loop | None:
        """Frames before ``first`` are mixed into those before ``end``; the still stays pure."""
        numbers = np.arange(self.count)
        fits = (numbers[:, None] >= self.blend) & (numbers - self.blend > self.still)
        fits &= self.seams <= MOST_LEVELS
        best = self._best(self._around_still(least, most) & fits)
        if best is None:
            return None
        first, end = best
        shares = np.arange(1, self.blend + 1) / (self.blend + 1)
        sources = range(self.low + first - self.blend, self.low + first)
        mixed = range(self.low + end - self.blend, self.low + end)
        blended = {n: (other, float(share)) for n, other, share in zip(mixed, sources, shares, strict=True)}
        return self._loop("dissolve", first, end, blended)

    def boomerang(self, most: int) -> Loop:
        """The part of the stretch that lasts at most ``most`` frames there and back, turning where least moves."""
        length = min(self.count, most // 2 + 1)
        firsts = range(max(0, self.still - length + 1), min(self.still, self.count - length) + 1)

        def cost(first: int) -> float:
            turns = self.steps[first] + self.steps[first + length - 2]
            return float(turns) + SHAKE_COST * self._shake(first, first + length)

        first = min(firsts, key=cost)
        return self._loop("boomerang", first, first + length)

    def _around_still(self, least: int, most: int) -> np.ndarray:
        """Which pairs (first, end) hold the still and are of a length: bool, [frames, frames]."""
        numbers = np.arange(self.count)
        holds = (numbers[:, None] <= self.still) & (numbers > self.still)
        return holds & (self.lengths >= least) & (self.lengths <= most)

    def _best(self, allowed: np.ndarray) -> tuple[int, int] | None:
        if not allowed.any():
            return None
        first, end = np.unravel_index(np.where(allowed, self.costs, np.inf).argmin(), allowed.shape)
        return int(first), int(end)

    def _shake(self, first: int, end: int) -> float:
        return float(self.shaken[end] - self.shaken[first]) / (end - first)

    def _loop(self, kind: Kind, first: int, end: int, blended: dict[int, tuple[int, float]] | None = None) -> Loop:
        length = min(self.preferred if kind == "boomerang" else end - first, self.count - 1)
        naive_first = min(self.still, self.count - 1 - length)
        return Loop(
            kind=kind,
            first=self.low + first,
            end=self.low + end,
            still=self.low + self.still,
            jump=0.0 if kind == "boomerang" else float(self.seams[first, end]),
            naive=float(self.seams[naive_first, naive_first + length]),
            shake=self._shake(first, end),
            blended=blended or {},
        )


def _measure_distances(thumbnails: np.ndarray) -> np.ndarray:
    """Root mean square difference of every two thumbnails in levels: [frames, frames]."""
    flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float64)
    squares = (flat**2).sum(axis=1)
    return np.sqrt(np.maximum(squares[:, None] + squares - 2 * flat @ flat.T, 0) / flat.shape[1])


def _over_time(distances: np.ndarray) -> np.ndarray:
    """Distances of the frames around each pair, weighted: alike in what shows and in how it moves."""
    numbers, last = np.arange(len(distances)), len(distances) - 1
    moved = [np.clip(numbers + k, 0, last) for k in range(-2, 2)]
    return sum(tap * distances[np.ix_(at, at)] for tap, at in zip(SEAM_TAPS, moved, strict=True))
