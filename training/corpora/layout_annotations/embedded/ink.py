"""Which pixels of a line of text are the fill of its glyphs: their box, colour and weight.

An OCR engine's box is padded, and knows nothing of outlines, shadows and panels. So the colours
around a line are clustered; the ground is what lies outside the line, and of what remains the fill
is the innermost: an outline or a panel lies around it, a shadow is a sliver of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from inference.media.geometry import Box
from inference.models.ocr import TextLine
from training.corpora.layout_annotations.embedded.fills import clean, fill_mask, find_panel
from training.corpora.layout_annotations.embedded.window import (
    LINE_HEIGHT,
    Window,
    around,
    cut_window,
    erode,
    narrowed,
    thickness,
)

CORE = 60
"""Percentile of depth from which a pixel shows the fill's own colour, without the ground's."""

THIN = 1.6
"""Pixels of the picture from the edge of a stroke to its middle, under which all of it is mixed with the ground."""

PURE = 92
"""Percentile, among those pixels, of the distance from the ground from which a colour is taken for unmixed."""

PADDING = (0.18, 0.18, 0.16, 0.13)
"""Line heights that the detector's box lies outside the ink at left, top, right and bottom, as measured."""

PADDING_RANGE = (0.02, 0.4)
"""Line heights of padding that are plausible; where the ink says otherwise, it ran into the ground."""

FALLBACK_PADDING = 0.16


@dataclass(frozen=True, eq=False)
class Ink:
    """The fill of a line's glyphs. ``box`` is in pixels of the picture, tight.

    ``colour`` and ``ground`` are sRGB, three floats from 0 to 1: the fill, and what lies around it.
    ``height`` is how far it extends across the line, which may lie aslant; ``stroke`` is the mean
    width of a stroke; both in pixels. ``mask`` is true where ink is, in ``window``, whose pixels
    need not be the picture's.
    """

    box: Box
    colour: np.ndarray
    ground: np.ndarray
    height: float
    stroke: float
    mask: np.ndarray
    window: Box

    def runs(self) -> list[tuple[float, float]]:
        """Stretches of columns that hold ink, as (left, right) in pixels of the picture."""
        filled = np.concatenate([[False], self.mask.any(axis=0), [False]])
        edges = np.flatnonzero(filled[1:] != filled[:-1]).reshape(-1, 2)
        scale = self.window.width / self.mask.shape[1]
        return [(self.window.left + left * scale, self.window.left + right * scale) for left, right in edges.tolist()]


def find_ink(image: np.ndarray, line: TextLine) -> Ink:
    """The fill of a line in an RGB picture (height × width × 3, uint8)."""
    window = cut_window(image, line)
    mask = fill_mask(window)
    if mask.any() and (panel := find_panel(mask, window)) is not None:
        window = narrowed(window, panel)
        mask = fill_mask(window)
    mask = clean(mask, window)
    if not mask.any():  # nothing stands out; the middle of the line is the best there is to say
        mask = erode(window.inside, FALLBACK_PADDING * LINE_HEIGHT)
    return _describe(mask if mask.any() else window.inside, window, line)


def _describe(mask: np.ndarray, window: Window, line: TextLine) -> Ink:
    rows, columns = np.nonzero(mask)
    box = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    across = rows - _slope(line) * columns
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    core = mask & (depth >= np.percentile(depth[mask], CORE))
    about = around(mask)
    ground = window.rgb[about] if about.any() else window.rgb[~mask]
    frame = Box(0, 0, mask.shape[1], mask.shape[0])
    trusted = _trusted(box.scaled(1 / window.scale).moved(window.left, window.top), line)
    return Ink(
        box=trusted,
        colour=_colour(window.rgb[core], np.median(ground, axis=0), float(depth[core].mean()) / window.scale),
        ground=np.median(ground, axis=0) / 255,
        height=min(float(across.max() - across.min() + 1) / window.scale, trusted.height),
        stroke=4 * float(depth[mask].mean()) / window.scale,
        mask=mask,
        window=frame.scaled(1 / window.scale).moved(window.left, window.top),
    )


def _colour(pixels: np.ndarray, ground: np.ndarray, depth: float) -> np.ndarray:
    """sRGB of the fill from its innermost pixels; in strokes so thin that even these are mixed with the
    ground, from those that differ most from it."""
    if depth < THIN:
        away = np.linalg.norm(pixels.astype(np.float32) - ground, axis=1)
        pixels = pixels[away >= np.percentile(away, PURE)]
    return np.median(pixels, axis=0) / 255


def _trusted(box: Box, line: TextLine) -> Box:
    """The box, with the usual padding taken where a side is implausibly far from the line's."""
    height = thickness(line)
    outer = line.box
    padding = (box.left - outer.left, box.top - outer.top, outer.right - box.right, outer.bottom - box.bottom)
    lowest, highest = PADDING_RANGE
    kept = [
        given if lowest * height < given < highest * height else usual * height
        for given, usual in zip(padding, PADDING, strict=True)
    ]
    return outer.grown(*(-each for each in kept))


def _slope(line: TextLine) -> float:
    """How far a line falls for each pixel it runs to the right."""
    (left, top), (right, bottom) = line.corners[:2]
    return (bottom - top) / (right - left) if right > left else 0.0
