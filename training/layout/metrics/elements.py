"""What the metrics see of a layout: boxes and their kinds, as arrays."""

from dataclasses import dataclass

import numpy as np

from inference.models.layout import Annotation, Role

TEXT, LOGO, UNDERLAY = 1, 2, 3
"""Kinds of elements, numbered as in the PosterLayout data."""

Measured = tuple[float, float]
"""A poster's value of a metric and its weight in the mean; of weight 0, the metric says nothing of the poster."""

NOT_MEASURED: Measured = (float("nan"), 0.0)


@dataclass(frozen=True)
class Elements:
    """A layout's texts and underlays; faces and products belong to the picture.

    ``boxes`` is [elements, 4], float: left, top, right, bottom as shares of the canvas's width and
    height; they may reach beyond 0 to 1. ``kinds`` is [elements].
    """

    boxes: np.ndarray
    kinds: np.ndarray

    @property
    def foreground(self) -> np.ndarray:
        """Boxes of all but underlays."""
        return self.boxes[self.kinds != UNDERLAY]

    @property
    def underlays(self) -> np.ndarray:
        return self.boxes[self.kinds == UNDERLAY]

    def __getitem__(self, chosen: np.ndarray) -> "Elements":
        return Elements(self.boxes[chosen], self.kinds[chosen])


def elements_of(layout: Annotation) -> Elements:
    """A brand counts as a logo, as logos of imported posters become brands."""
    boxes = [*(block.box for block in layout.blocks), *layout.underlays]
    kinds = [LOGO if block.role == Role.BRAND else TEXT for block in layout.blocks]
    corners = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    size = np.array([layout.width, layout.height] * 2, float)
    return Elements(
        np.array(corners, float).reshape(-1, 4) / size, np.array(kinds + [UNDERLAY] * len(layout.underlays), int)
    )


def areas(boxes: np.ndarray) -> np.ndarray:
    """Width times height of boxes [..., 4]; 0 where either is negative."""
    return (boxes[..., 2] - boxes[..., 0]).clip(0) * (boxes[..., 3] - boxes[..., 1]).clip(0)


def common(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Areas common to each of the first boxes [n, 4] and each of the second [m, 4]: [n, m]."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return areas(np.concatenate([low, high], axis=2))
