"""A loop's frames as files that any page plays: H.264 in MP4, and an animated WebP where no video may be.

The MP4 begins with its index (moov before mdat), so it plays while it loads; it has no sound. Both
fit into ``MOST_BYTES``: quality is given up step by step until they do.
"""

import io
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

from inference.covers.motion.colour import as_rgb, to_rgb
from inference.covers.motion.surroundings import Unstill

MOST_BYTES = 1_500_000

THREADS = "2"
"""Of the encoder: its output depends on their number, so it is the same on every machine."""

STEADY = "open-gop=0:bframes=0"
"""No B-frames: with them and x264's tree of macroblocks the bytes differ from one call to the next. Without
them no edit list is needed either, so every player begins at the first picture."""

BEST_CRF, WORST_CRF, CRF_PER_HALVING = 21.0, 38.0, 6.0
"""x264's constant rate factor: indistinguishable at 720 × 960, broken into blocks, and what about halves the bytes."""

TRIES = 4
AIMED_SHARE = 0.92
"""Share of the limit that another try aims at: what a quality gives in bytes is only estimated."""

WEBP_SHORT_SIDE, WEBP_FPS = 480, 12.6
"""Pixels, and most pictures a second, of a WebP: each of its pictures is nearly a still's worth of bytes."""

WEBP_QUALITIES = (72, 55, 40, 25)
WEBP_METHOD = 3


def to_mp4(frames: Callable[[], Iterator[np.ndarray]], rate: Fraction, width: int, height: int) -> bytes:
    """H.264 High, 4:2:0, one closed group of pictures after another, at most ``MOST_BYTES``.

    ``frames`` gives the pictures (planar 4:2:0, BT.709, uint8, [1.5 × height, width]) from the first one
    at every call. Raises ``Unstill`` when they do not fit even at the worst quality.
    """
    crf = BEST_CRF
    for _ in range(TRIES):
        mp4 = _encode(frames(), rate, width, height, crf)
        if len(mp4) <= MOST_BYTES:
            return mp4
        if crf >= WORST_CRF:
            break
        crf = min(WORST_CRF, crf + 0.5 + CRF_PER_HALVING * math.log2(len(mp4) / (AIMED_SHARE * MOST_BYTES)))
    raise Unstill(f"too restless for {MOST_BYTES / 1e6:g} MB: {len(mp4) / 1e6:.1f} MB at the worst quality")


def _encode(frames: Iterator[np.ndarray], rate: Fraction, width: int, height: int, crf: float) -> bytes:
    """Written to a file: the muxer reads back what it moves behind the index."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cover.mp4"
        muxer = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(path), "w", format="mp4", options=muxer) as container:
            options = {"crf": f"{crf:.2f}", "preset": "medium", "profile": "high", "threads": THREADS}
            options["x264-params"] = STEADY
            stream = container.add_stream("libx264", rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            _tag_colours(stream.codec_context)
            for number, picture in enumerate(frames):
                frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
                frame.pts, frame.time_base = number, 1 / rate
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return path.read_bytes()


def _tag_colours(codec: av.VideoCodecContext) -> None:
    """Say what the numbers mean: untagged, one player takes them for BT.601 and the next for BT.709."""
    codec.colorspace, codec.color_range = Colorspace.ITU709, ColorRange.MPEG
    codec.color_primaries = codec.color_trc = 1


def to_webp(frames: Callable[[], Iterator[np.ndarray]], rate: Fraction, width: int, height: int) -> bytes:
    """An animated WebP that repeats for ever, smaller and at fewer pictures a second, at most ``MOST_BYTES``.

    ``frames`` as in ``to_mp4``. Raises ``Unstill`` when they do not fit even at the worst quality.
    """
    every = max(1, math.ceil(rate / Fraction(WEBP_FPS)))
    scale = min(1.0, WEBP_SHORT_SIDE / min(width, height))
    size = round(scale * width), round(scale * height)
    pictures, count = [], 0
    for count, yuv in enumerate(frames(), 1):
        if (count - 1) % every == 0:
            pictures.append(cv2.resize(to_rgb(yuv), size, interpolation=cv2.INTER_AREA))
    durations = _durations_ms(count, every, rate)
    for quality in WEBP_QUALITIES:
        webp = _animate(pictures, durations, quality)
        if len(webp) <= MOST_BYTES:
            return webp
    raise Unstill(f"too restless for {MOST_BYTES / 1e6:g} MB as WebP: {len(webp) / 1e6:.1f} MB at the worst quality")


def _durations_ms(count: int, every: int, rate: Fraction) -> list[int]:
    """How long each kept picture is shown, rounded so that no time is lost; the last until the loop ends."""
    stamps = [round(1000 * number / rate) for number in [*range(0, count, every), count]]
    return [after - before for before, after in pairwise(stamps)]


def _animate(pictures: Sequence[np.ndarray], durations: Sequence[int], quality: int) -> bytes:
    target = io.BytesIO()
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    options = {"duration": list(durations), "loop": 0, "quality": quality, "method": WEBP_METHOD}
    first.save(target, "WEBP", save_all=True, append_images=rest, **options)
    return target.getvalue()


def decode_mp4(mp4: bytes) -> Iterator[np.ndarray]:
    """The pictures of an MP4 as they are shown: RGB, uint8, height × width × 3."""
    with av.open(io.BytesIO(mp4)) as container:
        yield from (as_rgb(frame) for frame in container.decode(video=0))
