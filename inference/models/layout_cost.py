"""Which of several layouts of one request to take: told from boxes alone, in the time of a blink.

A model that samples gives good and bad layouts alike. What can be measured without looking (what is
covered, what lies on each other, what is out of line) says which to show first. It knows nothing of
taste: that is the model's part.
"""

from collections.abc import Sequence

from inference.media.geometry import Box
from inference.models.layout import Annotation
from inference.models.layout_request import LayoutRequest

COVERED, OVERLAPPING, OUT_OF_LINE = 2.0, 2.0, 1.0
"""Weights: a face wholly covered is as bad as a text wholly on another, and twice as bad as a text that
is nowhere near any line of the others."""

FAR = 0.05
"""Of the canvas's width: a text whose left side and middle are this far from all others' is out of line."""


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
    return COVERED * covered + OVERLAPPING * overlapping + OUT_OF_LINE * out_of_line


def _distance_from_lines(box: Box, boxes: Sequence[Box], width: int) -> float:
    """0 for a text in line with another, 1 for one that is ``FAR`` or more from all."""
    others = [other for other in boxes if other is not box]
    if not others:
        return 0.0
    nearest = min(min(abs(box.left - other.left), abs(box.centre[0] - other.centre[0])) for other in others)
    return min(1.0, nearest / (FAR * width))
