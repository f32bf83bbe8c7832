"""Panels behind text: flat shapes, square or rounded, whose colour ends in an edge.

From the ground around a block's ink the region of the same colour is filled; it is a panel where it
ends well inside the picture and its outline is that of a rectangle.
"""

import cv2
import numpy as np

from inference.media.geometry import Box
from training.corpora.layout_annotations.embedded.blocks import Block

SIDE = 640
"""Pixels on the long side that panels are looked for at."""

TOLERANCE = 14
"""Levels, of 255, by which a panel's pixels differ from its colour; compression included."""

LARGEST = 0.6
"""Share of the picture; what is larger is its ground."""

RECTANGULAR = 0.8
"""Share of its box that a panel fills at least, the text on it included."""


def find_underlays(image: np.ndarray, blocks: list[Block]) -> tuple[list[Box], list[bool]]:
    """Panels of an RGB picture, each once, and for each block whether one lies behind it alone."""
    scale = min(1.0, SIDE / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    panels = [_panel(small, block, scale) for block in blocks]
    distinct: list[Box] = []
    for panel in panels:
        if panel is not None and all(panel.iou(other) < 0.7 for other in distinct):
            distinct.append(panel)
    owned = [sum(block.box.covered_by(panel) > 0.8 for block in blocks) if panel else 0 for panel in panels]
    return distinct, [count == 1 for count in owned]


def _panel(small: np.ndarray, block: Block, scale: float) -> Box | None:
    seed = _seed(small, block, scale)
    if seed is None:
        return None
    mask = np.zeros((small.shape[0] + 2, small.shape[1] + 2), np.uint8)
    flags = 4 | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE | (1 << 8)
    tolerance = (TOLERANCE,) * 3
    _, _, _, (left, top, width, height) = cv2.floodFill(small.copy(), mask, seed, 0, tolerance, tolerance, flags)
    if width * height > LARGEST * small.shape[0] * small.shape[1]:
        return None
    region = mask[1:-1, 1:-1]
    outlines, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = max(map(cv2.contourArea, outlines), default=0.0)
    panel = Box(left, top, left + width, top + height).scaled(1 / scale)
    holds = block.box.covered_by(panel) > 0.95
    return panel if holds and filled > RECTANGULAR * (width - 1) * (height - 1) else None


def _seed(small: np.ndarray, block: Block, scale: float) -> tuple[int, int] | None:
    """The pixel beside the ink that is most like the ground, as (x, y)."""
    margin = 0.25 * block.size
    around = block.box.grown(margin, margin, margin, margin).scaled(scale)
    left, top, right, bottom = around.intersection(Box(0, 0, small.shape[1], small.shape[0])).as_list()
    part = small[top:bottom, left:right].astype(np.float32)
    if not part.size:
        return None
    distance = np.abs(part - 255 * block.ground).max(axis=2)
    row, column = np.unravel_index(distance.argmin(), distance.shape)
    return (left + int(column), top + int(row)) if distance.min() < 24 else None
