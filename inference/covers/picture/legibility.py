"""How readable set text is, measured on a picture's pixels.

For each line the glyphs are rasterised again where the layout put them. The ink is the median
luminance inside the glyphs. The surround is every pixel in a ring around them, from beyond the
antialiased fringe to ``RING`` em: so a halo, scrim or card counts exactly as far as it was painted
(WCAG 2.2, understanding 1.4.3: a wide border around a letter is its background). The contrast of a
line is the worst decile of the ratios over the ring, that of a block its worst line.
"""

from dataclasses import replace

import cv2
import numpy as np

from inference.covers.picture import colour, typography
from inference.covers.picture.typography import Run, TextBlock
from inference.media.geometry import Box

READABLE_CONTRAST = 4.5
"""WCAG 2.2 success criterion 1.4.3, level AA, for text of any size."""

FRINGE, RING = 2, 0.08
"""Pixels of antialiasing that belong to neither ink nor surround; the surround's width in em."""

WORST_DECILE = 10

FULL = 250
"""Coverage of 255 from which a pixel is all ink."""

SAME_INK = 1.25
"""Contrast ratio below which two luminances pass for the same ink."""


def measure_contrast(image: np.ndarray, block: TextBlock) -> float:
    """WCAG ratio of a block's ink to its surround on an RGB uint8 image, 1 to 21."""
    return min(_contrast_of_run(image, block, run) for run in block.runs)


def measure_ink(image: np.ndarray, block: TextBlock) -> float:
    """Share of a block's ink that is there: of the pixels inside its glyphs, those of their median luminance.

    From 0 to 1, of the worst line.
    """
    return min(_ink_of_run(image, block, run) for run in block.runs)


def region_around(block: TextBlock, pad: float, shape: tuple[int, ...]) -> Box:
    """Whole pixels of an image of this shape around a block's runs."""
    boxes = [typography.ink_box(run, block.font, block.role) for run in block.runs]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    box = box.grown(*[pad + FRINGE] * 4).intersection(Box(0, 0, shape[1], shape[0]))
    return Box(int(box.left), int(box.top), int(-(-box.right // 1)), int(-(-box.bottom // 1)))


def _contrast_of_run(image: np.ndarray, block: TextBlock, run: Run) -> float:
    """Other lines of the block are neither ink nor surround."""
    width = max(2, round(RING * run.size))
    line = replace(block, runs=(run,))
    region = region_around(line, FRINGE + width, image.shape)
    mask = typography.rasterise(line, region)
    brightness = colour.luminance(_cut(image, region))
    ring = _spread(mask, FRINGE + width) & ~_spread(typography.rasterise(block, region), FRINGE)
    ratios = colour.contrast(np.median(brightness[_core(mask)]), brightness[ring])
    return float(np.percentile(ratios, WORST_DECILE))


def _ink_of_run(image: np.ndarray, block: TextBlock, run: Run) -> float:
    line = replace(block, runs=(run,))
    region = region_around(line, 0, image.shape)
    inside = colour.luminance(_cut(image, region))[_core(typography.rasterise(line, region))]
    return float(np.mean(colour.contrast(inside, np.median(inside)) < SAME_INK))


def _core(mask: np.ndarray) -> np.ndarray:
    """Pixels that are all ink; of glyphs too thin for any, those with most of it."""
    return mask >= min(FULL, int(mask.max()))


def _spread(mask: np.ndarray, radius: int) -> np.ndarray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(mask, kernel) > 0


def _cut(image: np.ndarray, region: Box) -> np.ndarray:
    left, top, right, bottom = region.as_list()
    return image[top:bottom, left:right]
