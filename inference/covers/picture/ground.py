"""What lies under the words, wherever they are put: faces, burnt-in text, product, interest, platform badges.

Each is a map over the canvas in small cells, summed up from its corner, so that what any box covers
is told by four look-ups.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.picture.framing import Framing, padded_texts
from inference.media.geometry import Box

CELL, CELLS_OF_SHORT_SIDE = 10, 60
"""Canvas pixels per cell of the maps, and on small canvases at least so many cells along the short side."""

FACE_MARGIN = 0.14
"""Distance that text keeps from a face, as a share of the face's height."""

BUSY_GRADIENT = 60.0
"""Mean Sobel response (0 to 255 luma) at which a ground counts as too busy for text."""

LINES_AVOIDED = 3
"""Columns are laid beside so many burnt-in lines, the largest."""

UI_ZONES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "3:4": ((0.84, 0.015, 0.985, 0.09), (0.02, 0.935, 0.30, 0.985)),
    "1:1": ((0.85, 0.02, 0.98, 0.13),),
    "16:9": ((0.86, 0.87, 0.99, 0.98), (0.01, 0.87, 0.33, 0.98)),
}
"""Where feeds lay badges over a cover: left, top, right, bottom as shares of the canvas.

3:4: the video mark of a note at the top right, plays or likes at the bottom left of a profile's grid.
1:1: the video mark of a grid at the top right. 16:9: the length at the bottom right, plays and comments
at the bottom left. Platforms move them by a few percent from one
version to the next, so zones are a little larger than any badge. Other sizes are posters: they have none.
"""


@dataclass(frozen=True)
class Ground:
    """What text would cover: faces, burnt-in text, product, heads, interest, busyness and badges, in this order.

    ``covered`` holds their summed areas over the canvas's cells, [7, rows + 1, columns + 1],
    ``totals`` their sums, [7]. ``lines`` are the largest burnt-in lines. ``cell`` is in pixels.
    """

    width: int
    height: int
    cell: int
    picture: Box
    lines: list[Box]
    covered: np.ndarray
    totals: np.ndarray

    @property
    def cells(self) -> int:
        """Number of cells of the canvas."""
        return self.covered[0].size

    def under(self, left: float, right: float, tops: np.ndarray, height: float) -> np.ndarray:
        """Sums of the maps, in cells, under boxes that start at ``tops``: [7, len(tops)]."""
        x0, x1 = self._to_cells(np.array([left, right]), self.covered.shape[2] - 1)
        y0 = self._to_cells(tops, self.covered.shape[1] - 1)
        y1 = self._to_cells(tops + height, self.covered.shape[1] - 1)
        return self.covered[:, y1, x1] - self.covered[:, y0, x1] - self.covered[:, y1, x0] + self.covered[:, y0, x0]

    def _to_cells(self, pixels: np.ndarray, last: int) -> np.ndarray:
        return np.rint(pixels / self.cell).astype(int).clip(0, last)


def survey(
    choice: FrameChoice, framing: Framing, ratio: str, size: tuple[int, int], interest: np.ndarray, busy: np.ndarray
) -> Ground:
    """The ground of a frame as it is framed on a canvas of ``size`` (width, height) pixels.

    ``interest`` and ``busy`` are ``measure_interest`` and ``measure_busyness`` of the frame.
    """
    width, height = size
    cell = max(1, min(CELL, min(size) // CELLS_OF_SHORT_SIDE))
    shape = (height // cell, width // cell)
    pads = [FACE_MARGIN * face.box.height for face in choice.faces]
    faces = [face.box.grown(pad, pad, pad, pad) for face, pad in zip(choice.faces, pads, strict=True)]
    groups = (faces, padded_texts(choice), filter(None, [choice.product]), [face.head for face in choice.faces])
    boxes = [[framing.to_canvas(box).intersection(framing.picture) for box in group] for group in groups]
    maps = [_fill(shape, group, cell) for group in boxes]
    maps += [_project(image, choice, framing, shape, cell) for image in (interest, busy)]
    maps.append(_fill(shape, ui_zones(ratio, width, height), cell))
    stacked = np.stack(maps).astype(np.float64)
    summed = np.pad(stacked.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    lines = sorted((box for box in boxes[1] if box.area), key=lambda box: -box.area)[:LINES_AVOIDED]
    return Ground(width, height, cell, framing.picture, lines, summed, np.maximum(stacked.sum((1, 2)), 1e-9))


def ui_zones(ratio: str, width: int, height: int) -> list[Box]:
    """Where badges lie on a cover of this ratio, in canvas pixels."""
    return [Box(*zone).scaled(width, height) for zone in UI_ZONES.get(ratio, ())]


def measure_busyness(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Mean gradient around each place of the frame, 0 calm to 1 too busy for text; float32 of this shape."""
    small = cv2.cvtColor(cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    return (cv2.GaussianBlur(cv2.magnitude(across, down), (0, 0), 1.5) / BUSY_GRADIENT).clip(0, 1)


def _fill(shape: tuple[int, int], boxes: Iterable[Box], cell: int) -> np.ndarray:
    filled = np.zeros(shape, np.float32)
    for box in boxes:
        x0, x1 = int(box.left // cell), int(-(-box.right // cell))
        y0, y1 = int(box.top // cell), int(-(-box.bottom // cell))
        filled[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = box.area > 0
    return filled


def _project(image: np.ndarray, choice: FrameChoice, framing: Framing, shape: tuple[int, int], cell: int) -> np.ndarray:
    """A map of the frame as it falls on the canvas's cells; 0 beyond the picture."""
    per_cell = cell / framing.scale * image.shape[1] / choice.frame.width
    left = (framing.window.left - framing.picture.left / framing.scale) * image.shape[1] / choice.frame.width
    top = (framing.window.top - framing.picture.top / framing.scale) * image.shape[0] / choice.frame.height
    to_image = np.array([[per_cell, 0, left], [0, per_cell, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    projected = cv2.warpAffine(image, to_image, shape[::-1], flags=flags)
    return projected * _fill(shape, [framing.picture], cell)
