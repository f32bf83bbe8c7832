"""The picture stream of a video file: opened with care, its frames decoded one after another.

Pictures come out as a person sees them: the display matrix and the sample aspect ratio are applied.
Times are counted from the first frame. Only containers that hold their own data are opened: a
playlist dressed up as a video would make the decoder read other files.
"""

import logging
import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.sidedata.sidedata import Type as SideData
from av.stream import Disposition
from av.video.reformatter import VideoReformatter

from data_contracts.errors import BadMedia
from inference.media.time import MediaTime

log = logging.getLogger(__name__)

CONTAINERS = "mov,mp4,matroska,webm,avi,flv,asf,mpeg,mpegts,mxf,rm,ogg,gif,wav,mp3,aac,flac,aiff"

SEEK_AHEAD_S = 2
"""Decoding on is cheaper than seeking to a moment nearer than this: seeking starts again at a keyframe."""

SETTLED_S = 0.5
"""So long before a wanted moment, frames that no other frame refers to are no longer passed over."""

Shown = tuple[MediaTime, av.VideoFrame]
"""A decoded frame and its moment."""


class PictureStream:
    """The picture stream of an open container, its first frame already decoded.

    Frames earlier than ``everything_from``, in the stream's time stamps, come without those that no other
    frame refers to: of today's encoders' runs of B-frames every other one. Raises ``BadMedia`` when
    there is no moving picture or not one frame of it can be decoded.
    """

    def __init__(self, container: av.container.InputContainer) -> None:
        self.container = container
        self.stream = picture_stream(container)
        self.stream.thread_type = "AUTO"
        self.everything_from = -math.inf
        self.decoded = self._decode()
        self.first = next(self.decoded, None)
        if self.first is None:
            raise BadMedia("no frame can be decoded: the picture stream is damaged or encrypted")
        self.matrix = _display_matrix(self.first)
        self.scaler = VideoReformatter()

    def pictures(self, start: MediaTime | None = None, everything_from: float = -math.inf) -> Iterator[Shown]:
        """Frames with their times: from the first one, or from a keyframe at or before ``start``."""
        self.everything_from = everything_from
        if start is None:
            yield self._time(self.first), self.first
        else:
            self.container.seek(self._stamp(start), stream=self.stream)
            self.decoded = self._decode()
        for picture in self.decoded:
            yield self._time(picture), picture

    def keyframes(self) -> Iterator[Shown]:
        """The frames that can be decoded alone, from the first one on."""
        self.container.seek(self.first.pts, stream=self.stream)
        for picture in self._decode(keyframes_only=True):
            yield self._time(picture), picture

    def shown_at(self, times: Iterable[MediaTime]) -> Iterator[Shown]:
        """The frames shown at moments that come in order."""
        coming = self.pictures()
        shown, following = None, next(coming)
        for wanted in times:
            if wanted - (shown or following)[0] > SEEK_AHEAD_S:
                shown, following, coming = self._sought(wanted, shown)
            else:
                shown, following = _last_until(wanted, shown, following, coming)
            yield shown

    def _sought(self, wanted: MediaTime, shown: Shown | None) -> tuple[Shown, Shown | None, Iterator[Shown]]:
        """What is shown at a moment, what follows it, and the rest, decoded from the keyframe before it on."""
        settled = self._stamp(wanted) - round(SETTLED_S / self.stream.time_base)
        for everything_from in (settled, -math.inf):
            coming = self.pictures(wanted, everything_from)
            found, following = _last_until(wanted, None, next(coming, None), coming)
            if found and self._stamp(found[0]) >= everything_from:
                break  # otherwise the frame that is shown may have been passed over
        return found or shown or (self._time(self.first), self.first), following, coming

    def _time(self, picture: av.VideoFrame) -> MediaTime:
        return MediaTime.from_pts(picture.pts - self.first.pts, self.stream.time_base)

    def _stamp(self, time: MediaTime) -> int:
        return self.first.pts + int(time.seconds / self.stream.time_base)

    def _decode(self, keyframes_only: bool = False) -> Iterator[av.VideoFrame]:
        codec = self.stream.codec_context
        packets = self.container.demux(self.stream)
        damaged = 0
        for packet in packets:
            early = packet.pts is not None and packet.pts < self.everything_from
            codec.skip_frame = "NONKEY" if keyframes_only else "NONREF" if early else "DEFAULT"
            try:
                yield from _whole(packet.decode())
            except av.error.InvalidDataError:
                damaged += 1
        warn_of(damaged, self.container)

    @property
    def turned(self) -> bool:
        """Whether stored rows are displayed as columns."""
        a, b, _, _ = self.matrix
        return abs(b) > abs(a)

    @property
    def rotation_deg(self) -> int:
        """The clockwise turn that makes the picture upright."""
        a, b, _, d = self.matrix
        if self.turned:
            return 90 if b > 0 else 270
        return 180 if a < 0 and d < 0 else 0

    @property
    def display_size(self) -> tuple[int, int]:
        """Width and height as a player shows them."""
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
def open_media(path: Path) -> Iterator[av.container.InputContainer]:
    """A file as a container. Raises ``BadMedia`` when it is none, and names the file in what is raised inside."""
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


def picture_stream(container: av.container.InputContainer) -> av.VideoStream:
    """The first moving picture. Raises ``BadMedia`` when there is only sound, or a cover."""
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not pictures:
        kinds = sorted({stream.type for stream in container.streams})
        raise BadMedia(f"no moving picture, only {', '.join(kinds) or 'nothing'}")
    return pictures[0]


def warn_of(damaged: int, container: av.container.InputContainer) -> None:
    """Say how many packets could not be decoded, if any."""
    if damaged:
        log.warning("%s: %d damaged packets passed over", Path(container.name).name, damaged)


def _last_until(
    wanted: MediaTime, shown: Shown | None, following: Shown | None, coming: Iterator[Shown]
) -> tuple[Shown | None, Shown | None]:
    while following and (shown is None or following[0] <= wanted):
        shown, following = following, next(coming, None)
    return shown, following


def _whole(decoded: Iterable[av.VideoFrame]) -> Iterator[av.VideoFrame]:
    return (frame for frame in decoded if frame.pts is not None and not frame.is_corrupt)


def _why_unreadable(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(12)
    if start[4:8] == b"ftyp":
        return "cut off: an MP4 without its index, which such files often carry at the end"
    return "not a video: no container known here"


def _display_matrix(picture: av.VideoFrame) -> tuple[int, int, int, int]:
    """(a, b, c, d) of ISO/IEC 14496-12: a stored (p, q) is displayed at (a p + c q, b p + d q)."""
    held = picture.side_data.get(SideData.DISPLAYMATRIX)
    if held is None:
        return 1, 0, 0, 1
    a, b, _, c, d = np.frombuffer(bytes(held), np.int32)[:5].tolist()
    return a, b, c, d
