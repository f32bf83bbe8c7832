"""A product photo as the layout needs it: pixels, and where product, faces and printed words are."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from data_contracts.errors import BadMedia
from inference.covers.frames import captions
from inference.covers.frames.judges import significant
from inference.covers.frames.select import FrameChoice
from inference.media.frame import Frame
from inference.media.geometry import Box
from inference.media.picture import read_picture
from inference.media.time import MediaTime
from inference.models import image_features, ocr
from inference.models.faces import Face, find_faces

MOST_SIDE, LOOK_SIDE = 4096, 960
"""Pixels of the longer side: of the photo as it is used, and as it is looked at."""

LEAST_SIDE = 64
"""Pixels of the shorter side; less cannot be enlarged to a poster."""

PRINTED = 0.6
"""Share of a line inside the product from which it is printed on it, and seen or hidden together with it."""


def look(path: Path) -> FrameChoice:
    """A photo with all that was found in it. Raises ``BadMedia`` as ``read_picture`` does, and when it is tiny."""
    image = _reduced(read_picture(path), MOST_SIDE)
    if min(image.shape[:2]) < LEAST_SIDE:
        raise BadMedia(f"{image.shape[1]} × {image.shape[0]} pixels, at least {LEAST_SIDE} each way are wanted")
    small = _reduced(image, LOOK_SIDE)
    grown = image.shape[1] / small.shape[1]
    picture = Box(0, 0, small.shape[1], small.shape[0])
    product = image_features.locate_product(small)
    lines = ocr.read_lines(small, [box for box in ocr.find_text(small) if captions.is_caption(box, picture)])
    texts = [
        replace(line, box=line.box.scaled(grown))
        for line in lines
        if captions.is_legible(line) and not (product and line.box.covered_by(product) >= PRINTED)
    ]
    return FrameChoice(
        frame=Frame(MediaTime.from_seconds(0), image),
        score=1.0,
        scores={},
        faces=tuple(_scaled(face, grown) for face in significant(find_faces(small))),
        product=product.scaled(grown) if product else None,
        texts=tuple(texts),
    )


def _reduced(image: np.ndarray, side: int) -> np.ndarray:
    scale = side / max(image.shape[:2])
    if scale >= 1:
        return image
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _scaled(face: Face, factor: float) -> Face:
    points = {
        name: tuple(factor * value for value in getattr(face, name)) for name in ("right_eye", "left_eye", "mouth")
    }
    return replace(face, box=face.box.scaled(factor), head=face.head.scaled(factor), **points)
