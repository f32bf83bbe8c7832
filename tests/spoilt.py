"""Real clips with spans that no cover may show: black, flashed, blurred, cross-faded, blocky.

Each trial is told by its number and nothing else: the same number spoils the same clip at the same
place. Every third span lies over the middle of its clip, where "take the middle frame" would find it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.media import decode
from tests import clips

KINDS = ("black", "flash", "blurred", "cross-faded", "blocky")
WIDTH = 320
SECONDS = 10.0
"""Length of a trial's clip at most, cut from anywhere in its source."""

SPAN_S = {
    "black": (0.3, 1.5),
    "flash": (0.1, 0.5),
    "blurred": (0.3, 1.5),
    "cross-faded": (0.3, 1.2),
    "blocky": (0.3, 1.5),
}
"""Shortest and longest span of each kind."""

SPANS = (1, 4)
"""How many spans of its kind a clip has: at least, and fewer than. A cross-fade is one: two scenes."""

PIECES = 12
"""Trials in a medley."""

PURE = 0.12
"""A cross-fade with less than this share of the other picture cannot be seen."""

QUANTISED = (2, 8)
"""JPEG qualities between which nothing is left of a block but its mean and a wave or two."""

MACROBLOCK = 16
SAMPLES = ("bikes.mp4", "bigbuckbunny.mp4", "carphone_pristine.mp4")


@dataclass(frozen=True, eq=False)
class Spoilt:
    """A clip of ``pictures`` (RGB, uint8, one size), ten a second, and the numbers of those that are spoilt."""

    kind: str
    source: str
    pictures: tuple[np.ndarray, ...]
    spoilt: frozenset[int]
    over_middle: bool

    def write(self, path: Path) -> Path:
        """The clip as a file; its suffix chooses the container."""
        return clips.write_clip(path, pictures=self.pictures)

    def shows_spoilt(self, time_s: float) -> bool:
        """Whether the picture shown at a moment is a spoilt one."""
        return int(time_s * clips.RATE + 1e-6) in self.spoilt


def sources(folder: Path | None = None) -> list[Path]:
    """The sample clips, and the videos of a folder."""
    return [clips.sample(name) for name in SAMPLES] + (sorted(folder.glob("*.mp4")) if folder else [])


