"""Clips of a few seconds, written as a test needs them: turned, squeezed, unevenly timed, with sound or without."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np

from inference.models import shelf
from infra.samples.collect import CLIPS_FILE

RATE = 10
"""Pictures per second."""

TIME_BASE = Fraction(1, 1000)
SOUND_RATE = 16_000
Sound = Literal["tone", "silence"]


def write_clip(
    path: Path,
    seconds: float = 2,
    width: int = 320,
    height: int = 180,
    *,
    pictures: Sequence[np.ndarray] | None = None,
    stamps_ms: Sequence[int] | None = None,
    rotation_deg: int = 0,
    sample_aspect: Fraction | int = 1,
    sound: Sound | None = None,
) -> Path:
    """Write a video and return its path; the suffix chooses the container.

    ``pictures`` are RGB, uint8, of one size with even sides; by default a street passes by.
    ``stamps_ms`` gives each picture its time, by default ten a second; ``rotation_deg`` is the clockwise
    turn a player makes; ``sample_aspect`` the width of a stored pixel over its height.
    """
    if pictures is None:
        pictures = list(street(round(seconds * RATE), width, height))
    if stamps_ms is None:
        stamps_ms = [round(1000 * number / RATE) for number in range(len(pictures))]
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        stream.codec_context.sample_aspect_ratio = Fraction(sample_aspect)
        if rotation_deg:
            stream.set_display_rotation(-rotation_deg)
        track = container.add_stream("aac", rate=SOUND_RATE, layout="mono") if sound else None
        for picture, stamp in zip(pictures, stamps_ms, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = stamp, TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if track:
            _write_sound(container, track, sound, (stamps_ms[-1] + 1000 / RATE) / 1000)
    return path


def write_sound(path: Path, seconds: float = 1, sound: Sound = "tone") -> Path:
    """Write a file with sound and no picture."""
    with av.open(str(path), "w") as container:
        track = container.add_stream("aac", rate=SOUND_RATE, layout="mono")
        _write_sound(container, track, sound, seconds)
    return path


def street(count: int, width: int = 320, height: int = 180, seed: int = 0) -> Iterator[np.ndarray]:
    """Pictures of a camera that passes coloured houses at two pixels a picture; another seed, another street."""
    rng = np.random.default_rng(seed)
    front = np.full((height, width + 2 * count, 3), rng.integers(120, 220, 3), np.uint8)
    for left in range(0, front.shape[1], width // 8):
        top = int(rng.integers(height // 8, height // 2))
        house = slice(left, left + width // 8 - 4)
        front[top:, house] = rng.integers(30, 255, 3)
        front[top + height // 12 : -height // 8 : height // 8, left + 4 : left + width // 8 - 8 : 6] = 40
    for number in range(count):
        yield np.ascontiguousarray(front[:, 2 * number : 2 * number + width])


def sample(name: str) -> Path:
    """One of the sample clips or photographs, by its file name."""
    entry = next(
        entry for entry in shelf.read_shelf(CLIPS_FILE).values() if name in {file.name for file in entry.files}
    )
    return shelf.resolve(entry.name, CLIPS_FILE) / name


def photograph(name: str, width: int = 320) -> np.ndarray:
    """A sample photograph, RGB, uint8, scaled to a width."""
    picture = cv2.cvtColor(cv2.imread(str(sample(name))), cv2.COLOR_BGR2RGB)
    height = round(picture.shape[0] * width / picture.shape[1])
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def blurred(pictures: Iterable[np.ndarray], sigma: float = 4) -> list[np.ndarray]:
    """Pictures out of focus; ``sigma`` in pixels."""
    return [cv2.GaussianBlur(picture, (0, 0), sigma) for picture in pictures]


def cross_faded(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Pictures that turn from one sequence into another, of the same length; neither end is pure."""
    shares = np.linspace(0, 1, len(one) + 2)[1:-1]
    return [cv2.addWeighted(a, 1 - share, b, share, 0) for a, b, share in zip(one, other, shares, strict=True)]


def plain(count: int, level: int, width: int = 320, height: int = 180) -> list[np.ndarray]:
    """Pictures of one grey: black at 0, white at 255."""
    return [np.full((height, width, 3), level, np.uint8)] * count


def _write_sound(container: av.container.OutputContainer, track: av.AudioStream, sound: str, seconds: float) -> None:
    moments = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wave = 0.3 * np.sin(2 * np.pi * 440 * moments) if sound == "tone" else np.zeros(len(moments))
    frame = av.AudioFrame.from_ndarray(wave[None].astype(np.float32), format="fltp", layout="mono")
    frame.rate, frame.pts = SOUND_RATE, 0
    container.mux(track.encode(frame))
    container.mux(track.encode())
