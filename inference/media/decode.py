"""From a file to pictures and sound, in one streaming pass.

Pictures come out as a person sees them: the display matrix and the sample aspect ratio are applied.
Times are counted from the first frame. Only containers that hold their own data are opened: a
playlist dressed up as a video would make the decoder read other files.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import av
import numpy as np
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition
from av.video.reformatter import VideoReformatter

from data_contracts.errors import BadMedia
from inference.media.frame import Frame
from inference.media.time import MediaTime

log = logging.getLogger(__name__)

CONTAINERS = "mov,mp4,matroska,webm,avi,flv,asf,mpeg,mpegts,mxf,rm,ogg,gif,wav,mp3,aac,flac,aiff"
TRUNCATED_S = 1.0
TRUNCATED_SHARE = 0.05
"""A file that ends both this much before its declared end was cut off; players tolerate less."""

RATE_PACKETS = 300
"""Packets whose spacing tells a constant from a variable frame rate: ten seconds at 30 frames/s."""

RATE_JITTER = 0.2
"""Spacings differ by less than this share at a constant rate, even when stamps are rounded to milliseconds."""

SEEK_AHEAD_S = 2
"""Decoding on is cheaper than seeking to a moment nearer than this: seeking starts again at a keyframe."""


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
    with _open(path) as container:
        video = _Video(container)
        rotation = video.rotation_deg
        width, height = video.display_size
        stream = video.stream
        frame_count = stream.frames or None
    with _open(path) as container:
        stream = _picture_stream(container)
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


def frames(path: Path, every_s: float = 0.25, width: int = 320) -> Iterator[Frame]:
    """The first frame of every ``every_s`` seconds, scaled down to at most ``width`` pixels.

    One pass, flat memory. A video slower than ``1 / every_s`` frames per second yields them all.
    Raises ``BadMedia`` when nothing can be decoded.
    """
    with _open(path) as container:
        video = _Video(container)
        size = video.stored_size(width)
        step, due = Fraction(every_s), Fraction(0)
        for time, picture in video.pictures():
            if time.seconds >= due:
                due = (time.seconds // step + 1) * step
                yield Frame(time, video.upright(picture, size))


def frame_at(path: Path, time: MediaTime) -> Frame:
    """The frame shown at a moment, in full resolution; beyond the end, the last one."""
    return next(frames_at(path, [time]))


def frames_at(path: Path, times: Iterable[MediaTime], width: int | None = None) -> Iterator[Frame]:
    """The frames shown at some moments, in order of time, scaled down to at most ``width`` pixels if given."""
    with _open(path) as container:
        video = _Video(container)
        size = video.stored_size(width or video.display_size[0])
        shown, coming = None, video.pictures()
        following = next(coming)
        for wanted in sorted(times):
            if shown and wanted - shown[0] > SEEK_AHEAD_S:
                coming = video.pictures(start=wanted)
                following = next(coming, None)
            while following and (shown is None or following[0] <= wanted):
                shown, following = following, next(coming, None)
            yield Frame(shown[0], video.upright(shown[1], size))


def audio(path: Path, rate: int = 16_000) -> np.ndarray:
    """The first sound track, mixed to mono: float32 samples at ``rate`` Hz, -1 to 1; empty when there is none."""
    with _open(path) as container:
        if not container.streams.audio:
            return np.empty(0, np.float32)
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        stream = container.streams.audio[0]
        sounds = [sound for decoded in _decode(container, stream) for sound in resampler.resample(decoded)]
        sounds += resampler.resample(None)
        samples = [sound.to_ndarray()[0] for sound in sounds]
    return np.clip(np.concatenate(samples), -1, 1) if samples else np.empty(0, np.float32)


class _Video:
    """The picture stream of an open container, its first frame already decoded."""

    def __init__(self, container: av.container.InputContainer) -> None:
        self.container = container
        self.stream = _picture_stream(container)
        self.stream.thread_type = "AUTO"
        self.decoded = _decode(container, self.stream)
        self.first = next(self.decoded, None)
        if self.first is None:
            raise BadMedia("no frame can be decoded: the picture stream is damaged or encrypted")
        self.matrix = _display_matrix(self.first)
        self.scaler = VideoReformatter()

    def pictures(self, start: MediaTime | None = None) -> Iterator[tuple[MediaTime, av.VideoFrame]]:
        """Frames with their times: from the first one, or from a keyframe at or before ``start``."""
        if start is None:
            yield self._time(self.first), self.first
        else:
            pts = self.first.pts + int(start.seconds / self.stream.time_base)
            self.container.seek(pts, stream=self.stream)
            self.decoded = _decode(self.container, self.stream)
        for picture in self.decoded:
            yield self._time(picture), picture

    def _time(self, picture: av.VideoFrame) -> MediaTime:
        return MediaTime.from_pts(picture.pts - self.first.pts, self.stream.time_base)

    @property
    def turned(self) -> bool:
        """Whether stored rows are displayed as columns."""
        a, b, _, _ = self.matrix
        return abs(b) > abs(a)

    @property
    def rotation_deg(self) -> int:
        a, b, _, d = self.matrix
        if self.turned:
            return 90 if b > 0 else 270
        return 180 if a < 0 and d < 0 else 0

    @property
    def display_size(self) -> tuple[int, int]:
        aspect = self.stream.sample_aspect_ratio or Fraction(1)
        width, height = round(self.first.width * aspect), self.first.height
        return (height, width) if self.turned else (width, height)

    def stored_size(self, width: int) -> tuple[int, int]:
        """Size before turning of a picture displayed at most ``width`` wide."""
        full_width, full_height = self.display_size
        scale = min(1.0, width / full_width)
        scaled = max(1, round(full_width * scale)), max(1, round(full_height * scale))
        return scaled[::-1] if self.turned else scaled

    def upright(self, picture: av.VideoFrame, size: tuple[int, int]) -> np.ndarray:
        """RGB pixels at a stored size, turned and mirrored as the display matrix says."""
        # One thread: a second one gains nothing at this size and takes a core from the decoder.
        scaled = self.scaler.reformat(picture, *size, format="rgb24", interpolation="AREA", threads=1)
        image = scaled.to_ndarray()
        a, b, c, d = self.matrix
        across, down = (c, b) if self.turned else (a, d)
        if self.turned:
            image = image.transpose(1, 0, 2)
        return np.ascontiguousarray(image[:: -1 if down < 0 else 1, :: -1 if across < 0 else 1])


@contextmanager
def _open(path: Path) -> Iterator[av.container.InputContainer]:
    path = Path(path).resolve()
    if path.stat().st_size == 0:
        raise BadMedia(f"{path.name}: the file is empty")
    only = {"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
    try:
        container = av.open(f"file:{path}", container_options=only)
    except av.error.FFmpegError as error:
        raise BadMedia(f"{path.name}: {_why_unreadable(path)} ({error.strerror})") from error
    with container:
        try:
            yield container
        except BadMedia as error:
            raise BadMedia(f"{path.name}: {error}") from error


def _why_unreadable(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp":
        return "cut off: an MP4 without its index, which such files often carry at the end"
    return "not a video: no container known here"


def _picture_stream(container: av.container.InputContainer) -> av.VideoStream:
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictures:
        kinds = sorted({stream.type for stream in container.streams})
        raise BadMedia(f"no moving picture, only {', '.join(kinds) or 'nothing'}")
    return pictures[0]


def _decode(container: av.container.InputContainer, stream) -> Iterator:
    """Decoded frames of a stream; damaged packets are passed over and counted."""
    damaged = 0
    for packet in container.demux(stream):
        try:
            decoded = packet.decode()
        except av.error.InvalidDataError:
            damaged += 1
            continue
        yield from (frame for frame in decoded if frame.pts is not None and not frame.is_corrupt)
    if damaged:
        log.warning("%s: %d damaged packets passed over", Path(container.name).name, damaged)


def _display_matrix(picture: av.VideoFrame) -> tuple[int, int, int, int]:
    """(a, b, c, d) of ISO/IEC 14496-12: a stored (p, q) is displayed at (a p + c q, b p + d q)."""
    held = picture.side_data.get(SideData.DISPLAYMATRIX)
    if held is None:
        return 1, 0, 0, 1
    a, b, _, c, d = np.frombuffer(bytes(held), np.int32)[:5].tolist()
    return a, b, c, d


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
