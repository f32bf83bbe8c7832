"""The eight metrics of PosterLayout exactly as its published evaluation computes them: profile ``posterlayout-v1``.

Source: Hsu et al., *PosterLayout: A New Benchmark and Approach for Content-aware Visual-Textual
Presentation Layout*, CVPR 2023, arXiv:2303.15937, and ``eval.py`` of the authors' repository
PKU-ICST-MIPL/PosterLayout-CVPR2023. Figures of this profile compare with published ones; for
judging models use ``corrected``, since that evaluation has quirks, all kept here:

1. Whatever its shape, a picture is squeezed to 513 × 750 pixels and its boxes with it.
2. Boxes are 32-bit floats. Where pixels are counted they are cut to whole ones, towards zero.
3. An element is invalid if the product of its sides, clipped to the canvas, is below 0.1 % of the
   canvas in absolute value: one wholly beyond the canvas has negative sides and may well be valid.
4. Valid boxes are not clipped. What lies beyond the canvas counts in overlap, underlays and
   alignment; where pixels are counted, a negative coordinate is taken from the far edge, as Python's
   slices do, which as a rule empties the box.
5. Validity is a share of all posters' elements; the other metrics are means over posters.
6. Overlap divides the sum over pairs by the number of elements, where the paper says pairs.
7. Alignment looks for the best aligned pair of a poster and gives every element its value. A
   poster of one element or none adds 0, which is the best.
8. "Strictly" underlaid compares the element's right edge with itself: it may stick out there.
9. Only posters with underlays count for them; where no poster has any, the result is 0, the worst.
10. An empty page adds 0 to occlusion and unreadability, which is the best: deleting pays.
11. Slopes are taken in 8 bits: falling ones (left to right, top to bottom) are 0, steep ones are
    capped at 255, and squares overflow, so that a slope of 16 counts as 0 and one of 15 as 225.
12. They are divided by the picture's own largest, so that calm pictures look as busy as busy ones.
13. Text within any underlay's box is not looked at for unreadability, and logos never are.
14. Saliency is the larger one of two detectors' maps, each made 8-bit before it is resized.

On the 905 layouts that come with it, the five metrics that need no picture agree with the results it
ships (validity 0.8788, overlap 0.0220, non-alignment 0.0046, underlay 0.8315 loose and 0.4320 strict);
the other three were compared with its code, run on other pictures, and agree to the last digit.

Where the evaluation stops with an error, there is no number to agree with: overlap of a poster
with no element but underlays, validity of no element at all and alignment of elements a whole canvas
apart are not measured here, and a picture without any slope is perfectly calm.
"""

import math

import cv2
import numpy as np
from PIL import Image

from training.layout.metrics.elements import NOT_MEASURED, TEXT, Elements, Measured

WIDTH, HEIGHT = 513, 750
LEAST_AREA = 0.001 * WIDTH * HEIGHT


def measure(elements: Elements, image: np.ndarray, saliency: np.ndarray) -> dict[str, Measured]:
    """The eight metrics of one poster, each with its weight in the mean over posters.

    ``image`` is the ground without lettering, RGB uint8; ``saliency`` [height, width] or, of several
    detectors, [maps, height, width], 0 to 1.
    """
    boxes = elements.boxes.astype(np.float32) * np.array([WIDTH, HEIGHT] * 2, np.float32)
    valid = _is_valid(boxes)
    count = len(valid)
    shown = Elements(boxes, elements.kinds)[valid]
    salient = _saliency_on_canvas(saliency)
    return {
        "validity": (float(valid.mean()), float(count)) if count else NOT_MEASURED,
        "overlap": _overlap(shown.foreground),
        "non_alignment": _non_alignment(shown.boxes),
        "underlay_loose": _underlay_loose(shown),
        "underlay_strict": _underlay_strict(shown),
        "utility": (_utility(shown, salient), 1.0),
        "occlusion": (_occlusion(shown, salient), 1.0),
        "unreadability": (_unreadability(shown, image), 1.0),
    }


