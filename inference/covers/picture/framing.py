"""Putting a frame on a canvas: every crop, and every crop over an extension, weighed at once.

A framing is a window of the frame and the place it takes on the canvas. A window of the canvas's
own shape fills it; a wider or taller one leaves a band, which the renderer fills with a blurred,
darkened extension of the picture and where a title stands well. Searching both together means a
head or product is cut only when no window of any shape keeps it.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.media.frame import Frame
from inference.media.geometry import Box

ZOOMS = np.linspace(1, 0.5, 14)
"""Window sizes tried, as shares of the largest window of a shape."""

PLACES, EDGES = 9, 9
"""Evenly spaced positions and edges tried along each axis, beside the edges of boxes."""

LEAST_SIDE = 0.5
"""Smallest width and height of a window that does not fill the canvas, as shares of the frame's."""

WINDOWS_KEPT, SAME_WINDOW = 6, 0.85
"""Windows handed on for text to be tried on, and the overlap (IoU) from which two count as one."""

CUT_HEAD, CUT_PRODUCT, CUT_TEXT = 1000.0, 400.0, 150.0
"""Cost of each whole head, product or burnt-in line lost by a cut: nothing else outweighs it."""

PRODUCT_TOLERANCE = 0.02
"""Share of a product's box that may be lost: boxes are no more exact than that."""

HEAD_SLACK, PRODUCT_SLACK, TEXT_SLACK = 0.04, 0.05, 0.012
"""Breathing room: around heads and products, shares of their height; around burnt-in text, of the frame's."""

TEXTS_ALIGNED = 4
"""Windows are aligned with the edges of so many burnt-in lines, the largest; all are weighed."""

LOST_FACE, LOST_INTEREST, KEPT_TEXT, KEPT_TEXT_AREA = 8.0, 1.0, 0.8, 4.0
BAND, WIDE_BAND, THIN_BAND, SPLIT_BAND, WANTED_BAND, BLUR = 1.0, 1.5, 0.4, 0.3, 0.25, 0.3
SMALL_PRODUCT, OFF_CENTRE, LOW_FACE = 0.8, 0.5, 0.5
"""Weights of costs that one trades for another, settled by looking at covers; see ``blocks``."""

THIN_BAND_SHARE = 0.14
"""A band narrower than this share of the canvas is a stripe, too thin for a title."""

WIDE_BAND_SHARE = 0.35
"""A band wider than this share is more than a title needs."""

GOOD_UPSCALE = 2.5
"""Enlargement beyond which interpolation looks soft."""

GOOD_PRODUCT_SHARE = 0.22
"""Share of the canvas a product should fill."""

FACE_LINE = 0.38
"""Height of a portrait's face within the picture, 0 top to 1 bottom: the upper third, roughly."""

SALIENCY_WIDTH = 96

CALM_DISTANCE = 10.0
"""Distance from the mean colour, in Lab, below which no place of a picture stands out."""


@dataclass(frozen=True)
class Framing:
    """``window`` in frame pixels is shown at ``picture`` in canvas pixels; the rest is extension."""

    window: Box
    picture: Box
    costs: dict[str, float]

    @property
    def cost(self) -> float:
        return sum(self.costs.values())

    @cached_property
    def scale(self) -> float:
        """Canvas pixels per frame pixel."""
        return self.picture.width / self.window.width

    def to_canvas(self, box: Box) -> Box:
        """A box of the frame, where it lies on the canvas; it may reach beyond the picture."""
        moved = box.moved(-self.window.left, -self.window.top).scaled(self.scale)
        return moved.moved(self.picture.left, self.picture.top)


def search_framings(
    choice: FrameChoice, width: int, height: int, interest: np.ndarray, room_wanted: bool = False
) -> list[Framing]:
    """Framings of a frame on a canvas of these pixels, best first; at least one.

    ``interest`` is ``measure_interest`` of the frame. Where ``room_wanted`` there are many words to set,
    and a band costs less.
    """
    windows = _windows(choice, width / height)
    costs = _weigh(choice, windows, width, height, interest)
    if room_wanted:
        costs["band"] = costs["band"] * WANTED_BAND
    framings = []
    for index in _distinct(windows, np.sum(list(costs.values()), axis=0)):
        window = Box(*(float(value) for value in windows[index]))
        own = {name: float(values[index]) for name, values in costs.items()}
        pictures = _pictures(window, width, height)
        framings += [
            Framing(window, picture, own | ({"band_split": SPLIT_BAND} if number == 1 and len(pictures) == 3 else {}))
            for number, picture in enumerate(pictures)
        ]
    return framings


def measure_interest(image: np.ndarray) -> np.ndarray:
    """How much each place of a picture draws the eye: float32, at most 96 wide, sums to 1.

    Frequency-tuned saliency (Achanta et al., CVPR 2009): distance from the mean colour in Lab,
    times a mild preference for the middle.
    """
    width = min(SALIENCY_WIDTH, image.shape[1])
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    distance = np.linalg.norm(lab - lab.mean((0, 1)), axis=2)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    interest = (distance**2 + CALM_DISTANCE**2) * np.exp(-(x**2 + y**2) / 2)
    return (interest / interest.sum()).astype(np.float32)


