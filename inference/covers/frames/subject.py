"""What comes and goes before a fixed camera.

The median of a shot's frames is its empty stage. What a frame holds beyond it is whole inside the
picture, or cut off by its border; and where the stage has more to show, something is missing. A
moving camera has no stage, and then there is nothing to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

WIDTH = 160
STAGE_FRAMES = 48
"""Frames that the median is taken over, spread over the shot: more do not change it."""

MIN_FRAMES = 8
"""A median of fewer frames still holds what moved."""

OBJECT_LEVELS = 24
INTRUDER_LEVELS = 12
"""Levels, of 255, by which a colour differs from the stage: an object; a shadow, or a thing out of focus."""

SHADOW_SPREAD = 0.05
"""A shadow dims all three channels alike; their ratios to the stage differ by less than this."""

SHADOW_DEPTH = 0.35
"""Share of its light that the darkest shadow leaves a place; what is darker is a dark object."""

MIN_OBJECT = 0.003
"""Share of the picture; less is noise."""

MAX_MOVING, MAX_SHIFTING = 0.2, 0.3
"""Median share of the picture, and of its border strip, that differs: beyond these the camera moves."""

BORDER = 0.06
"""Width of the border strip, as a share of the picture's short side."""


@dataclass(frozen=True)
class Subject:
    """Shares of the picture, 0 to 1: objects wholly inside, objects cut off by the border, and objects
    of the empty stage that are gone; ``intruding`` is the share of the border strip that differs."""

    whole: float
    cut: float
    missing: float
    intruding: float


def find_subjects(images: Iterable[np.ndarray]) -> list[Subject] | None:
    """Compare the frames of one shot (RGB, uint8, one size) with their median; None if the camera moves."""
    small = [_shrink(image) for image in images]
    if len(small) < MIN_FRAMES:
        return None
    spread = np.linspace(0, len(small) - 1, min(len(small), STAGE_FRAMES)).round().astype(int)
    stage = np.median(np.stack([small[i] for i in spread]), axis=0).astype(np.float32)
    detail = _detail(stage)
    compared = [_compare(frame, stage) for frame in small]
    subjects = [
        _describe(objects, intruders, _detail(frame) > detail)
        for frame, (objects, intruders) in zip(small, compared, strict=True)
    ]
    moving = np.median([objects.mean() for objects, _ in compared]) > MAX_MOVING
    shifting = np.median([subject.intruding for subject in subjects]) > MAX_SHIFTING
    return None if moving or shifting else subjects


def _shrink(image: np.ndarray) -> np.ndarray:
    """Three planes, uint8, shape (3, height, 160)."""
    height = max(1, round(image.shape[0] * WIDTH / image.shape[1]))
    small = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(cv2.GaussianBlur(small, (0, 0), 1).transpose(2, 0, 1))


def _detail(picture: np.ndarray) -> np.ndarray:
    """Strength of edges around each pixel."""
    luma = picture.mean(axis=0, dtype=np.float32)
    edges = cv2.magnitude(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    return cv2.blur(edges, (5, 5))


def _compare(frame: np.ndarray, stage: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks of objects and of anything that differs, after undoing a change of exposure."""
    offset = 8  # keeps ratios of dark pixels from exploding
    ratio = (frame.astype(np.float32) + offset) / (stage + offset)
    ratio = ratio / np.median(ratio, axis=(1, 2), keepdims=True)
    difference = (np.abs(ratio - 1) * (stage + offset)).max(axis=0)
    darkest, lightest = ratio.min(axis=0), ratio.max(axis=0)
    shadow = (lightest - darkest < SHADOW_SPREAD) & (lightest < 1) & (darkest > SHADOW_DEPTH)
    objects = ((difference > OBJECT_LEVELS) & ~shadow).astype(np.uint8)
    objects = cv2.morphologyEx(objects, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    objects = cv2.morphologyEx(objects, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    return objects, difference > INTRUDER_LEVELS


def _describe(objects: np.ndarray, intruders: np.ndarray, richer: np.ndarray) -> Subject:
    height, width = objects.shape
    count, labels, found, _ = cv2.connectedComponentsWithStats(objects)
    whole = cut = missing = 0.0
    for label in range(1, count):
        left, top, across, down, pixels = found[label].tolist()
        share = pixels / objects.size
        if share < MIN_OBJECT:
            continue
        if left <= 1 or top <= 1 or left + across >= width - 1 or top + down >= height - 1:
            cut += share
        elif richer[labels == label].mean() > 0.5:
            whole += share
        else:
            missing += share
    strip = max(2, round(BORDER * min(height, width)))
    border = np.ones(objects.shape, bool)
    border[strip:-strip, strip:-strip] = False
    return Subject(whole, cut, missing, float(intruders[border].mean()))
