"""How different a system's layouts are from one another: near 0, every picture gets the same one.

Two layouts are compared text by text, the headline of one with that of the other, selling points in
reading order: by how much the four edges differ, in shares of the canvas, the mean over the texts that
both have. Shares of the canvas and not intersection over union, for which two lines of text a
finger's breadth apart are as different as can be. It is no goal in itself, since random layouts are
the most diverse; compare it with the designers' own, to see a model that answers much the same
whatever it is shown.
"""

from collections.abc import Sequence

import numpy as np

from inference.models.layout import Annotation
from training.layout.baselines import in_reading_order


def measure(layouts: Sequence[Annotation]) -> tuple[np.ndarray, np.ndarray]:
    """The mean distance of each layout to the others, 0 to 1, and its weight; both [layouts].

    The weights make the mean of the values the mean over all pairs. A layout that shares no text with
    any other has weight 0.
    """
    boxes = _by_place(layouts)
    distances = np.zeros(len(layouts))
    weights = np.zeros(len(layouts))
    for number, own in enumerate(boxes):
        apart = np.abs(own - boxes).mean(axis=2)  # [layouts, places], NaN where either lacks the text
        apart[number] = np.nan
        pairs = ~np.isnan(apart).all(axis=1)
        weights[number] = pairs.sum()
        distances[number] = np.nanmean(apart[pairs], axis=1).mean() if pairs.any() else np.nan
    return distances, weights


def _by_place(layouts: Sequence[Annotation]) -> np.ndarray:
    """Boxes [layouts, places, 4] as shares of the canvas, NaN where a layout has no text of the place."""
    ordered = [in_reading_order(layout) for layout in layouts]
    places = {key: number for number, key in enumerate(sorted({key for each in ordered for key in each}))}
    boxes = np.full((len(layouts), len(places), 4), np.nan)
    for number, (layout, blocks) in enumerate(zip(layouts, ordered, strict=True)):
        for key, block in blocks.items():
            box = block.box.scaled(1 / layout.width, 1 / layout.height)
            boxes[number, places[key]] = box.left, box.top, box.right, box.bottom
    return boxes
