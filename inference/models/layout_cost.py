"""Which of several layouts of one request to take: told from boxes alone, in the time of a blink.

A model that samples gives good and bad layouts alike. What can be measured without looking (what is
covered, what lies on each other, what is out of line, what is too small for its text) says which to
show first. It knows nothing of taste: that is the model's part.
"""

import unicodedata
from collections.abc import Sequence

from inference.media.geometry import Box
from inference.models.layout import Annotation, TextBlock, readable_size
from inference.models.layout_request import LayoutRequest

COVERED, OVERLAPPING, OUT_OF_LINE, CRAMPED = 2.0, 2.0, 1.0, 3.0
"""Weights: a face wholly covered is as bad as a text wholly on another, and twice as bad as a text that
is nowhere near any line of the others; texts that cannot be read cost most, being as good as left out."""

FAR = 0.05
"""Of the canvas's width: a text whose left side and middle are this far from all others' is out of line."""

LEADING = 1.3
INK = 0.9
"""From one line to the next, and of a line's ink, in em: boxes are tight around the ink."""

MOST_LINES = 4
UNEVEN = 0.85
"""Share of the width that lines fill where there are several: words end where they end."""

LATIN_WIDTH = 0.58
"""Width of a letter in em, the mean of bold faces; a Chinese character has 1."""


def rank(layouts: Sequence[Annotation], request: LayoutRequest) -> list[Annotation]:
    """The layouts, the one of least cost first; of equal ones the earlier."""
    return sorted(layouts, key=lambda layout: find_cost(layout, request))


def find_cost(layout: Annotation, request: LayoutRequest) -> float:
    """At least 0; of the order of the number of texts when all is wrong."""
    boxes = [block.box for block in layout.blocks]
    kept_clear = [*(request.faces or ()), *(request.products or ())]
    painted = [*boxes, *layout.underlays]  # what a text leaves clear its panel may cover
    covered = sum(min(1.0, sum(kept.intersection(box).area for box in painted) / kept.area) for kept in kept_clear)
    overlapping = sum(
        box.intersection(other).area / max(1e-9, min(box.area, other.area))
        for number, box in enumerate(boxes)
        for other in boxes[:number]
    )
    out_of_line = sum(_distance_from_lines(box, boxes, layout.width) for box in boxes) / max(1, len(boxes))
    cramped = sum(_is_cramped(block, layout) for block in layout.blocks) / max(1, len(boxes))
    return COVERED * covered + OVERLAPPING * overlapping + OUT_OF_LINE * out_of_line + CRAMPED * cramped


def _distance_from_lines(box: Box, boxes: Sequence[Box], width: int) -> float:
    """0 for a text in line with another, 1 for one that is ``FAR`` or more from all."""
    others = [other for other in boxes if other is not box]
    if not others:
        return 0.0
    nearest = min(min(abs(box.left - other.left), abs(box.centre[0] - other.centre[0])) for other in others)
    return min(1.0, nearest / (FAR * width))


def _is_cramped(block: TextBlock, layout: Annotation) -> bool:
    """Whether the largest letters that fit the box, in one to four lines, are too small to read."""
    length = sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else LATIN_WIDTH for sign in block.text)
    sizes = [
        min(block.box.height / (LEADING * (n - 1) + INK), n * block.box.width * (UNEVEN if n > 1 else 1) / length)
        for n in range(1, MOST_LINES + 1)
    ]
    return max(sizes) < readable_size(block.role) * min(layout.width, layout.height)
