"""What of faces and products a layout covers: the exact boxes that the brief says to avoid, apart from each other."""

from collections.abc import Sequence

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation
from training.layout.metrics.corrected import canvas_size, covered
from training.layout.metrics.elements import NOT_MEASURED, Elements, Measured


def measure(elements: Elements, brief: Annotation, image: np.ndarray) -> dict[str, Measured]:
    """Shares of the picture's face area and of its product area that texts or underlays cover, 0 to 1.

    Places covered twice count once. A picture without a face, or product, says nothing of it.
    """
    size = canvas_size(image)
    hidden = covered(elements.boxes, size)
    return {
        "faces_covered": _share(hidden, brief.faces, brief),
        "products_covered": _share(hidden, brief.products, brief),
    }


def _share(hidden: np.ndarray, boxes: Sequence[Box], brief: Annotation) -> Measured:
    corners = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], float).reshape(-1, 4)
    inside = covered(corners / np.array([brief.width, brief.height] * 2), hidden.shape[::-1])
    return (float(hidden[inside].mean()), 1.0) if inside.any() else NOT_MEASURED
