"""Where everything goes: the frame on its canvas, the words on the frame, for one ratio and style.

Framings and text placements are weighed together, because a good crop leaves room for its title.
Every cost is kept by name in the layout, so that a cover's page can say why it looks as it does.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.picture.blocks import Column, Stack, prepare, stack_in
from inference.covers.picture.framing import Framing, measure_interest, padded_texts, search_framings
from inference.covers.picture.style import RATIOS, Style, Wording
from inference.covers.picture.typography import TextBlock
from inference.media.geometry import Box

MARGIN = 0.06
"""Distance of text from the canvas's edges, as a share of its short side."""

CARD_PADDING = 0.04
"""Space between text and the edge of its card, as a share of the short side."""

SIDE_COLUMN, LEAST_COLUMN = 0.5, 0.2
"""Share of the canvas that a column at one side takes, and the least that any takes."""

LINES_AVOIDED = 3
"""Columns are laid beside so many burnt-in lines, the largest."""

CELL = 10
"""Canvas pixels per cell of the maps on which placements are weighed."""

GRID_ROWS = 48
"""Text starts on one of so many rows."""

FACE_MARGIN = 0.14
"""Distance that text keeps from a face, as a share of the face's height."""

BUSY_GRADIENT = 60.0
"""Mean Sobel response (0 to 255 luma) at which a ground counts as too busy for text."""

COVERED, COVERED_AREA = 40.0, 400.0
"""Cost of any text over a face or burnt-in line, and more of it by the share of the canvas covered."""

PRODUCT_COVERED, PRODUCT_BURIED, HEAD_COVERED, INTEREST_COVERED, BUSY = 6.0, 10.0, 5.0, 3.0, 0.6
STRADDLING, SIDE, MISPLACED, MISPLACED_FREE, UNCENTRED = 1.4, 0.1, 1.5, 0.6, 1.0
"""Weights of costs that one trades for another, settled by looking at covers; see ``blocks``."""

_Found = tuple[Framing, Stack, float, dict[str, float]]


@dataclass(frozen=True)
class Layout:
    """A cover before it is painted; every box in canvas pixels.

    ``window`` (frame pixels) is shown at ``picture``; where that is not the whole canvas, the rest
    is an extension of the picture. ``faces``, ``heads``, ``product`` and ``texts`` (burnt-in lines)
    are those of the frame of which anything is visible; what reaches beyond ``picture`` is cut.
    ``card`` surrounds all text with its padding. ``wording`` is what is set: where the title did
    not fit, it was cut between words and ``shortened`` is true.
    """

    ratio: str
    width: int
    height: int
    style: Style
    wording: Wording
    window: Box
    picture: Box
    blocks: tuple[TextBlock, ...]
    card: Box
    faces: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    product: Box | None = None
    texts: tuple[Box, ...] = ()
    shortened: bool = False
    costs: dict[str, float] = field(default_factory=dict)

    @property
    def cost(self) -> float:
        return sum(self.costs.values())

    @property
    def title(self) -> TextBlock:
        return self.blocks[0]

    def block(self, role: str) -> TextBlock | None:
        return next((block for block in self.blocks if block.role == role), None)


def compose(choice: FrameChoice, wording: Wording, ratio: str, style: Style) -> Layout:
    """The cheapest layout of a frame and its words on the canvas of a ratio.

    Raises ``ValueError`` for a ratio not in ``RATIOS``, and for words that cannot be set: no
    readable character, a letter without a glyph, a first word or a price wider than a line.
    """
    if ratio not in RATIOS:
        raise ValueError(f"unknown ratio {ratio!r}, known are {', '.join(RATIOS)}")
    width, height = RATIOS[ratio]
    short = min(width, height)
    room = width - 2 * (MARGIN + CARD_PADDING) * short
    words, shortened = prepare(wording, style, room, short)
    found = _search(choice, words, style, width, height)
    if found is None:
        raise ValueError(f"the words do not fit on the {ratio} cover, the price {wording.price!r} least; shorten them")
    framing, stack, top, costs = found
    frame = Box(0, 0, choice.frame.width, choice.frame.height)

    def visible(boxes: Iterable[Box]) -> tuple[Box, ...]:
        mapped = (framing.to_canvas(box.intersection(frame)) for box in boxes)
        return tuple(box for box in mapped if box.intersection(framing.picture).area > 1)

    return Layout(
        ratio=ratio,
        width=width,
        height=height,
        style=style,
        wording=words,
        window=framing.window,
        picture=framing.picture,
        blocks=stack.moved_down(top),
        card=_card(stack.box.moved(0, top), short),
        faces=visible(face.box for face in choice.faces),
        heads=visible(face.head for face in choice.faces),
        product=next(iter(visible(filter(None, [choice.product]))), None),
        texts=visible(line.box for line in choice.texts),
        shortened=shortened,
        costs={name: round(cost, 4) for name, cost in costs.items() if round(cost, 4)},
    )