def trials(sources: Sequence[Path], count: int, first: int = 0, seconds: float = SECONDS) -> Iterator[Spoilt]:
    """Spoilt clips number ``first`` and following: kinds and sources take turns."""
    read = {path: pictures_of(path) for path in sources}
    for number in range(first, first + count):
        kind = KINDS[number % len(KINDS)]
        rng = np.random.default_rng([number, len(KINDS)])
        path = sources[number // len(KINDS) % len(sources)]
        other = sources[(sources.index(path) + int(rng.integers(1, len(sources)))) % len(sources)]
        yield spoil(
            kind, path.name, _cut(read[path], seconds, rng), _cut(read[other], seconds, rng), rng, number % 3 == 0
        )


def medley(sources: Sequence[Path], number: int, pieces: int = PIECES) -> Spoilt:
    """Trials one after another as one clip of 320 × 180, two minutes long: enough for a look at keyframes to pay."""
    pictures, spoilt = [], set()
    for trial in trials(sources, pieces, first=number * pieces):
        spoilt |= {len(pictures) + place for place in trial.spoilt}
        pictures += _fitted(trial.pictures, clips.plain(len(trial.pictures), 0))
    return Spoilt("medley", "medley", tuple(pictures), frozenset(spoilt), over_middle=False)


def pictures_of(path: Path) -> list[np.ndarray]:
    """A video at ten pictures a second, at most 320 pixels wide, with even sides."""
    found = list(decode.frames(path, every_s=1 / clips.RATE, width=WIDTH))
    pictures = []
    for frame, following in zip(found, [*found[1:], None], strict=True):
        lasts = round(float(following.time - frame.time) * clips.RATE) if following else 1
        height, width = frame.height // 2 * 2, frame.width // 2 * 2
        pictures += [np.ascontiguousarray(frame.image[:height, :width])] * max(1, lasts)
    return pictures


def spoil(
    kind: str,
    source: str,
    pictures: Sequence[np.ndarray],
    other: Sequence[np.ndarray],
    rng: np.random.Generator,
    over_middle: bool,
) -> Spoilt:
    """The pictures with spans of a kind; a cross-fade leads over to ``other``."""
    pictures, spoilt = list(pictures), set()
    spans = 1 if kind == "cross-faded" else int(rng.integers(*SPANS))
    for place in range(spans):
        span = _span(len(pictures), SPAN_S[kind], over_middle and place == 0, rng)
        if kind == "cross-faded":
            pictures, mixed = _cross_fade(pictures, _fitted(other, pictures), span)
            spoilt |= mixed
        else:
            pictures[span.start : span.stop] = _SPOILERS[kind](pictures[span.start : span.stop], rng)
            spoilt |= set(span)
    return Spoilt(kind, source, tuple(pictures), frozenset(spoilt), over_middle)


def _cut(pictures: Sequence[np.ndarray], seconds: float, rng: np.random.Generator) -> list[np.ndarray]:
    length = min(len(pictures), round(seconds * clips.RATE))
    start = int(rng.integers(0, len(pictures) - length + 1))
    return list(pictures[start : start + length])


def _span(count: int, lengths_s: tuple[float, float], over_middle: bool, rng: np.random.Generator) -> range:
    length = max(1, round(rng.uniform(*lengths_s) * clips.RATE))
    start = count // 2 - int(rng.integers(length)) if over_middle else int(rng.integers(count - length))
    return range(start, start + length)


def _fitted(pictures: Sequence[np.ndarray], like: Sequence[np.ndarray]) -> list[np.ndarray]:
    """As many pictures as there are others, scaled and cropped to their size."""
    height, width = like[0].shape[:2]
    repeated = [pictures[number % len(pictures)] for number in range(len(like))]
    scale = max(height / pictures[0].shape[0], width / pictures[0].shape[1])
    size = max(width, round(pictures[0].shape[1] * scale)), max(height, round(pictures[0].shape[0] * scale))
    return [cv2.resize(picture, size, interpolation=cv2.INTER_AREA)[:height, :width] for picture in repeated]


def _cross_fade(pictures: list[np.ndarray], other: list[np.ndarray], span: range) -> tuple[list[np.ndarray], set[int]]:
    inside = slice(span.start, span.stop)
    mixed = clips.cross_faded(pictures[inside], other[inside])
    shares = np.arange(1, len(span) + 1) / (len(span) + 1)
    visible = (shares > PURE) & (shares < 1 - PURE)
    faded = [*pictures[: span.start], *mixed, *other[span.stop :]]
    return faded, {number for number, seen in zip(span, visible, strict=True) if seen}


def _black(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    height, width = pictures[0].shape[:2]
    return clips.plain(len(pictures), int(rng.integers(0, 16)), width, height)


def _flash(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """White, with up to a tenth of the picture still showing through."""
    through = float(rng.uniform(0, 0.1))
    white = np.full_like(pictures[0], 255)
    return [cv2.addWeighted(picture, through, white, 1 - through, 0) for picture in pictures]


def _blurred(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    return clips.blurred(pictures, float(rng.uniform(3, 6)))


def _blocky(pictures: Sequence[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Quantised beyond recognition as a starved encoder does, or macroblocks of one colour as after a lost packet."""
    if rng.random() < 0.5:
        quality = int(rng.integers(*QUANTISED))
        return [_quantised(picture, quality) for picture in pictures]
    return [_macroblocks(picture) for picture in pictures]


def _quantised(picture: np.ndarray, quality: int) -> np.ndarray:
    _, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(jpeg, cv2.IMREAD_UNCHANGED)


def _macroblocks(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    down, across = -(-height // MACROBLOCK), -(-width // MACROBLOCK)
    padded = np.pad(picture, ((0, down * MACROBLOCK - height), (0, across * MACROBLOCK - width), (0, 0)), mode="edge")
    means = padded.reshape(down, MACROBLOCK, across, MACROBLOCK, 3).mean(axis=(1, 3))
    blocks = means.repeat(MACROBLOCK, axis=0).repeat(MACROBLOCK, axis=1)
    return np.ascontiguousarray(blocks[:height, :width].astype(np.uint8))


_SPOILERS = {"black": _black, "flash": _flash, "blurred": _blurred, "blocky": _blocky}
