"""The first look at a video: one streaming pass that keeps what may be worth a second look.

Memory is flat: beyond ``MAX_SAMPLES`` frames, neighbours compete and the better of each two stays.
"""

import logging
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby, repeat
from pathlib import Path

import cv2
import numpy as np

from inference.media import decode, quality
from inference.media.frame import Frame
from inference.media.quality import Quality
from inference.media.shots import Shot, ShotFinder
from inference.media.time import MediaTime

log = logging.getLogger(__name__)

EVERY_S = 0.25
WIDTH = 320
MAX_SAMPLES = 1200
"""Five minutes at four frames a second; of a longer video the best of every half second stays, or second, …"""

MIXED, DIM, GLARING = 0.3, 60.0, 0.5
"""``quality.fade``, 99th percentile of luma and share of white beyond which a frame loses to any neighbour:
a little stricter than the gates, for here the neighbour is known."""

STILLNESS_WORTH, SPOILT_COST = 2.0, 10.0
"""In units of ``quality.sharpness``: standing still outweighs what motion blurs, and being spoilt everything."""

JPEG_QUALITY = 95
LOG_EVERY = 1200
"""Frames between two lines of progress: every five minutes of video."""

LAYOUT_SIDE, UNLIKE_LEVELS = 12, 48.0
"""Cells along a side of the coarse picture that tells two frames apart, and the mean difference, of 255, from which
they have nothing in common."""

Span = tuple[MediaTime | None, MediaTime | None]
"""From a moment to another; None is where the video starts, or ends."""

WHOLE: Span = (None, None)


@dataclass(frozen=True, eq=False)
class Sample:
    """A scanned frame. ``stillness`` and ``fade`` compare it with its neighbours, 0 to 1."""

    time: MediaTime
    quality: Quality
    stillness: float
    fade: float
    jpeg: bytes = field(repr=False)

    @property
    def image(self) -> np.ndarray:
        """RGB, uint8, at most 320 pixels wide."""
        return cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)

    @cached_property
    def _layout(self) -> np.ndarray:
        """Colours of the coarse picture, float32."""
        coarse = cv2.imdecode(np.frombuffer(self.jpeg, np.uint8), cv2.IMREAD_REDUCED_COLOR_8)
        return cv2.resize(coarse, (LAYOUT_SIDE, LAYOUT_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)

    def likeness(self, other: "Sample") -> float:
        """How alike two frames are in colours and where they lie, 0 to 1."""
        return max(0.0, 1 - float(np.abs(self._layout - other._layout).mean()) / UNLIKE_LEVELS)


@dataclass(frozen=True)
class Scan:
    """Samples in order of time, shot by shot, and how many frames were looked at."""

    takes: tuple[tuple[Sample, ...], ...]
    seen: int

    @property
    def samples(self) -> list[Sample]:
        return [sample for take in self.takes for sample in take]


def scan(path: Path, spans: Sequence[Span] = (WHOLE,)) -> Scan:
    """Look at four frames of every second of a video, or of spans of it, which are shots of their own.

    Raises ``BadMedia`` when it cannot be decoded.
    """
    scale = min(1.0, WIDTH / decode.probe(path).width)
    shots, kept, seen = [], _Kept(), 0
    for start, end in spans:
        finder = ShotFinder()
        for frame, stillness, fade in _compared(decode.frames(path, EVERY_S, WIDTH, start, end, roughly=True)):
            finder.see(frame)
            kept.add(shrink(frame, quality.measure(frame.image, scale), stillness, fade))
            seen += 1
            if seen % LOG_EVERY == 0:
                log.info("%s: scanned up to %s", path.name, frame.time)
        shots += finder.finish()
    return Scan(_by_shot(kept.samples, shots), seen)


def shrink(frame: Frame, measured: Quality, stillness: float, fade: float) -> Sample:
    """What is kept of a frame that is at most 320 pixels wide."""
    bgr = cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR)
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return Sample(frame.time, measured, stillness, fade, jpeg.tobytes())


def _compared(frames: Iterable[Frame]) -> Iterator[tuple[Frame, float, float]]:
    """Each frame with its stillness and fade, from a window that slides over it and its neighbours."""
    reach = quality.FADE_REACH
    window: deque[tuple[Frame, np.ndarray] | None] = deque(maxlen=2 * reach + 1)
    for frame in chain(frames, repeat(None, reach)):
        window.append((frame, quality.thumbnail(frame.image)) if frame else None)
        seen = [entry for entry in window if entry]
        at = len(window) - 1 - reach
        if 0 <= at < len(seen):
            thumbnails = [small for _, small in seen]
            yield seen[at][0], quality.stillness(thumbnails, at), quality.fade(thumbnails, at)


def _by_shot(samples: Sequence[Sample], shots: Sequence[Shot]) -> tuple[tuple[Sample, ...], ...]:
    """Samples grouped by the shot they lie in; of a long video not every shot has kept one."""
    starts = [shot.start for shot in shots]
    groups = groupby(samples, key=lambda sample: bisect_right(starts, sample.time))
    return tuple(tuple(take) for _, take in groups)


class _Kept:
    """At most ``MAX_SAMPLES`` samples: the best of every ``stride`` frames, and stride doubles as need be."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._stride, self._seen = 1, 0

    def add(self, sample: Sample) -> None:
        if self._seen % self._stride == 0:
            self.samples.append(sample)
        else:
            self.samples[-1] = max(self.samples[-1], sample, key=_worth)
        self._seen += 1
        if len(self.samples) == MAX_SAMPLES and self._seen % (2 * self._stride) == 0:
            pairs = zip(self.samples[::2], self.samples[1::2], strict=True)
            self.samples = [max(pair, key=_worth) for pair in pairs]
            self._stride *= 2


def _worth(sample: Sample) -> float:
    """Which of two neighbours to keep: the sharper and stiller one that is neither mixed nor near black or white."""
    measured = sample.quality
    spoilt = sample.fade > MIXED or measured.highlight < DIM or measured.white_share > GLARING
    return measured.sharpness + STILLNESS_WORTH * sample.stillness - SPOILT_COST * spoilt
