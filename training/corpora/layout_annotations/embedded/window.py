"""The surroundings of a line of text, cut out and brought to one size, in which its ink is looked for."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from inference.media.geometry import Box
from inference.models.ocr import TextLine

LINE_HEIGHT = 48
"""Pixels that a line is brought to, so that strokes, margins and blur mean the same in every size."""

MAX_ENLARGEMENT = 4.0

MARGIN = 0.35
"""How far beyond the line its ground is looked at, in line heights."""

RIM = 0.07
"""Width, in line heights, of the strip just inside a line's edge: found lines are padded, so it is ground."""

OVERHANG = 0.18
"""Line heights that ink may reach beyond the line as it was found."""


@dataclass(frozen=True, eq=False)
class Window:
    """The surroundings of a line at the working size; masks of the line as it was found, of the strip
    along its edge, and of how far its ink may reach."""

    rgb: np.ndarray
    lab: np.ndarray
    inside: np.ndarray
    rim: np.ndarray
    reach: np.ndarray
    scale: float
    left: float
    top: float


def cut_window(image: np.ndarray, line: TextLine) -> Window:
    height = thickness(line)
    margin = MARGIN * height
    picture = Box(0, 0, image.shape[1], image.shape[0])
    left, top, right, bottom = line.box.grown(margin, margin, margin, margin).intersection(picture).as_list()
    scale = min(LINE_HEIGHT / height, MAX_ENLARGEMENT)
    size = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    rgb = cv2.resize(image[top:bottom, left:right], size, interpolation=method)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    corners = (np.array(line.corners) - (left, top)) * scale
    inside = cv2.fillPoly(np.zeros(rgb.shape[:2], np.uint8), [corners.round().astype(np.int32)], 1)
    rim = (inside > 0) & ~erode(inside, RIM * height * scale)
    reach = dilate(inside, OVERHANG * height * scale)
    return Window(rgb, lab, inside > 0, rim, reach, scale, left, top)


def narrowed(window: Window, panel: np.ndarray) -> Window:
    inside = window.inside & panel
    return replace(window, inside=inside, rim=inside & ~erode(inside, RIM * LINE_HEIGHT), reach=panel)


def thickness(line: TextLine) -> float:
    """Pixels across a line, at right angles to its direction."""
    first, second, third, _ = np.array(line.corners, np.float64)
    return max(1.0, min(float(np.linalg.norm(second - first)), float(np.linalg.norm(third - second))))


def dilate(mask: np.ndarray, pixels: float) -> np.ndarray:
    side = 2 * max(1, round(pixels)) + 1
    return cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def erode(mask: np.ndarray, pixels: float) -> np.ndarray:
    return ~dilate(~(mask > 0), pixels)


def around(mask: np.ndarray) -> np.ndarray:
    """What lies about a mask, beyond its soft edge."""
    return dilate(mask, 4) & ~dilate(mask, 2)
