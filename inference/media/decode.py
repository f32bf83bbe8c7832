"""From a file to pictures and sound, in one streaming pass; see ``stream`` for how it is opened and what comes out."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np

from data_contracts.errors import BadMedia
from inference.media.frame import Frame
from inference.media.stream import PictureStream, open_media, picture_stream, warn_of
from inference.media.time import MediaTime

TRUNCATED_S = 1.0
TRUNCATED_SHARE = 0.05
"""A file that ends both this much before its declared end was cut off; players tolerate less."""

RATE_PACKETS = 300
"""Packets whose spacing tells a constant from a variable frame rate: ten seconds at 30 frames/s."""

RATE_JITTER = 0.2
"""Spacings differ by less than this share at a constant rate, even when stamps are rounded to milliseconds."""

SPARSE = 4
"""Frames between two samples from which those that no other refers to can be passed over; decoding takes two
thirds of the time then."""


@dataclass(frozen=True)
class VideoInfo:
    """What a player would show. ``rotation_deg`` is the clockwise turn that makes the picture upright.

    ``width`` and ``height`` are display pixels: sample aspect ratio and rotation are applied.
    ``fps`` is the mean rate, 0 where nothing tells it; ``frame_count`` is None where the container does not say.
    """

    duration_s: float
    width: int
    height: int
    rotation_deg: int
    fps: float
    variable_fps: bool
    has_audio: bool
    frame_count: int | None


def probe(path: Path) -> VideoInfo:
    """Describe a video, having decoded its first frame and found its last.

    Raises ``BadMedia`` when the file is empty, cut off, no video or cannot be decoded.
    """
    with open_media(path) as container:
        video = PictureStream(container)
        rotation = video.rotation_deg
        width, height = video.display_size
        stream = video.stream
        frame_count = stream.frames or None
    with open_media(path) as container:
        stream = picture_stream(container)
        spacings = _spacings(container, stream)
        duration_s = _duration_s(container, stream)
        variable = bool(spacings) and max(spacings) - min(spacings) > RATE_JITTER * max(spacings)
        counted = frame_count / duration_s if frame_count and duration_s else 0.0
        steady = float(stream.average_rate or stream.guessed_rate or counted)
        return VideoInfo(
            duration_s=duration_s,
            width=width,
            height=height,
            rotation_deg=rotation,
            fps=counted or steady if variable else steady,
            variable_fps=variable,
            has_audio=bool(container.streams.audio),
            frame_count=frame_count,
        )


@dataclass(frozen=True, eq=False)
class Still:
    """A frame scaled down, RGB, and the way to its full size; holds the decoder's picture, 1.5 bytes a pixel."""

    time: MediaTime
    image: np.ndarray
    full_size: Callable[[], Frame]


