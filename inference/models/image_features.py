"""What a picture shows, as numbers: EfficientNet-Lite0, and where its object is.

The class activation map says roughly where the evidence for the picture's classes lies; GrabCut
turns that into the outline of the object.

Sources: Tan and Le, *EfficientNet*, 2019, arXiv:1905.11946; Zhou et al., *Learning Deep Features
for Discriminative Localization*, 2015, arXiv:1512.04150; Rother et al., *GrabCut*, 2004.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np
import torch

from inference.media.geometry import Box
from inference.models import shelf
from inference.models.efficientnet_lite import EfficientNetLite0, read_weights

SHELF_NAME = "efficientnet-lite0"
CLASSIFY_SIDE = 224
"""Pixels, the side it was trained at."""

LOCATE_SIDE = 448
"""Pixels. At 224 the activation map has 7 × 7 cells, too few to seed an outline."""

STRIDE = 32
CLASSES = 5
"""Classes whose maps are added, weighted by probability: a dress is also a gown and a jersey."""

MIN_CERTAINTY = 0.2
"""Sum of those probabilities below which the network has no idea what it sees."""

SURE, PROBABLE, POSSIBLE = 0.6, 0.3, 0.1
"""Shares of the map's peak above which a place is the object, probably is, or may be if its colours say so."""

OUTLINE_SIDE = 160
OUTLINE_ROUNDS = 3
MIN_AREA, MAX_AREA = 0.01, 0.9
"""Shares of the picture: an outline beyond these is noise, or everything."""


def features(images: Sequence[np.ndarray]) -> np.ndarray:
    """Unit vectors of RGB pictures, float32, shape (len(images), 1280); cosines tell likeness."""
    return look(images)[0]


def look(images: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """``features``, and how surely each picture shows one of a thousand things, 0 to 1, shape (len(images),).

    The latter is the probability of the likeliest classes together: an empty road is none of them.
    """
    if not images:
        return np.zeros((0, EfficientNetLite0.WIDTH), np.float32), np.zeros(0, np.float32)
    with _one_thread(), torch.inference_mode():
        network = _network()
        pooled = torch.cat([network.maps(_tensor(image, CLASSIFY_SIDE)).mean(dim=(2, 3)) for image in images])
        certainty = network.classifier(pooled).softmax(dim=1).topk(CLASSES).values.sum(dim=1)
        return torch.nn.functional.normalize(pooled, dim=1).numpy(), certainty.numpy()


def locate_product(image: np.ndarray) -> Box | None:
    """The box around the object an RGB picture is about, in its pixels; None when there is no telling."""
    activation = _activation(image)
    if activation is None:
        return None
    height, width = image.shape[:2]
    scale = OUTLINE_SIDE / max(height, width)
    outlined = _outline(image, activation, (round(width * scale), round(height * scale)))
    return None if outlined is None else outlined.scaled(1 / scale).intersection(Box(0, 0, width, height))


def _activation(image: np.ndarray) -> np.ndarray | None:
    """Where the evidence for the likeliest classes lies: float32, 14 × 14, 0 to 1."""
    with _one_thread(), torch.inference_mode():
        network = _network()
        chances = network(_tensor(image, CLASSIFY_SIDE))[0].softmax(dim=0)
        likeliest = chances.topk(CLASSES)
        if float(likeliest.values.sum()) < MIN_CERTAINTY:
            return None
        weights = likeliest.values @ network.classifier.weight[likeliest.indices]
        evidence = torch.einsum("c,chw->hw", weights, network.maps(_tensor(image, LOCATE_SIDE))[0]).clamp(min=0)
    return (evidence / evidence.max().clamp(min=1e-6)).numpy()


def _outline(image: np.ndarray, activation: np.ndarray, size: tuple[int, int]) -> Box | None:
    """The bounding box, at ``size`` (width, height), of what GrabCut grows from the activation map."""
    import cv2

    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    heat = cv2.resize(activation, size, interpolation=cv2.INTER_CUBIC)
    mask = np.full(heat.shape, cv2.GC_BGD, np.uint8)
    mask[heat > POSSIBLE] = cv2.GC_PR_BGD
    mask[heat > PROBABLE] = cv2.GC_PR_FGD
    mask[heat > SURE] = cv2.GC_FGD
    if not (mask == cv2.GC_FGD).any() or not (mask == cv2.GC_BGD).any():
        return None
    cv2.setRNGSeed(0)  # GrabCut starts from random clusters
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, mask, None, background, foreground, OUTLINE_ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    inside = cv2.morphologyEx(inside, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    return _bounds(inside)


def _bounds(inside: np.ndarray) -> Box | None:
    """The box around all parts at least a fifth as large as the largest; a product may be several bottles."""
    import cv2

    _, _, parts, _ = cv2.connectedComponentsWithStats(inside)
    areas = parts[1:, cv2.CC_STAT_AREA]
    if not len(areas):
        return None
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h, area in parts[1:].tolist() if area >= areas.max() / 5]
    whole = boxes[0]
    for box in boxes[1:]:
        whole = whole.union(box)
    return whole if areas.sum() > MIN_AREA * inside.size and whole.area < MAX_AREA * inside.size else None


def _tensor(image: np.ndarray, side: int) -> torch.Tensor:
    """The picture at the area of a square of this side, shape (1, 3, height, width), about -1 to 1."""
    import cv2

    height, width = image.shape[:2]
    scale = side / math.sqrt(height * width)
    size = [max(STRIDE, round(length * scale / STRIDE) * STRIDE) for length in (width, height)]
    resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return torch.from_numpy(resized).permute(2, 0, 1)[None].float().sub(127).div(128)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Two threads fight with whatever decodes or reads text beside them, and are no faster alone."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@cache
def _network() -> EfficientNetLite0:
    return read_weights(str(shelf.resolve(SHELF_NAME) / "efficientnet-lite0-57934424.pth"))
