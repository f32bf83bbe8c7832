"""Where a picture draws the eye, from what is at hand: boxes of faces and products, and colours that stand out.

PosterLayout takes saliency from two trained detectors. Neither can be installed here, so figures of
occlusion and utility compare systems with one another, not with published ones: each carries the
name of the map that it was measured with.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from inference.covers.picture.framing import measure_interest
from inference.models.layout import Annotation

BESIDE_BOXES = 0.5
"""What the most striking place outside all boxes counts, where boxes say what the picture is about."""


@dataclass(frozen=True)
class Saliency:
    """``values`` is [height, width] or, of several detectors, [maps, height, width], float, 0 to 1.

    The size may be any: it is stretched over the picture. ``name`` says how it was made.
    """

    name: str
    values: np.ndarray


def estimate(image: np.ndarray, brief: Annotation) -> Saliency:
    """The map of a ground without lettering, RGB uint8, with the faces and products of its brief.

    Boxes are 1. Outside, frequency-tuned saliency (``measure_interest``), at most ``BESIDE_BOXES``;
    where there is no box, that alone.
    """
    interest = measure_interest(image)
    values = cv2.resize(interest / interest.max(), image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    boxes = (*brief.faces, *brief.products)
    if not boxes:
        return Saliency("frequency-tuned", values)
    values = values * BESIDE_BOXES
    for box in boxes:
        left, top, right, bottom = box.scaled(image.shape[1] / brief.width, image.shape[0] / brief.height).as_list()
        values[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 1
    return Saliency("boxes and frequency-tuned", values)
