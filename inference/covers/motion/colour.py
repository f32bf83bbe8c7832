"""RGB and the colours of HD video: ITU-R BT.709, limited range, planar 4:2:0."""

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace


def to_yuv(image: np.ndarray) -> np.ndarray:
    """Of an RGB picture (uint8, height × width × 3, even sides): uint8, [1.5 × height, width], 1.5 bytes a pixel."""
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    return _convert(frame, "yuv420p", ColorRange.JPEG, ColorRange.MPEG).to_ndarray()


def to_rgb(yuv: np.ndarray) -> np.ndarray:
    """The inverse of ``to_yuv``, as far as colours at half resolution can be undone."""
    return as_rgb(av.VideoFrame.from_ndarray(yuv, format="yuv420p"))


def as_rgb(frame: av.VideoFrame) -> np.ndarray:
    """A decoded picture of HD video as RGB: uint8, height × width × 3."""
    return _convert(frame, "rgb24", ColorRange.MPEG, ColorRange.JPEG).to_ndarray()


def _convert(frame: av.VideoFrame, form: str, range_from: ColorRange, range_to: ColorRange) -> av.VideoFrame:
    return frame.reformat(
        format=form,
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=range_from,
        dst_color_range=range_to,
        interpolation="BICUBIC",
    )
