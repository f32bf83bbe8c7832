"""What can be measured on one small frame, and between it and its neighbours.

Everything here takes frames scaled to about 320 pixels in width: sharpness and blocks depend on
the scale, so numbers compare only within one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

WHITE_LEVEL = 245
"""Luma, of 255, from which a pixel counts as white."""

BLOCK_SIDES = (8, 16, 32)
"""Pixels of the source: transform blocks and macroblocks of today's and yesterday's codecs."""

MIN_PERIOD = 3.0
"""Pixels. Narrower blocks melt together when the frame is scaled down."""

EDGE_ENERGY = 40.0**2
"""Squared Sobel response from which a pixel lies on an edge: ten levels from one pixel to the next."""

MIN_EDGES, NO_EDGES = 0.002, -2.0
"""Share of pixels on edges under which there is nothing to be sharp, and what is said then."""

SALIENCE_WIDTH, SALIENCE_HEIGHT_MIN = 64, 8
INNER_MARGINS = (0.15, 0.1)
"""Shares of width and height on each side that a cover's crop may lose."""

THUMBNAIL_WIDTH = 96
MOVED_LEVELS = 12
"""Luma levels by which a pixel of a thumbnail must differ to have changed; coding noise stays below."""

FADED_LEVELS = 20
FADED_SHARE = 0.4
"""A cross-fade changes at least this share of the picture by at least so many levels in a second. What moves
before a fixed camera changes less: on ten clips 0.12 took one clean frame in thirty-five for a mixture, this
none but two, and both saw every mixture alike."""

FADE_SPREAD = 0.15
"""In a cross-fade all pixels are mixed alike; their shares of the mix differ by no more than this from the median."""

FADE_RANGE = (0.12, 0.88)
"""Mixtures beyond these are too pure to be seen."""

MIXED_RESIDUE, MIXED_SHARE = 0.3, 0.5
"""Squared distance from the best mixture, over that from the nearer of its parts, below which a frame is one
where at least this share of the picture changes: noise and a bright picture that drowns a dark one spread the
shares of single pixels, and leave this distance small. Found 4 in 5 of the mixtures that spreads miss."""

SAME_SCENE = 0.9
"""Correlation of what was and what will be above which it only got lighter or darker: exposure, no cross-fade."""

WASHED_DETAIL = 0.95
"""A mixture has less detail than its parts, this share of theirs at most: each lies over the other's edges."""

FADE_REACH = 2
"""Frames either side that a frame may be a mixture of: half a second, at four frames a second."""


@dataclass(frozen=True)
class Quality:
    """Measures of one frame. Luma runs from 0 to 255.

    ``brightness`` is the mean luma, ``contrast`` its standard deviation, ``highlight`` its 99th
    percentile; ``white_share`` is 0 to 1; ``sharpness`` about -2.5 to -0.9; ``colourfulness`` about 0 to
    1.5; ``composition`` the share of salience off the picture's edges, 0 to 1; ``blockiness`` the step
    at block edges over the step elsewhere, about 1 without blocks.
    """

    brightness: float
    contrast: float
    highlight: float
    white_share: float
    sharpness: float
    colourfulness: float
    composition: float
    blockiness: float