def frames(
    path: Path,
    every_s: float = 0.25,
    width: int = 320,
    start: MediaTime | None = None,
    end: MediaTime | None = None,
    roughly: bool = False,
) -> Iterator[Frame]:
    """The first frame of every ``every_s`` seconds, scaled down to at most ``width`` pixels.

    One pass, flat memory: from the keyframe at or before ``start`` up to ``end``, by default the whole. A video
    slower than ``1 / every_s`` frames per second yields them all. ``roughly``, of a much faster one frames
    that no other refers to are not decoded, and the first of those that are may come a few frames later.
    Raises ``BadMedia`` when nothing can be decoded.
    """
    with open_media(path) as container:
        video = PictureStream(container)
        size = video.stored_size(width)
        step, due, before = Fraction(every_s), Fraction(0), None
        sparse = roughly and float(video.stream.average_rate or 0) * every_s >= SPARSE
        for time, picture in video.pictures(start, math.inf if sparse else -math.inf):
            if end and time > end:
                return
            if before and time - before > step:
                video.everything_from = -math.inf  # long runs of such frames: none may be passed over
            before = time
            if time.seconds >= due:
                due = (time.seconds // step + 1) * step
                yield Frame(time, video.upright(picture, size))


def keyframes(path: Path, width: int = 320) -> Iterator[Frame]:
    """The frames that can be decoded alone, at most ``width`` pixels wide: a fortieth of decoding all."""
    with open_media(path) as container:
        video = PictureStream(container)
        size = video.stored_size(width)
        for time, picture in video.keyframes():
            yield Frame(time, video.upright(picture, size))


def frame_at(path: Path, time: MediaTime) -> Frame:
    """The frame shown at a moment, in full resolution; beyond the end, the last one."""
    return next(frames_at(path, [time]))


def frames_at(path: Path, times: Iterable[MediaTime], width: int | None = None) -> Iterator[Frame]:
    """The frames shown at some moments, in order of time, scaled down to at most ``width`` pixels if given."""
    with open_media(path) as container:
        video = PictureStream(container)
        size = video.stored_size(width or video.display_size[0])
        for time, picture in video.shown_at(sorted(times)):
            yield Frame(time, video.upright(picture, size))


def stills_at(path: Path, times: Iterable[MediaTime], width: int) -> Iterator[Still]:
    """``frames_at`` for those who may want some of the frames at full size later, without decoding anew."""
    with open_media(path) as container:
        video = PictureStream(container)
        size, full = video.stored_size(width), video.stored_size(video.display_size[0])
        for time, picture in video.shown_at(sorted(times)):
            yield Still(time, video.upright(picture, size), partial(_full_size, video, time, picture, full))


def _full_size(video: PictureStream, time: MediaTime, picture: av.VideoFrame, size: tuple[int, int]) -> Frame:
    return Frame(time, video.upright(picture, size))


def audio(path: Path, rate: int = 16_000) -> np.ndarray:
    """The first sound track, mixed to mono: float32 samples at ``rate`` Hz, -1 to 1; empty when there is none."""
    with open_media(path) as container:
        if not container.streams.audio:
            return np.empty(0, np.float32)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        stream = container.streams.audio[0]
        sounds = [sound for decoded in _sound(container, stream) for sound in resampler.resample(decoded)]
        sounds += resampler.resample(None)
        samples = [sound.to_ndarray()[0] for sound in sounds]
    return np.clip(np.concatenate(samples), -1, 1) if samples else np.empty(0, np.float32)


def _sound(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Decoded sound; damaged packets are passed over and counted."""
    damaged = 0
    for packet in container.demux(stream):
        try:
            yield from (frame for frame in packet.decode() if frame.pts is not None and not frame.is_corrupt)
        except av.error.InvalidDataError:
            damaged += 1
    warn_of(damaged, container)


def _spacings(container: av.container.InputContainer, stream: av.VideoStream) -> list[int]:
    stamps = sorted(p.pts for p in islice(container.demux(stream), RATE_PACKETS) if p.pts is not None)
    # The presentation order of the last few packets is not complete yet: their B-frames come later.
    settled = stamps[: -stream.codec_context.delay - 1] if len(stamps) == RATE_PACKETS else stamps
    return [after - before for before, after in pairwise(settled) if after > before]


def _duration_s(container: av.container.InputContainer, stream: av.VideoStream) -> float:
    """Seconds of picture. Raises ``BadMedia`` when the data end well before the container says."""
    start, declared = (container.start_time or 0) / av.time_base, (container.duration or 0) / av.time_base
    tolerated = max(TRUNCATED_S, TRUNCATED_SHARE * declared)
    ends = _ends(container, start + declared)
    if declared - max(ends.values(), default=start) + start > tolerated:
        ends = _ends(container, start)  # without an index, seeking may have gone astray
        found = max(ends.values(), default=start) - start
        if declared - found > tolerated:
            raise BadMedia(f"cut off: data end after {found:.1f} s of {declared:.1f} s declared")
    # Containers count the last frames of an uneven rate short when they are stored out of order.
    counted = ends.get(stream.index, 0.0) - float((stream.start_time or 0) * stream.time_base)
    return max(counted, float((stream.duration or 0) * stream.time_base))


def _ends(container: av.container.InputContainer, from_s: float) -> dict[int, float]:
    """The last moment of each stream in seconds, read from the keyframe before ``from_s`` on."""
    container.seek(round(from_s * av.time_base))
    ends: dict[int, float] = {}
    for packet in container.demux():
        if packet.pts is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            ends[packet.stream.index] = max(ends.get(packet.stream.index, end), end)
    return ends
