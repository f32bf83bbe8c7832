"""The frames of a loop as covers: framed like the still, under the still's own text, at the size of a moving cover.

What would spoil the cover on any of them is found while painting: text that cannot be read, a face or
the product that has moved under it. Painted frames are kept as the encoder wants them, 1.5 bytes a
pixel, and only those of the loop at hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from inference.covers.frames.judges import significant
from inference.covers.frames.select import FrameChoice
from inference.covers.motion.colour import to_yuv
from inference.covers.motion.loop import Loop
from inference.covers.motion.surroundings import JUDGED_PER_S, WIDTH, Surroundings, frames_on_grid
from inference.covers.picture.layout import Layout
from inference.covers.picture.legibility import READABLE_CONTRAST, measure_contrast
from inference.covers.picture.reflect import LARGE_PRODUCT, MOST_OF_FACE, MOST_OF_LARGE_PRODUCT, MOST_OF_PRODUCT
from inference.covers.picture.render import choose_text_layer
from inference.covers.picture.typography import TextBlock
from inference.media.geometry import Box
from inference.models.faces import find_faces

LONG_SIDE, SHORT_SIDE = 960, 720
"""Most pixels of a moving cover's sides: 720 × 960 at 3:4, which phones show without enlarging it much."""

AIMED_CONTRAST = 1.03 * READABLE_CONTRAST
"""What text must reach here, so that the encoder's losses leave it readable."""

PRODUCT_STAYS = 0.6
"""Share of the product seen on the still that must be seen at any time: a cover shows what it sells."""

PRODUCT_SLACK = 0.1
"""Share of the product by which what covers it may grow beyond the still's: it is followed, not found anew."""


