"""What can be played around a still: the consecutive frames of its shot, and what each of them shows.

One pass over a few seconds at small size. What is kept of a frame is a thumbnail of the window that
the cover shows, a few kilobytes, so memory does not grow with the size of the video.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.motion.movement import follow, measure_shifts
from inference.covers.picture.layout import Layout
from inference.media import decode, quality
from inference.media.frame import Frame
from inference.media.geometry import Box
from inference.media.shots import ShotFinder
from inference.media.time import MediaTime

STANDARD_RATES = tuple(Fraction(n, d) for n, d in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1)))
SAME_RATE = 0.004
"""Rates nearer than this share are one: containers round what they say of them."""

FASTEST, SLOWEST = 30.5, 8.0
"""Frames a second. A faster video is shown every second frame, or third; a slower one is a row of stills."""

LATE = Fraction(1, 4)
"""Share of a frame's time by which a moment lies behind its start: containers round their stamps."""

WIDTH, JUDGED_WIDTH, THUMBNAIL_WIDTH = 640, 320, 64
"""Pixels: of frames as they are decoded here, as ``quality`` wants them, and of what seams are judged on."""

JUDGED_PER_S = 4
"""Frames a second that are held against the quality gates, as the scan of a whole video does."""

CUT_LEVELS, CUT_RATIO, USUAL_STEP = 6.0, 4.0, 75
"""A step between thumbnails (root mean square, of 255 levels) is a cut from here on, if it is also so many
times the steps next to it and the usual step (this percentile) of the half second either side. A quick
gesture makes a large step too, but gains and loses its speed over several frames."""

ODD_RATIO = 2.5
"""A frame that differs from both neighbours so many times as much as they from each other, and as frames
usually do from the next, is a flash or a fault."""

UNLIT, DIMMED, FLARED, WHITE_SHARE, SOFTENED, BLOCKS, BLOCKS_RATIO, MIXED = 45.0, 0.55, 1.6, 0.5, 0.6, 3.0, 2.0, 0.3
"""A frame is spoilt when it falls so far behind the still, which passed every gate: its highlights lie
under 45 of 255, its mean luma below 0.55 or beyond 1.6 of the still's (with half of it white), its
sharpness (``quality.sharpness``) 0.6 lower; when its blocks are twice as strong as usual; or when it is a
mixture of its neighbours (``quality.fade``). Motion may blur it: that is no fault in a picture that moves."""

USUAL_BLOCKS = 90
"""Percentile of blockiness that is usual: bars and lattices that pass by have edges where blocks have theirs."""


class Unstill(Exception):
    """A still that cannot be set in motion. The message says why."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Consecutive frames at an even rate, ``still`` the index of the cover's own.

    ``thumbnails`` is [frames, height, width, 3], float32, 0 to 255, of the window that the cover shows.
    ``shifts`` [frames, 2] is by what share of the frame's width and height the camera moved since the frame
    before. ``product`` is where the product is on each frame that was judged, ``spoilt`` why frames
    cannot be shown.
    """

    rate: Fraction
    times: tuple[MediaTime, ...]
    still: int
    thumbnails: np.ndarray
    shifts: np.ndarray
    spoilt: dict[int, str]
    product: dict[int, Box]


def look_around(path: Path, choice: FrameChoice, layout: Layout, back_s: float, ahead_s: float) -> Surroundings:
    """The frames up to ``back_s`` before a still and ``ahead_s`` after it, as far as its shot reaches.

    Raises ``BadMedia`` when the video cannot be decoded, ``Unstill`` when its rate is too low to look
    like motion.
    """
    rate = choose_rate(decode.probe(path))
    still_s = choice.frame.time.seconds
    back, ahead = min(int(back_s * rate), int(still_s * rate)), int(ahead_s * rate)
    seen = _Seen(choice, layout, rate)
    for frame in frames_on_grid(path, choice.frame.time, rate, range(-back, ahead + 1), WIDTH):
        seen.see(frame)
    return seen.finish(back)


def choose_rate(info: decode.VideoInfo) -> Fraction:
    """Frames a second to show: the video's own where it is even, at most 30; a standard one where it is not.

    Raises ``Unstill`` for a video slower than ``SLOWEST``.
    """
    if info.fps < SLOWEST:
        raise Unstill(f"{info.fps:g} frames a second are a row of stills, at least {SLOWEST:g} look like motion")
    fps = info.fps
    while fps > FASTEST:
        fps = info.fps / (round(info.fps / fps) + 1)
    nearest = min(STANDARD_RATES, key=lambda rate: abs(rate - fps))
    if abs(nearest - fps) < SAME_RATE * fps or (info.variable_fps and fps > 20):
        return nearest
    return Fraction(fps).limit_denominator(100)


def frames_on_grid(
    path: Path, origin: MediaTime, rate: Fraction, numbers: Sequence[int], width: int | None = None
) -> Iterator[Frame]:
    """The frames shown at ascending multiples of ``1 / rate`` from an origin; beyond the video's end its last one."""
    moments = [MediaTime(max(Fraction(0), origin.seconds + (number + LATE) / rate)) for number in numbers]
    # The first moment lets the decoder open the file, so that it seeks to all others.
    pictures = decode.frames_at(path, [MediaTime(Fraction(0)), *moments], width)
    next(pictures)
    yield from pictures


