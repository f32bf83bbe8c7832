"""How the camera moves from frame to frame, and where a thing goes that a still shows."""

from collections.abc import Sequence

import cv2
import numpy as np

from inference.media.geometry import Box

SHIFT_WIDTH = 160
"""Pixels at which a camera's shift is measured; phase correlation finds it to about a tenth of one."""

CERTAIN = 0.1
"""Response of phase correlation, 0 to 1, below which nothing tells how the camera moved: then it did not."""

POINTS, POINT_QUALITY, POINT_DISTANCE = 60, 0.01, 4
LEAST_POINTS = 6
"""Corners followed, their quality and distance (Shi and Tomasi), and how few of them still tell a place."""


def measure_shifts(greys: Sequence[np.ndarray]) -> np.ndarray:
    """By what share of width and height each frame is shifted from the one before: [frames, 2], the first 0.

    Phase correlation with sub-pixel peaks (Foroosh et al., 2002, *Extension of phase correlation to
    subpixel registration*). ``greys`` are luma, uint8, of one size.
    """
    height = max(16, round(greys[0].shape[0] * SHIFT_WIDTH / greys[0].shape[1]))
    window = cv2.createHanningWindow((SHIFT_WIDTH, height), cv2.CV_32F)
    shifts = np.zeros((len(greys), 2))
    before = None
    for number, grey in enumerate(greys):
        now = cv2.resize(grey, (SHIFT_WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        if before is not None:
            (x, y), response = cv2.phaseCorrelate(before, now, window)
            shifts[number] = (x / SHIFT_WIDTH, y / height) if response > CERTAIN else (0, 0)
        before = now
    return shifts


def measure_shake(shifts: np.ndarray) -> np.ndarray:
    """How much each frame's shift differs from that of its neighbours, as shares of the frame: [frames].

    A pan that goes on is no shake, one that trembles is.
    """
    if len(shifts) < 3:
        return np.zeros(len(shifts))
    smooth = (shifts[:-2] + shifts[1:-1] + shifts[2:]) / 3
    return np.pad(np.linalg.norm(shifts[1:-1] - smooth, axis=1), 1, mode="edge")


def follow(box: Box, greys: Sequence[np.ndarray], still: int, every: int) -> dict[int, Box]:
    """Where a box of the frame ``still`` is on every ``every``-th frame before and after it.

    By the median motion of the corners inside it (Lucas and Kanade, pyramidal: Bouguet, 2001). What
    can no longer be followed is taken to stay where it was last seen.
    """
    places = {still: box}
    for numbers in (range(still + 1, len(greys)), range(still - 1, -1, -1)):
        points, place, before = _corners(greys[still], box), box, greys[still]
        for number in numbers:
            if len(points) >= LEAST_POINTS:
                moved, found, _ = cv2.calcOpticalFlowPyrLK(before, greys[number], points, None)
                kept = found.ravel() == 1
                if kept.sum() >= LEAST_POINTS:
                    x, y = np.median((moved - points)[kept].reshape(-1, 2), axis=0)
                    place = place.moved(float(x), float(y))
                points = moved[kept]
            before = greys[number]
            if number % every == 0:
                places[number] = place
    return places


def _corners(grey: np.ndarray, box: Box) -> np.ndarray:
    inside = np.zeros_like(grey)
    left, top, right, bottom = box.as_list()
    inside[max(0, top) : bottom, max(0, left) : right] = 255
    found = cv2.goodFeaturesToTrack(grey, POINTS, POINT_QUALITY, POINT_DISTANCE, mask=inside)
    return np.empty((0, 1, 2), np.float32) if found is None else found