def _search(choice: FrameChoice, words: Wording, style: Style, width: int, height: int) -> _Found | None:
    """The cheapest framing, stack, top of the stack in pixels, and costs; None if nothing fits."""
    interest = measure_interest(choice.frame.image)
    busy = _measure_busyness(choice.frame.image, interest.shape)
    stacks_in = cache(lambda column: tuple(stack_in(column, words, style, min(width, height))))
    found, least = None, math.inf
    for framing in search_framings(choice, width, height, interest):
        if framing.cost >= least:
            break
        ground = _ground(choice, framing, width, height, interest, busy)
        for stack, top, costs in _place(ground, stacks_in, style):
            cost = framing.cost + sum(costs.values())
            if cost < least:
                found, least = (framing, stack, top, framing.costs | costs), cost
    return found


@dataclass(frozen=True)
class _Ground:
    """What text would cover: faces, burnt-in text, product, heads, interest and busyness, in this order.

    ``covered`` holds their summed areas over the canvas's cells, [6, rows + 1, columns + 1],
    ``totals`` their sums, [6]. ``lines`` are the largest burnt-in lines.
    """

    width: int
    height: int
    picture: Box
    lines: list[Box]
    covered: np.ndarray
    totals: np.ndarray

    def under(self, left: float, right: float, tops: np.ndarray, height: float) -> np.ndarray:
        """Sums of the six maps under boxes that start at ``tops``: [6, len(tops)]."""
        x0, x1 = _cells(np.array([left, right]), self.covered.shape[2] - 1)
        y0 = _cells(tops, self.covered.shape[1] - 1)
        y1 = _cells(tops + height, self.covered.shape[1] - 1)
        return self.covered[:, y1, x1] - self.covered[:, y0, x1] - self.covered[:, y1, x0] + self.covered[:, y0, x0]


def _cells(pixels: np.ndarray, last: int) -> np.ndarray:
    return np.rint(pixels / CELL).astype(int).clip(0, last)


