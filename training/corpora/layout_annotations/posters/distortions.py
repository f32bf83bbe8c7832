"""What happens to a poster between designer and dataset: compression, blur, another size, a skewed copy.

Strengths stay where a person still reads everything without effort. Where geometry changes, the same
warp is given to every block's ink, so that its box is exact afterwards too.
"""

import io
import math
from dataclasses import dataclass
from enum import StrEnum
from random import Random

import cv2
import numpy as np
from PIL import Image

from inference.media.geometry import Box


class Distortion(StrEnum):
    """What was done to the finished poster."""

    NONE = "none"
    JPEG = "jpeg"
    BLUR = "blur"
    SCALING = "scaling"
    SKEW = "skew"


JPEG_QUALITY = (35, 75)
BLUR_SIGMA = (0.5, 1.1)
"""In pixels of a canvas of ``BLUR_CANVAS``; larger canvases are blurred in proportion."""
BLUR_CANVAS = 1000
SCALES = (0.8, 1.35)
STRETCH = (0.96, 1.04)
SHEAR = (-0.035, 0.035)
TURN_DEG = (-1.8, 1.8)


@dataclass(frozen=True)
class Warp:
    """An affine map from the poster's pixels to the picture's, and the picture's size."""

    matrix: np.ndarray
    width: int
    height: int

    def picture(self, image: np.ndarray) -> np.ndarray:
        """An image carried over; what lies beyond its border repeats the border."""
        flags = cv2.INTER_AREA if self.matrix[0, 0] < 1 else cv2.INTER_CUBIC
        if self._is_scaling:
            return cv2.resize(image, (self.width, self.height), interpolation=flags)
        size = (self.width, self.height)
        return cv2.warpAffine(image, self.matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    def coverage(self, mask: np.ndarray, left: int, top: int) -> np.ndarray:
        """A mask with its corner at (left, top), carried over onto the picture's whole canvas."""
        moved = self.matrix.copy()
        moved[:, 2] += self.matrix[:, :2] @ (left, top)
        return cv2.warpAffine(mask, moved, (self.width, self.height), flags=cv2.INTER_LINEAR)

    def box(self, box: Box) -> Box:
        """The smallest upright box around a box carried over, within the picture."""
        corners = np.array([[x, y] for x in (box.left, box.right) for y in (box.top, box.bottom)], np.float64)
        x, y = self.matrix[:, :2] @ corners.T + self._edge_shift
        return Box(x.min(), y.min(), x.max(), y.max()).intersection(Box(0, 0, self.width, self.height))

    @property
    def _is_scaling(self) -> bool:
        return self.matrix[0, 1] == 0 and self.matrix[1, 0] == 0

    @property
    def _edge_shift(self) -> np.ndarray:
        """Translation for pixel edges; the matrix is for pixel centres, half a pixel further in."""
        half = np.array([[0.5], [0.5]])
        return self.matrix[:, 2:] + half - self.matrix[:, :2] @ half


def draw_warp(random: Random, distortion: Distortion, width: int, height: int) -> Warp | None:
    """The change of geometry that belongs to a distortion, if any."""
    if distortion is Distortion.SCALING:
        scale = random.uniform(*SCALES)
        wide, high = (round(side * scale * random.uniform(*STRETCH)) for side in (width, height))
        return _about_edges(np.diag([wide / width, high / height]), np.zeros(2), wide, high)
    if distortion is Distortion.SKEW:
        turn, shear = math.radians(random.uniform(*TURN_DEG)), random.uniform(*SHEAR)
        linear = np.array([[math.cos(turn), shear - math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        centre = np.array([width / 2, height / 2])
        return _about_edges(linear, centre - linear @ centre, width, height)
    return None


def degrade(random: Random, distortion: Distortion, image: np.ndarray) -> np.ndarray:
    """The same picture with its pixels made worse, as the distortion says."""
    if distortion is Distortion.JPEG:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", quality=random.randint(*JPEG_QUALITY))
        return np.asarray(Image.open(buffer))
    if distortion is Distortion.BLUR:
        sigma = random.uniform(*BLUR_SIGMA) * math.sqrt(image.shape[0] * image.shape[1]) / BLUR_CANVAS
        return cv2.GaussianBlur(image, (0, 0), sigma)
    return image


def _about_edges(linear: np.ndarray, shift: np.ndarray, width: int, height: int) -> Warp:
    """A warp given for pixel edges, as OpenCV wants it: for pixel centres."""
    half = np.array([0.5, 0.5])
    return Warp(np.column_stack([linear, shift + linear @ half - half]), width, height)
