"""Ten minutes of 1080p from real clips, keyframes at most ten seconds apart, and an hour of the same."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from inference.media import decode

RATE = 25
WIDTH, HEIGHT = 1920, 1080
ENCODED = {"crf": "22", "preset": "fast", "x264-params": "keyint=250:open-gop=0"}
OF_EACH_S = 20
"""Of each clip; what is shorter goes in as long as it lasts."""


def write_long(path: Path, clips: Sequence[Path], seconds: float) -> Path:
    """Encode the clips one after another, scaled up, then repeat the packets until ``seconds`` are full."""
    once = path.with_suffix(".once.mp4")
    with av.open(str(once), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options=ENCODED)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, picture in enumerate(picture for clip in clips for picture in _pictures(clip)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    _repeat(once, path, seconds)
    once.unlink()
    return path


def _pictures(clip: Path) -> Iterator[np.ndarray]:
    """Filling 16:9, cropped from the middle."""
    for frame in islice(decode.frames(clip, every_s=1 / RATE, width=WIDTH), OF_EACH_S * RATE):
        scale = max(WIDTH / frame.width, HEIGHT / frame.height)
        grown = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        top, left = (grown.shape[0] - HEIGHT) // 2, (grown.shape[1] - WIDTH) // 2
        yield np.ascontiguousarray(grown[top : top + HEIGHT, left : left + WIDTH])


def _repeat(once: Path, path: Path, seconds: float) -> None:
    with av.open(str(path), "w") as out:
        stream, offset = None, 0
        while stream is None or offset * stream.time_base < seconds:
            with av.open(str(once)) as source:
                own = source.streams.video[0]
                stream = stream or out.add_stream_from_template(own)
                end = 0
                for packet in source.demux(own):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
                    end = max(end, packet.pts + packet.duration)
                    packet.stream = stream
                    out.mux(packet)
                offset = end
