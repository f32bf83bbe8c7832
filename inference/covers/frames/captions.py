"""Text burnt into the picture: subtitles, watermarks and logos, told from lettering on things."""

from collections.abc import Sequence

import cv2
import numpy as np

from inference.media.geometry import Box
from inference.models.ocr import TextLine

MAX_THICKNESS = 0.15
"""Share of the picture's height (for upright columns: width) beyond which text is print on a shirt or a
shop sign, not a caption."""

MAX_PRINT = 0.4
"""The same, beyond which the detector has taken a pattern for text."""

RECURRING = 0.8
"""Share of a clip's frames with the same text at one place from which no choice avoids it."""

SAME_TEXT = 0.35
"""Correlation of edges above which a place holds the same text in two frames. Detection is no witness:
it misses a column of letters in one frame and finds it in the next."""

LEGIBLE = 0.75
"""Confidence of the recogniser: captions reach 0.9, scribbles on a far whiteboard 0.6."""

MATCHED_HEIGHT = 24
"""Pixels that a line is scaled to before it is compared."""


def is_caption(box: Box, picture: Box) -> bool:
    """Whether text is thin enough to have been laid over the picture."""
    return _thickness(box, picture) <= MAX_THICKNESS


def is_print(box: Box, picture: Box) -> bool:
    """Whether text is larger than a caption, and not so large that it is no text at all."""
    return MAX_THICKNESS < _thickness(box, picture) <= MAX_PRINT


def passing(found: Sequence[Sequence[Box]], images: Sequence[np.ndarray]) -> list[list[Box]]:
    """The boxes of each frame whose text comes and goes; ``images`` are RGB, of one size."""
    edges = [_edges(image) for image in images]
    return [
        [box for box in boxes if np.mean([_correlation(own, other, box) > SAME_TEXT for other in edges]) < RECURRING]
        for boxes, own in zip(found, edges, strict=True)
    ]


def is_legible(line: TextLine) -> bool:
    """Whether a line was read with the confidence that captions are: they are made to be read."""
    return line.score >= LEGIBLE


def covered_share(boxes: Sequence[Box], picture: Box) -> float:
    """Share of the picture under boxes, 0 to 1; overlaps count twice."""
    return min(1.0, sum(box.area for box in boxes) / picture.area)


def _thickness(box: Box, picture: Box) -> float:
    upright = box.height > 2 * box.width
    return box.width / picture.width if upright else box.height / picture.height


def _edges(image: np.ndarray) -> np.ndarray:
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return cv2.magnitude(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))


def _correlation(one: np.ndarray, other: np.ndarray, box: Box) -> float:
    """Pearson's correlation of two edge maps within a box."""
    height, width = one.shape
    left, top, right, bottom = box.intersection(Box(0, 0, width, height)).as_list()
    if right - left < 2 or bottom - top < 2:
        return 0.0
    scale = min(1.0, MATCHED_HEIGHT / min(bottom - top, right - left))
    size = max(2, round((right - left) * scale)), max(2, round((bottom - top) * scale))
    a, b = (cv2.resize(edges[top:bottom, left:right], size, interpolation=cv2.INTER_AREA) for edges in (one, other))
    if min(a.std(), b.std()) < 1e-3:
        return 0.0
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