class Flaw(Exception):
    """A frame that cannot be shown. ``number`` is its place in the surroundings; the message says why."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(reason)
        self.number = number


@dataclass(frozen=True)
class Measured:
    """The worst over all frames painted: contrast of text, and shares of a face and of the product under it."""

    contrast: float
    face_covered: float
    product_covered: float


def fit(layout: Layout) -> Layout:
    """The layout at the size of a moving cover: reduced, never enlarged, with even sides."""
    scale = min(1.0, LONG_SIDE / max(layout.width, layout.height), SHORT_SIDE / min(layout.width, layout.height))
    width, height = (2 * round(scale * side / 2) for side in (layout.width, layout.height))
    across, down = width / layout.width, height / layout.height

    def reduced(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
        return tuple(box.scaled(across, down) for box in boxes)

    return replace(
        layout,
        width=width,
        height=height,
        picture=layout.picture.scaled(across, down),
        blocks=tuple(_reduce(block, across, down) for block in layout.blocks),
        card=layout.card.scaled(across, down),
        cards=reduced(layout.cards),
        faces=reduced(layout.faces),
        heads=reduced(layout.heads),
        product=layout.product.scaled(across, down) if layout.product else None,
        texts=reduced(layout.texts),
    )


def _reduce(block: TextBlock, across: float, down: float) -> TextBlock:
    runs = tuple(replace(r, x=r.x * across, baseline=r.baseline * down, size=r.size * down) for r in block.runs)
    tag = block.tag.scaled(across, down) if block.tag else None
    return replace(block, runs=runs, box=block.box.scaled(across, down), tag=tag)


class Painter:
    """Paints frames of a video under one still's text, and remembers those of the loop it painted last."""

    def __init__(self, path: Path, choice: FrameChoice, layout: Layout, around: Surroundings) -> None:
        self.path, self.choice, self.layout, self.around = path, choice, layout, around
        self.small = fit(layout)
        self.text = choose_text_layer(choice, layout)
        self.painted: dict[int, np.ndarray] = {}
        self.measured: dict[int, Measured] = {}
        self.judged_every = max(1, round(around.rate / JUDGED_PER_S))

    def paint(self, loop: Loop) -> Measured:
        """Paint what the loop needs. Raises ``Flaw`` at the first frame that cannot be shown."""
        self.painted = {number: image for number, image in self.painted.items() if number in loop.needed}
        missing = [number for number in loop.needed if number not in self.painted]
        for number, image in self._decode(missing):
            self._paint_one(number, image)
        worst = [self.measured[number] for number in loop.needed]
        return Measured(
            min(one.contrast for one in worst),
            max(one.face_covered for one in worst),
            max(one.product_covered for one in worst),
        )

    def yuv(self, loop: Loop, number: int) -> np.ndarray:
        """A painted frame of the loop, mixed where it dissolves: planar 4:2:0, uint8, [1.5 × height, width]."""
        image = self.painted[number]
        if number not in loop.blended:
            return image
        other, share = loop.blended[number]
        return cv2.addWeighted(image, 1 - share, self.painted[other], share, 0)

    def _decode(self, numbers: list[int]) -> Iterator[tuple[int, np.ndarray]]:
        """Frames at full size: those to be judged first, so that a flaw is found before all others are painted."""
        judged = [number for number in numbers if number % self.judged_every == 0]
        for part in (judged, [number for number in numbers if number % self.judged_every]):
            origin, rate = self.choice.frame.time, self.around.rate
            offsets = [number - self.around.still for number in part]
            frames = frames_on_grid(self.path, origin, rate, offsets)
            yield from ((number, frame.image) for number, frame in zip(part, frames, strict=True))

    def _paint_one(self, number: int, image: np.ndarray) -> None:
        covered = self._cover_of_face(image) if number % self.judged_every == 0 else 0.0
        if covered > MOST_OF_FACE:
            raise Flaw(number, f"a face moves under the text, {covered:.0%} of it")
        buried = self._check_product(number)
        cover = self.text.over(image, self.layout)
        size = self.small.width, self.small.height
        cover = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
        contrast = min(measure_contrast(cover, block) for block in self.small.blocks)
        if contrast < AIMED_CONTRAST:
            raise Flaw(number, f"the text's contrast is {contrast:.2f} at this size, {AIMED_CONTRAST:.2f} is wanted")
        self.measured[number] = Measured(contrast, covered, buried)
        self.painted[number] = to_yuv(cover)

    def _cover_of_face(self, image: np.ndarray) -> float:
        """The largest share of a face under the text's card."""
        scale = min(1.0, WIDTH / image.shape[1])
        size = round(image.shape[1] * scale), round(image.shape[0] * scale)
        faces = find_faces(cv2.resize(image, size, interpolation=cv2.INTER_AREA), closely=False)
        boxes = [self._on_canvas(face.box.scaled(1 / scale)) for face in significant(faces)]
        return max((self.layout.covered(box) for box in boxes), default=0.0)

    def _check_product(self, number: int) -> float:
        """The share of the product under the text's card. Raises ``Flaw`` where it is too much, or it is gone."""
        if number not in self.around.product:
            return 0.0
        still, box = (self._on_canvas(self.around.product[n]) for n in (self.around.still, number))
        if box.intersection(self.layout.picture).area < PRODUCT_STAYS * still.intersection(self.layout.picture).area:
            raise Flaw(number, "the product leaves the picture")
        is_large = box.area > LARGE_PRODUCT * self.layout.width * self.layout.height
        limit = MOST_OF_LARGE_PRODUCT if is_large else MOST_OF_PRODUCT
        buried = self.layout.covered(box)
        if buried > max(limit, self.layout.covered(still) + PRODUCT_SLACK):
            raise Flaw(number, f"the product moves under the text, {buried:.0%} of it")
        return buried

    def _on_canvas(self, box: Box) -> Box:
        """Where a box of the frame, in its own pixels, falls; what lies beyond the picture included."""
        window, picture = self.layout.window, self.layout.picture
        across, down = picture.width / window.width, picture.height / window.height
        return box.moved(-window.left, -window.top).scaled(across, down).moved(picture.left, picture.top)