def _ground(
    choice: FrameChoice, framing: Framing, width: int, height: int, interest: np.ndarray, busy: np.ndarray
) -> _Ground:
    shape = (height // CELL, width // CELL)
    pads = [FACE_MARGIN * face.box.height for face in choice.faces]
    faces = [face.box.grown(pad, pad, pad, pad) for face, pad in zip(choice.faces, pads, strict=True)]
    groups = (faces, padded_texts(choice), filter(None, [choice.product]), [face.head for face in choice.faces])
    boxes = [[framing.to_canvas(box).intersection(framing.picture) for box in group] for group in groups]
    maps = [_fill(shape, group) for group in boxes]
    maps += [_project(image, choice, framing, shape) for image in (interest, busy)]
    stacked = np.stack(maps).astype(np.float64)
    summed = np.pad(stacked.cumsum(1).cumsum(2), ((0, 0), (1, 0), (1, 0)))
    lines = sorted((box for box in boxes[1] if box.area), key=lambda box: -box.area)[:LINES_AVOIDED]
    return _Ground(width, height, framing.picture, lines, summed, np.maximum(stacked.sum((1, 2)), 1e-9))


def _fill(shape: tuple[int, int], boxes: list[Box]) -> np.ndarray:
    filled = np.zeros(shape, np.float32)
    for box in boxes:
        x0, x1 = int(box.left // CELL), int(-(-box.right // CELL))
        y0, y1 = int(box.top // CELL), int(-(-box.bottom // CELL))
        filled[y0:y1, x0:x1] = box.area > 0
    return filled


def _project(image: np.ndarray, choice: FrameChoice, framing: Framing, shape: tuple[int, int]) -> np.ndarray:
    """A map of the frame as it falls on the canvas's cells; 0 beyond the picture."""
    per_cell = CELL / framing.scale * image.shape[1] / choice.frame.width
    left = (framing.window.left - framing.picture.left / framing.scale) * image.shape[1] / choice.frame.width
    top = (framing.window.top - framing.picture.top / framing.scale) * image.shape[0] / choice.frame.height
    to_image = np.array([[per_cell, 0, left], [0, per_cell, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    projected = cv2.warpAffine(image, to_image, shape[::-1], flags=flags)
    return projected * _fill(shape, [framing.picture])


def _measure_busyness(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Mean gradient around each place of the frame, 0 calm to 1 too busy for text; float32."""
    small = cv2.cvtColor(cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    return (cv2.GaussianBlur(cv2.magnitude(across, down), (0, 0), 1.5) / BUSY_GRADIENT).clip(0, 1)


def _place(
    ground: _Ground, stacks_in: Callable[[Column], tuple[Stack, ...]], style: Style
) -> Iterator[tuple[Stack, float, dict[str, float]]]:
    """The best height of every stack in every column, with its costs."""
    short = min(ground.width, ground.height)
    margin = (MARGIN + CARD_PADDING * (style.underlay == "panel")) * short
    for column in _columns(ground, margin):
        for stack in stacks_in(column):
            last = ground.height - margin - stack.box.height
            if last < margin:
                continue
            tops = np.unique(
                np.r_[margin, last, np.linspace(margin, last, GRID_ROWS), _centred(ground, stack, margin, last)]
            )
            costs = _weigh(ground, stack, tops, margin, last, style)
            is_side = column.width < ground.width - 2 * margin - 1
            costs["side_column"] = np.full(len(tops), SIDE * is_side)
            index = int(sum(costs.values()).argmin())
            yield stack, float(tops[index]), stack.costs | {name: float(c[index]) for name, c in costs.items()}


def _columns(ground: _Ground, margin: float) -> list[Column]:
    """The whole width, either side, a band beside the picture, and what is free beside burnt-in lines."""
    side, end = ground.width * SIDE_COLUMN, ground.width - margin
    columns = [Column(margin, end), Column(margin, side), Column(ground.width - side, end)]
    columns += [Column(margin, ground.picture.left - margin / 2), Column(ground.picture.right + margin / 2, end)]
    gap = CARD_PADDING * min(ground.width, ground.height) + CELL
    for line in ground.lines:
        columns += [Column(margin, line.left - gap), Column(line.right + gap, end)]
    return [column for column in columns if column.width >= LEAST_COLUMN * ground.width]


def _centred(ground: _Ground, stack: Stack, margin: float, last: float) -> list[float]:
    """The top at which a stack stands centred in the band above or below the picture."""
    low, high = _band(ground)
    top = (low + high - stack.box.height) / 2
    return [top] if margin <= top <= last else []


def _band(ground: _Ground) -> tuple[float, float]:
    """From where to where the band above or below the picture reaches; of no height if there is none."""
    if ground.picture.top > 1:
        return 0, ground.picture.top
    return ground.picture.bottom, ground.height


def _weigh(ground: _Ground, stack: Stack, tops: np.ndarray, margin: float, last: float, style: Style) -> dict:
    short = min(ground.width, ground.height)
    padding = CARD_PADDING * short
    card = _card(stack.box, short)
    face, text, product, head, interest, busy = ground.under(card.left, card.right, tops - padding, card.height)
    share_of_product, share_of_heads = product / ground.totals[2], head / ground.totals[3]
    cells = ground.covered[0].size
    return {
        "face_covered": COVERED * (face > 0) + COVERED_AREA * face / cells,
        "text_covered": COVERED * (text > 0) + COVERED_AREA * text / cells,
        "product_covered": PRODUCT_COVERED * share_of_product + PRODUCT_BURIED * share_of_product**2,
        "head_covered": HEAD_COVERED * share_of_heads,
        "interest_covered": INTEREST_COVERED * interest / ground.totals[4],
        "busy_ground": BUSY * busy * CELL**2 / card.area,
        "straddling": STRADDLING * _straddles(ground.picture, stack.box, tops),
        "misplaced": _weigh_place(ground, stack, tops, margin, last, style),
    }


def _straddles(picture: Box, box: Box, tops: np.ndarray) -> np.ndarray:
    """How evenly text is torn between the picture and its extension: 0 on one of them, 1 half and half."""
    across = max(0.0, min(box.right, picture.right) - max(box.left, picture.left)) / box.width
    down = (np.minimum(tops + box.height, picture.bottom) - np.maximum(tops, picture.top)).clip(0) / box.height
    inside = across * down
    return 2 * np.minimum(inside, 1 - inside)


def _weigh_place(
    ground: _Ground, stack: Stack, tops: np.ndarray, margin: float, last: float, style: Style
) -> np.ndarray:
    """Distance from where the style wants the text; in a band, from the band's middle as well."""
    anchors = {"top": [margin], "middle": [(margin + last) / 2], "bottom": [last]}
    wanted = anchors.get(style.placement) or [margin, (margin + last) / 2, last]
    weight = MISPLACED_FREE if style.placement == "free" else MISPLACED
    away = np.min([np.abs(tops - anchor) for anchor in wanted], axis=0) / ground.height
    low, high = _band(ground)
    is_in_band = (tops >= low) & (tops + stack.box.height <= high)
    off_middle = np.abs(tops + stack.box.height / 2 - (low + high) / 2) / ground.height
    is_wanted = {"top": low == 0, "bottom": low > 0, "middle": False}.get(style.placement, True)
    in_band = UNCENTRED * off_middle + (0 if is_wanted else weight * away)
    return np.where(is_in_band, in_band, weight * away)


def _card(box: Box, short_side: float) -> Box:
    return box.grown(*[CARD_PADDING * short_side] * 4)