def _distinct(windows: np.ndarray, cost: np.ndarray) -> list[int]:
    """The cheapest windows that overlap each other by less than ``SAME_WINDOW``, cheapest first."""
    chosen: list[int] = []
    left = np.full(len(windows), True)
    while len(chosen) < WINDOWS_KEPT and left.any():
        chosen.append(int(np.where(left, cost, np.inf).argmin()))
        window = windows[chosen[-1]]
        width = np.minimum(windows[:, 2], window[2]) - np.maximum(windows[:, 0], window[0])
        height = np.minimum(windows[:, 3], window[3]) - np.maximum(windows[:, 1], window[1])
        common = width.clip(0) * height.clip(0)
        areas = (windows[:, 2] - windows[:, 0]) * (windows[:, 3] - windows[:, 1])
        left &= common < SAME_WINDOW * (areas + areas[chosen[-1]] - common)
    return chosen


def _windows(choice: FrameChoice, shape: float) -> np.ndarray:
    """Windows to weigh, as rows of left, top, right, bottom in frame pixels."""
    frame, boxes = choice.frame, _boxes(choice)
    across = [(box.left, box.right) for box in boxes]
    down = [(box.top, box.bottom) for box in boxes]
    filling = [_windows_of_shape(frame, shape, zoom, across, down) for zoom in ZOOMS]
    return np.concatenate([*filling, _windows_between_edges(frame, across, down)])


def _windows_of_shape(frame: Frame, shape: float, zoom: float, across: list, down: list) -> np.ndarray:
    """Windows of the canvas's own shape, which fill it."""
    width = zoom * min(frame.width, frame.height * shape)
    height = width / shape
    lefts, tops = _starts(frame.width, width, across), _starts(frame.height, height, down)
    left, top = (grid.ravel() for grid in np.meshgrid(lefts, tops))
    return np.stack([left, top, left + width, top + height], axis=1)


def _windows_between_edges(frame: Frame, across: list, down: list) -> np.ndarray:
    """Windows of any shape from one edge or grid line to another, at least ``LEAST_SIDE`` of the frame."""
    x = np.unique(np.r_[np.linspace(0, frame.width, EDGES), np.ravel(across)])
    y = np.unique(np.r_[np.linspace(0, frame.height, EDGES), np.ravel(down)])
    left, right = (grid.ravel() for grid in np.meshgrid(x, x))
    top, bottom = (grid.ravel() for grid in np.meshgrid(y, y))
    columns = np.stack([left, right], axis=1)[right - left >= LEAST_SIDE * frame.width]
    rows = np.stack([top, bottom], axis=1)[bottom - top >= LEAST_SIDE * frame.height]
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(len(columns)), np.arange(len(rows))))
    return np.stack([columns[column, 0], rows[row, 0], columns[column, 1], rows[row, 1]], axis=1)


def _starts(length: float, window: float, edges: list[tuple[float, float]]) -> np.ndarray:
    """Where a window may start along one axis: evenly spaced, and flush with either side of each box."""
    last = max(0.0, length - window)
    starts = set(np.linspace(0, last, PLACES if last >= 1 else 1))
    for low, high in edges:
        starts |= {start for start in (low, high, low - window, high - window) if 0 <= start <= last}
    return np.array(sorted(starts))


def _boxes(choice: FrameChoice) -> list[Box]:
    """What a window's edges are aligned with."""
    texts = sorted(padded_texts(choice), key=lambda box: -box.area)[:TEXTS_ALIGNED]
    product = [_pad(box, PRODUCT_SLACK * box.height, choice.frame) for box in (choice.product,) if box]
    return [*padded_heads(choice), *texts, *product]


def padded_heads(choice: FrameChoice) -> list[Box]:
    """Heads with breathing room, clipped to the frame: what lies beyond it is cut already."""
    return [_pad(face.head, HEAD_SLACK * face.head.height, choice.frame) for face in choice.faces]


def padded_texts(choice: FrameChoice) -> list[Box]:
    """Burnt-in lines with a little room, as detectors box them tightly."""
    return [_pad(line.box, TEXT_SLACK * choice.frame.height, choice.frame) for line in choice.texts]


def _pad(box: Box, pad: float, frame: Frame) -> Box:
    return box.grown(pad, pad, pad, pad).intersection(Box(0, 0, frame.width, frame.height))