def measure(image: np.ndarray, scale: float = 1.0) -> Quality:
    """Measure an RGB frame (height × width × 3, uint8) that was scaled by ``scale`` from its source."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return Quality(
        brightness=float(luma.mean()),
        contrast=float(luma.std()),
        highlight=float(np.percentile(luma, 99)),
        white_share=float((luma >= WHITE_LEVEL).mean()),
        sharpness=sharpness(luma),
        colourfulness=colourfulness(image),
        composition=composition(image),
        blockiness=blockiness(luma, scale),
    )


def sharpness(luma: np.ndarray) -> float:
    """log10 of Laplacian over gradient energy along edges: -0.9 crisp, -1.7 soft, below -2 blurred.

    A blurred edge changes brightness as much as a sharp one, only less abruptly; so neither light nor
    contrast nor the amount of detail matters, and a blurred background little. After Pech-Pacheco et
    al., 2000, *Diatom autofocusing*, whose variance of the Laplacian depends on all three.
    """
    pixels = luma.astype(np.float32)
    gradient = cv2.Sobel(pixels, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(pixels, cv2.CV_32F, 0, 1) ** 2
    edges = cv2.dilate((gradient > EDGE_ENERGY).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    if edges.mean() < MIN_EDGES:
        return NO_EDGES
    laplacian = cv2.Laplacian(pixels, cv2.CV_32F) ** 2
    return float(np.log10((laplacian[edges].mean() + 1) / (gradient[edges].mean() + 1)))


def colourfulness(image: np.ndarray) -> float:
    """Hasler and Süsstrunk, 2003, *Measuring colourfulness in natural images*, over 100: about 0 to 1.5."""
    red, green, blue = (image[:, :, channel].astype(np.float32) for channel in range(3))
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    offset = np.hypot(red_green.mean(), yellow_blue.mean())
    return float(spread + 0.3 * offset) / 100


def composition(image: np.ndarray) -> float:
    """Share of salience in the inner 70 by 80 percent of the picture, 0 to 1; about 0.56 where all is alike.

    Salience is the squared distance of a colour from the picture's median, after Achanta et al., 2009,
    *Frequency-tuned salient region detection*.
    """
    height = max(SALIENCE_HEIGHT_MIN, round(image.shape[0] * SALIENCE_WIDTH / image.shape[1]))
    small = cv2.resize(image, (SALIENCE_WIDTH, height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    salience = ((cv2.GaussianBlur(lab, (0, 0), 1) - np.median(lab, axis=(0, 1))) ** 2).sum(axis=2)
    left, top = round(INNER_MARGINS[0] * SALIENCE_WIDTH), round(INNER_MARGINS[1] * height)
    inner = salience[top : height - top, left : SALIENCE_WIDTH - left].sum()
    return float(inner / max(salience.sum(), 1e-6))


def blockiness(luma: np.ndarray, scale: float = 1.0) -> float:
    """The median step across block edges over the median step elsewhere, in the weaker of both directions.

    The largest over the block sizes of codecs, for a picture scaled by ``scale`` from its source.
    """
    pixels = luma.astype(np.float32)
    across = np.abs(np.diff(pixels, axis=1)).mean(axis=0)
    down = np.abs(np.diff(pixels, axis=0)).mean(axis=1)
    periods = [side * scale for side in BLOCK_SIDES if side * scale >= MIN_PERIOD]
    return max((min(_step_ratio(across, p), _step_ratio(down, p)) for p in periods), default=1.0)


def thumbnail(image: np.ndarray) -> np.ndarray:
    """Luma at 96 pixels in width, float32: what ``stillness`` and ``fade`` compare."""
    height = max(1, round(image.shape[0] * THUMBNAIL_WIDTH / image.shape[1]))
    small = cv2.resize(image, (THUMBNAIL_WIDTH, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)


def stillness(thumbnails: Sequence[np.ndarray], at: int) -> float:
    """Share of the picture that stays as it was or as it will be, 0 to 1.

    What differs from both neighbours is on the move, and likely blurred.
    """
    now = thumbnails[at]
    changes = [np.abs(now - thumbnails[i]) > MOVED_LEVELS for i in (at - 1, at + 1) if 0 <= i < len(thumbnails)]
    return 1.0 - float(np.logical_and.reduce(changes).mean()) if changes else 1.0


def fade(thumbnails: Sequence[np.ndarray], at: int) -> float:
    """How much a frame looks like a mixture of those before and after it, 0 to 1.

    The share of changing pixels that hold about the same mix of both neighbours: in a cross-fade
    most do; where things move, a pixel shows either the one or the other. Where the frame as a whole
    is nearly their mixture by least squares, what is left unexplained decides.
    """
    now, before = thumbnails[at], thumbnails[max(0, at - FADE_REACH) : at]
    after = thumbnails[at + 1 : at + 1 + FADE_REACH]
    pairs = [(was, will_be) for was in before for will_be in after]
    return max((max(_mixture(was, now, will_be), _blend(was, now, will_be)) for was, will_be in pairs), default=0.0)


def _step_ratio(steps: np.ndarray, period: float) -> float:
    edges = np.round(np.arange(period, len(steps), period)).astype(int)
    edges = edges[(edges >= 1) & (edges < len(steps))]
    elsewhere = np.delete(steps, np.concatenate([edges - 1, edges]))
    if len(edges) < 3 or not len(elsewhere):
        return 1.0
    at_edges = np.maximum(steps[edges - 1], steps[edges])  # scaling moves an edge by up to a pixel
    return float(np.median(at_edges) / max(np.median(elsewhere), 0.1))


def _mixture(before: np.ndarray, now: np.ndarray, after: np.ndarray) -> float:
    changed = np.abs(before - after) > FADED_LEVELS
    if changed.mean() < FADED_SHARE or _only_exposure(before[changed], after[changed]):
        return 0.0
    shares = (now[changed] - after[changed]) / (before[changed] - after[changed])
    middle = float(np.median(shares))
    if not FADE_RANGE[0] < middle < FADE_RANGE[1]:
        return 0.0
    parts = middle * _detail(before, changed) + (1 - middle) * _detail(after, changed)
    if _detail(now, changed) > WASHED_DETAIL * parts:
        return 0.0
    return float((np.abs(shares - middle) < FADE_SPREAD).mean())


def _blend(before: np.ndarray, now: np.ndarray, after: np.ndarray) -> float:
    """1 less the residue of the least-squares mixture, where that is small and the scene another; otherwise 0."""
    difference = after - before
    if (np.abs(difference) > FADED_LEVELS).mean() < MIXED_SHARE or _is_same_scene(before, after):
        return 0.0
    share = float(((now - before) * difference).sum() / (difference**2).sum())
    if not FADE_RANGE[0] < share < FADE_RANGE[1]:
        return 0.0
    parts = min(((now - before) ** 2).sum(), ((now - after) ** 2).sum())
    residue = float(((now - before - share * difference) ** 2).sum() / max(parts, 1.0))
    return 1 - residue if residue < MIXED_RESIDUE else 0.0


def _only_exposure(was: np.ndarray, will_be: np.ndarray) -> bool:
    """Whether pixels all changed by about as much, or by about the same factor."""
    lower, middle, upper = np.percentile(will_be - was, [25, 50, 75])
    if upper - lower < abs(middle) / 2:
        return True
    return _is_same_scene(was, will_be)


def _is_same_scene(was: np.ndarray, will_be: np.ndarray) -> bool:
    return min(was.std(), will_be.std()) > 1 and float(np.corrcoef(was.ravel(), will_be.ravel())[0, 1]) > SAME_SCENE


def _detail(thumbnail: np.ndarray, where: np.ndarray) -> float:
    """Mean energy of edges."""
    across, down = cv2.Sobel(thumbnail, cv2.CV_32F, 1, 0), cv2.Sobel(thumbnail, cv2.CV_32F, 0, 1)
    return float((across**2 + down**2)[where].mean())
