"""The eight metrics of PosterLayout with each quirk of its evaluation put right: profile ``corrected``.

The numbers are those of the quirks in ``posterlayout``:

1, 2. Pictures keep their shape, their longer side made ``LONGER_SIDE`` pixels; coordinates are rounded.
3, 4. An element's area is that of its part on the canvas, and that part alone is looked at.
6. Overlap is the mean over pairs. Fewer than two elements have no overlap to speak of: not measured.
7. Alignment is the mean over elements, each with whatever it is best aligned with; not measured for
   fewer than two.
8. All four edges decide what an underlay holds.
9. No underlay anywhere: not measured, rather than the worst.
10. A page without any element, or text, is not measured for what would lie beneath: deleting does not
    pay there, and retention says that it happened.
11, 12. Slopes are floats of either sign, measured against the steepest there can be: between a black
    and a white half.
13. Logos here are brands, set in letters, and count as text.

5 and 14 are no quirks but choices, and kept: every element's validity weighs the same, and of several
saliency maps the largest value counts.
"""

import cv2
import numpy as np

from training.layout.metrics.elements import NOT_MEASURED, Elements, Measured, areas, common

LONGER_SIDE = 750
"""Pixels, as in the evaluation that this corrects: slopes depend on the size they are taken at."""

LEAST_AREA = 0.001
"""Share of the canvas below which an element counts as invalid."""

STEEPEST = 4 * 255
"""What a Sobel filter answers at an upright edge from black to white; at a slanting one up to 6 % more."""


def measure(elements: Elements, image: np.ndarray, saliency: np.ndarray) -> dict[str, Measured]:
    """The eight metrics of one poster, each with its weight in the mean over posters.

    ``image`` is the ground without lettering, RGB uint8; ``saliency`` [height, width] or, of several
    detectors, [maps, height, width], 0 to 1.
    """
    boxes = elements.boxes.clip(0, 1)
    valid = areas(boxes) >= LEAST_AREA
    shown = Elements(boxes, elements.kinds)[valid]
    size = canvas_size(image)
    salient = _resized(saliency, size)
    return {
        "validity": (float(valid.mean()), float(len(valid))) if len(valid) else NOT_MEASURED,
        "overlap": _overlap(shown.foreground),
        "non_alignment": _non_alignment(shown.boxes),
        "underlay_loose": _underlay_loose(shown),
        "underlay_strict": _underlay_strict(shown),
        "utility": _utility(shown, salient),
        "occlusion": _occlusion(shown, salient),
        "unreadability": _unreadability(shown, image, size),
    }


def canvas_size(image: np.ndarray) -> tuple[int, int]:
    """Width and height at which a picture is looked at."""
    height, width = image.shape[:2]
    scale = LONGER_SIDE / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def covered(boxes: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Which pixels of a canvas of this width and height lie in any of the boxes [n, 4], shares of it."""
    mask = np.zeros(size[::-1], bool)
    for left, top, right, bottom in np.rint(boxes.clip(0, 1) * np.array(size * 2)).astype(int):
        mask[top:bottom, left:right] = True
    return mask


def _resized(saliency: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    maps = saliency.reshape(-1, *saliency.shape[-2:]).astype(np.float32)
    return np.max([cv2.resize(each, size, interpolation=cv2.INTER_LINEAR) for each in maps], axis=0)


def _overlap(boxes: np.ndarray) -> Measured:
    if len(boxes) < 2:
        return NOT_MEASURED
    size, shared = areas(boxes), common(boxes, boxes)
    iou = shared / (size[:, None] + size[None, :] - shared)
    return float(iou[np.triu_indices(len(boxes), 1)].mean()), 1.0


def _non_alignment(boxes: np.ndarray) -> Measured:
    if len(boxes) < 2:
        return NOT_MEASURED
    lines = np.concatenate([boxes[:, :2], (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:]], axis=1)
    distances = np.abs(lines[:, None] - lines[None])  # [elements, elements, the six lines]
    distances[np.diag_indices(len(lines))] = np.inf
    nearest = distances.min(axis=(1, 2)).clip(max=1 - 1e-9)
    return float(-np.log10(1 - nearest).mean()), 1.0


def _underlay_loose(shown: Elements) -> Measured:
    if not len(shown.underlays):
        return NOT_MEASURED
    shares = common(shown.underlays, shown.foreground) / areas(shown.foreground)
    return float(shares.max(axis=1, initial=0).mean()), 1.0


def _underlay_strict(shown: Elements) -> Measured:
    if not len(shown.underlays):
        return NOT_MEASURED
    under, over = shown.underlays[:, None], shown.foreground[None]
    holds = (under[..., :2] <= over[..., :2]).all(axis=2) & (under[..., 2:] >= over[..., 2:]).all(axis=2)
    return float(np.any(holds, axis=1).mean()), 1.0


def _utility(shown: Elements, salient: np.ndarray) -> Measured:
    calm = 1 - salient
    used = calm[covered(shown.boxes, _size(calm))].sum()
    return (float(used / calm.sum()), 1.0) if calm.any() else NOT_MEASURED


def _occlusion(shown: Elements, salient: np.ndarray) -> Measured:
    under = salient[covered(shown.boxes, _size(salient))]
    return (float(under.mean()), 1.0) if len(under) else NOT_MEASURED


def _size(pixels: np.ndarray) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]


def _unreadability(shown: Elements, image: np.ndarray, size: tuple[int, int]) -> Measured:
    """Text that stands on an underlay from edge to edge stands on no slope at all."""
    if not len(shown.foreground):
        return NOT_MEASURED
    slopes = _slopes(image, size)[covered(shown.foreground, size) & ~covered(shown.underlays, size)]
    return float(slopes.mean()) if len(slopes) else 0.0, 1.0


def _slopes(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """How steep each place of a picture is, as a share of ``STEEPEST``."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.hypot(across, down) / STEEPEST