def _weigh(
    choice: FrameChoice, windows: np.ndarray, width: int, height: int, interest: np.ndarray
) -> dict[str, np.ndarray]:
    """Every cost of every window, by name."""
    window_width, window_height = windows[:, 2] - windows[:, 0], windows[:, 3] - windows[:, 1]
    scale = np.minimum(width / window_width, height / window_height)
    band = 1 - scale**2 * window_width * window_height / (width * height)
    costs = {
        "band": BAND * band + WIDE_BAND * np.maximum(0, band - WIDE_BAND_SHARE),
        "thin_band": THIN_BAND * ((band > 1e-6) & (band < THIN_BAND_SHARE)),
        "enlargement": BLUR * np.maximum(0, scale - GOOD_UPSCALE),
        "interest_lost": LOST_INTEREST * (1 - _share_inside(interest, windows, choice.frame)),
    }
    costs |= _weigh_faces(choice, windows, window_width, window_height)
    costs |= _weigh_product(choice, windows, scale**2 / (width * height))
    costs |= _weigh_texts(choice, windows, scale**2 / (width * height))
    return costs


def _weigh_faces(choice: FrameChoice, windows: np.ndarray, width: np.ndarray, height: np.ndarray) -> dict:
    heads = padded_heads(choice)
    if not heads:
        return {}
    inside = np.stack([_inside(windows, head) for head in heads], axis=1)
    size = np.array([head.area for head in heads])
    weight = size / size.max()
    partly = (inside > 1e-3) & (inside < 1 - 1e-3)
    whole = np.where(inside >= 1 - 1e-3, weight, 0)
    centres = np.array([face.box.centre for face in choice.faces])
    x = (whole @ centres[:, 0]) / np.maximum(whole.sum(1), 1e-6)
    y = (whole @ centres[:, 1]) / np.maximum(whole.sum(1), 1e-6)
    seen = whole.sum(1) > 0
    return {
        "head_cut": CUT_HEAD * (partly * (1 - inside)).sum(1),
        "face_lost": LOST_FACE * (weight * (1 - inside)).sum(1),
        "face_off_centre": seen * OFF_CENTRE * np.abs((x - windows[:, 0]) / width - 0.5),
        "face_low": seen * LOW_FACE * np.abs((y - windows[:, 1]) / height - FACE_LINE),
    }


def _weigh_product(choice: FrameChoice, windows: np.ndarray, share_per_pixel: np.ndarray) -> dict:
    product = _pad(choice.product, 0, choice.frame) if choice.product else Box(0, 0, 0, 0)
    if not product.area:
        return {}
    lost = 1 - _inside(windows, product)
    share = product.area * share_per_pixel
    x, _ = product.centre
    off_centre = np.abs((x - windows[:, 0]) / (windows[:, 2] - windows[:, 0]) - 0.5)
    return {
        "product_cut": CUT_PRODUCT * np.where(lost > PRODUCT_TOLERANCE, lost, 0),
        "product_small": SMALL_PRODUCT * np.maximum(0, 1 - share / GOOD_PRODUCT_SHARE),
        "product_off_centre": OFF_CENTRE * off_centre,
    }


def _weigh_texts(choice: FrameChoice, windows: np.ndarray, share_per_pixel: np.ndarray) -> dict:
    cut, kept = np.zeros(len(windows)), np.zeros(len(windows))
    for box in padded_texts(choice):
        inside = _inside(windows, box)
        cut += np.where((inside > 1e-3) & (inside < 1 - 1e-3), np.minimum(inside, 1 - inside) + 0.1, 0)
        kept += np.where(inside >= 1 - 1e-3, KEPT_TEXT + KEPT_TEXT_AREA * box.area * share_per_pixel, 0)
    return {"text_cut": CUT_TEXT * cut, "text_kept": kept}


def _inside(windows: np.ndarray, box: Box) -> np.ndarray:
    """Share of a box that lies in each window, 0 to 1."""
    width = np.minimum(windows[:, 2], box.right) - np.maximum(windows[:, 0], box.left)
    height = np.minimum(windows[:, 3], box.bottom) - np.maximum(windows[:, 1], box.top)
    return width.clip(0) * height.clip(0) / max(box.area, 1e-6)


def _share_inside(interest: np.ndarray, windows: np.ndarray, frame: Frame) -> np.ndarray:
    """Share of the interest that lies in each window, by summed areas."""
    summed = np.pad(interest.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    factors = np.array([interest.shape[1] / frame.width, interest.shape[0] / frame.height] * 2)
    left, top, right, bottom = np.rint(windows * factors).astype(int).T
    return summed[bottom, right] - summed[top, right] - summed[bottom, left] + summed[top, left]


def _pictures(window: Box, width: int, height: int) -> list[Box]:
    """Where a window goes on the canvas: over all of it, at its top or bottom, or at a side or between two bands."""
    scale = min(width / window.width, height / window.height)
    across, down = window.width * scale, window.height * scale
    if down < height - 1:
        return [Box(0, 0, width, down), Box(0, height - down, width, height)]
    if across < width - 1:
        middle = (width - across) / 2
        return [Box(left, 0, left + across, height) for left in (0, middle, width - across)]
    return [Box(0, 0, width, height)]