def _is_valid(boxes: np.ndarray) -> np.ndarray:
    low = np.maximum(boxes[:, :2], 0)
    high = np.minimum(boxes[:, 2:], np.array([WIDTH, HEIGHT], np.float32))
    return np.abs(np.prod(high - low, axis=1)) >= LEAST_AREA


def _overlap(boxes: np.ndarray) -> Measured:
    if not len(boxes):
        return NOT_MEASURED
    size, shared = _signed_areas(boxes), _intersections(boxes, boxes)
    iou = shared / (size[:, None] + size[None, :] - shared)
    return float(np.triu(iou, 1).sum() / len(boxes)), 1.0


def _signed_areas(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _intersections(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Areas that each of the first boxes shares with each of the second."""
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = high - np.maximum(first[:, None, :2], second[None, :, :2])
    return np.where((sides > 0).all(axis=2), sides.prod(axis=2), 0)


def _non_alignment(boxes: np.ndarray) -> Measured:
    if len(boxes) <= 1:
        return 0.0, 1.0
    scaled = boxes / np.array([WIDTH, HEIGHT] * 2, np.float32)
    lines = np.concatenate([scaled[:, :2], (scaled[:, :2] + scaled[:, 2:]) / 2, scaled[:, 2:]], axis=1)
    closest = float(np.diff(np.sort(lines, axis=0), axis=0).min())  # of the sorted, neighbours are closest
    return (len(boxes) * -math.log10(1 - closest), 1.0) if closest < 1 else NOT_MEASURED


def _underlay_loose(shown: Elements) -> Measured:
    if not len(shown.underlays):
        return 0.0, 0.0
    shares = _intersections(shown.underlays, shown.foreground) / _signed_areas(shown.foreground)
    return float(shares.max(axis=1, initial=0).mean()), 1.0


def _underlay_strict(shown: Elements) -> Measured:
    if not len(shown.underlays):
        return 0.0, 0.0
    under, over = shown.underlays[:, None], shown.foreground[None]
    holds = (under[..., 0] <= over[..., 0]) & (under[..., 1] <= over[..., 1]) & (under[..., 3] >= over[..., 3])
    return float(np.any(holds, axis=1).mean()), 1.0


def _saliency_on_canvas(saliency: np.ndarray) -> np.ndarray:
    maps = np.rint(saliency * 255).astype(np.uint8).reshape(-1, *saliency.shape[-2:])
    return np.max([np.asarray(Image.fromarray(each).resize((WIDTH, HEIGHT))) for each in maps], axis=0) / 255


def _utility(shown: Elements, salient: np.ndarray) -> float:
    calm = 1 - salient
    used = calm[_covered(shown.boxes)].sum()
    return float(used / calm.sum()) if used else 0.0


def _occlusion(shown: Elements, salient: np.ndarray) -> float:
    covered = salient[_covered(shown.boxes)]
    return float(covered.mean()) if len(covered) else 0.0


def _unreadability(shown: Elements, image: np.ndarray) -> float:
    looked_at = _covered(shown.boxes[shown.kinds == TEXT]) & ~_covered(shown.underlays)
    slopes = _slopes(image)[looked_at]
    return float(slopes.mean()) if len(slopes) else 0.0


def _covered(boxes: np.ndarray) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for left, top, right, bottom in boxes.astype(int):
        mask[top:bottom, left:right] = True
    return mask


def _slopes(image: np.ndarray) -> np.ndarray:
    """0 to 1, in steps of 1/255."""
    small = np.asarray(Image.fromarray(image).resize((WIDTH, HEIGHT)))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    across, down = cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)
    slope = np.sqrt((across**2 + down**2) / 2)  # all but the root in uint8, modulo 256
    return np.floor(slope / max(slope.max(), 1e-9) * 255) / 255
