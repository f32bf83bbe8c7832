"""Bullets and ticks before the points of a list: no part of the text, but they tell that it is a list.

Some are read along as a character and some are not; either way they stand further off than words do.
"""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np

from inference.media.geometry import Box
from training.corpora.layout_annotations.embedded.line import Line

BULLET = re.compile(r"^(?:[\s•·・●○◆◇■□▪★☆✓✔√∨>».。*]+|[-–—]\s+)(?=\S)")
BULLET_WIDTH = 1.0
READ_GAP, UNREAD_GAP = 0.25, 0.38
"""Em of a bullet's width at most, and of blank after one at least: less where it was read as a character."""

STANDS_OUT = 1.2
"""Times the widest other gap of the line that the one after a bullet is at least."""

REACH, LEVELS = 1.8, 40
"""Em left of a line that a mark stands in at most, and levels, of 255, by which it differs from the ground."""

LEAST_MARK, MARK_FILLED = 0.12, 0.25
"""Em that a mark measures at least, and the share of its box that it fills."""


def without_bullet(line: Line) -> Line:
    """The line without the bullet or tick that was found as part of it."""
    text = BULLET.sub("", line.text)
    runs = line.ink.runs()
    drawn = len(runs) > 1 and _is_bullet(line, runs, READ_GAP if text != line.text else UNREAD_GAP)
    if not drawn and text == line.text:
        return line
    left = runs[1][0] if drawn else line.box.left
    box = Box(left, line.box.top, line.box.right, line.box.bottom)
    return replace(line, text=text, box=box, bulleted=True)


def _is_bullet(line: Line, runs: list[tuple[float, float]], least_gap: float) -> bool:
    """Whether the first run of ink is small and stands further off than words and commas do."""
    gaps = [right[0] - left[1] for left, right in pairwise(runs)]
    others = max(gaps[1:], default=0.0)
    is_small = runs[0][1] - runs[0][0] < BULLET_WIDTH * line.size
    return is_small and gaps[0] > least_gap * line.size and gaps[0] > STANDS_OUT * others


def marked(image: np.ndarray, line: Line) -> Line:
    """The line, known for a point of a list where a mark that is no part of it stands alone before it."""
    patch = _before(image, line)
    if line.bulleted or patch is None:
        return line
    away = np.abs(patch - 255 * line.ink.ground).max(axis=2) > LEVELS
    columns, rows = np.flatnonzero(away.any(axis=0)), np.flatnonzero(away.any(axis=1))
    if not len(columns) or columns[0] == 0 or rows[0] == 0 or rows[-1] == len(away) - 1:
        return line
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    is_small = max(width, height) < line.size and min(width, height) > LEAST_MARK * line.size
    return replace(line, bulleted=True) if is_small and away.sum() > MARK_FILLED * width * height else line


def _before(image: np.ndarray, line: Line) -> np.ndarray | None:
    """What stands left of a line, as far as a mark may; None at the picture's edge."""
    height = 0.2 * line.size
    right = line.box.left - 0.15 * line.size
    box = Box(right - REACH * line.size, line.box.top - height, right, line.box.bottom + height)
    left, top, right, bottom = box.as_list()
    if left < 0 or top < 0 or bottom > image.shape[0] or right - left < 4:
        return None
    return image[top:bottom, left:right].astype(np.float32)