class _Seen:
    """Gathers what is kept of frames while they pass by."""

    def __init__(self, choice: FrameChoice, layout: Layout, rate: Fraction) -> None:
        self.rate, self.choice = rate, choice
        self.window, self.full_width = layout.window, choice.frame.width
        self.judged_every = max(1, round(rate / JUDGED_PER_S))
        self.times: list[MediaTime] = []
        self.thumbnails: list[np.ndarray] = []
        self.greys: list[np.ndarray] = []
        self.judged: dict[int, quality.Quality] = {}
        self.mixtures: list[np.ndarray] = []
        self.finder = ShotFinder()

    def see(self, frame: Frame) -> None:
        number = len(self.times)
        self.times.append(frame.time)
        scale = frame.width / self.full_width
        left, top, right, bottom = self.window.scaled(scale).as_list()
        height = max(8, round(THUMBNAIL_WIDTH * self.window.height / self.window.width))
        part = frame.image[top:bottom, left:right]
        small = cv2.resize(part, (THUMBNAIL_WIDTH, height), interpolation=cv2.INTER_AREA)
        self.thumbnails.append(small.astype(np.float32))
        judged = _narrowed(frame.image)
        self.greys.append(cv2.cvtColor(judged, cv2.COLOR_RGB2GRAY))
        if number % self.judged_every == 0:
            self.finder.see(Frame(frame.time, judged))
            self.judged[number] = quality.measure(judged, judged.shape[1] / self.full_width)
            self.mixtures.append(quality.thumbnail(judged))

    def finish(self, still: int) -> Surroundings:
        count = _without_repeated_end(self.times)
        if still >= count:
            raise Unstill("the video ends at the still itself")
        like = quality.measure(_narrowed(self.choice.frame.image), JUDGED_WIDTH / max(JUDGED_WIDTH, self.full_width))
        spoilt = dict.fromkeys(self._mixed(), "mixed") | self._outside_shot(still)
        usual = float(
            np.percentile([like.blockiness, *(seen.blockiness for seen in self.judged.values())], USUAL_BLOCKS)
        )
        for number, seen in self.judged.items():
            if why := spoilt_against(seen, like, usual):
                spoilt[number] = why
        spoilt = {near: why for number, why in spoilt.items() for near in self._around(number)}
        thumbnails = np.stack(self.thumbnails[:count])
        spoilt |= find_breaks(thumbnails, still, self.rate)
        scale = self.greys[0].shape[1] / self.full_width
        product = self.choice.product.scaled(scale) if self.choice.product else None
        followed = follow(product, self.greys[:count], still, self.judged_every) if product else {}
        return Surroundings(
            rate=self.rate,
            times=tuple(self.times[:count]),
            still=still,
            thumbnails=thumbnails,
            shifts=measure_shifts(self.greys[:count]),
            spoilt={number: why for number, why in spoilt.items() if number != still and number < count},
            product={number: box.scaled(1 / scale) for number, box in followed.items()},
        )

    def _mixed(self) -> list[int]:
        fades = (quality.fade(self.mixtures, at) for at in range(len(self.mixtures)))
        return [number for number, fade in zip(self.judged, fades, strict=True) if fade > MIXED]

    def _outside_shot(self, still: int) -> dict[int, str]:
        time = self.times[still]
        shots = self.finder.finish()
        own = max((shot for shot in shots if shot.start <= time), key=lambda shot: shot.start)
        return {n: "another shot" for n in self.judged if self.times[n] < own.start or self.times[n] > own.end}

    def _around(self, number: int) -> range:
        """A judged frame speaks for those up to half way to the next judged ones."""
        reach = self.judged_every // 2
        return range(number - reach, number + reach + 1)


def _narrowed(image: np.ndarray) -> np.ndarray:
    width = min(JUDGED_WIDTH, image.shape[1])
    return cv2.resize(image, (width, round(image.shape[0] * width / image.shape[1])), interpolation=cv2.INTER_AREA)


def _without_repeated_end(times: Sequence[MediaTime]) -> int:
    """How many frames there are when the last one, repeated beyond the video's end, counts once."""
    count = len(times)
    while count > 1 and times[count - 1] == times[count - 2]:
        count -= 1
    return count


def spoilt_against(seen: quality.Quality, still: quality.Quality, usual_blocks: float) -> str | None:
    """Why a frame is so much worse than the still that it cannot be shown beside it, or blockier than is usual."""
    if seen.highlight < UNLIT or seen.brightness < DIMMED * still.brightness:
        return "dark"
    if seen.white_share > max(WHITE_SHARE, still.white_share) and seen.brightness > FLARED * still.brightness:
        return "white"
    if seen.sharpness < still.sharpness - SOFTENED:
        return "blurred"
    return "blocky" if seen.blockiness > max(BLOCKS, BLOCKS_RATIO * usual_blocks) else None


def find_breaks(thumbnails: np.ndarray, still: int, rate: Fraction) -> dict[int, str]:
    """Single frames that do not belong, and all that lies beyond a cut on either side of the still."""
    steps = np.array([_rms(a, b) for a, b in pairwise(thumbnails)])
    reach = round(rate / 2)
    usual = [np.percentile(steps[max(0, n - reach) : n + reach + 1], USUAL_STEP) for n in range(len(steps))]
    beside = np.maximum(np.r_[0.0, steps[:-1]], np.r_[steps[1:], 0.0])
    odd = [
        number
        for number in range(1, len(thumbnails) - 1)
        if min(steps[number - 1], steps[number])
        > max(CUT_LEVELS, ODD_RATIO * max(usual[number], _rms(thumbnails[number - 1], thumbnails[number + 1])))
    ]
    cuts = [n + 1 for n, step in enumerate(steps) if step > max(CUT_LEVELS, CUT_RATIO * max(usual[n], beside[n]))]
    after = min((cut for cut in cuts if cut > still), default=len(thumbnails))
    before = max((cut for cut in cuts if cut <= still), default=0)
    beyond = [*range(before), *range(after, len(thumbnails))]
    return dict.fromkeys(beyond, "beyond a cut") | dict.fromkeys(odd, "a single odd frame")


def _rms(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.sqrt(np.mean((one - other) ** 2)))
