"""A moving cover judged anew, on the pictures that a viewer's player decodes."""

from itertools import pairwise

import cv2
import numpy as np

from inference.covers.motion.encode import MOST_BYTES, decode_mp4
from inference.covers.motion.loop import Loop
from inference.covers.motion.paint import Measured, Painter
from inference.covers.motion.surroundings import THUMBNAIL_WIDTH
from inference.covers.picture import reflect
from inference.covers.picture.layout import Layout
from inference.covers.picture.legibility import READABLE_CONTRAST, measure_contrast
from inference.covers.picture.reflect import MOST_OF_FACE, Check
from inference.covers.picture.render import render
from inference.covers.picture.style import Wording

LEFT_TO_STILL = {"glyphs_whole"}
"""Checks of a still that say nothing here: at this size and after encoding, thin strokes have no pixel of pure ink."""

LEAST_LIKENESS = 30.0
"""Peak signal-to-noise ratio in dB of the first picture to the still: below, losses can be seen beside it."""

MOST_JUMP = 2.5
"""A step from one picture to the next that is this many times the loop's usual largest is seen as a jump."""

USUAL_LARGEST = 90
"""Percentile of steps between pictures that stands for the largest that belong to the motion itself."""

SEEN_LEVELS, STILL_LEVELS = 3.0, 0.5
"""Levels of 255 (root mean square) that a step must reach to be seen as a jump, and a usual one as motion."""


def check(
    mp4: bytes, webp: bytes, painter: Painter, loop: Loop, measured: Measured, wording: Wording
) -> tuple[Check, ...]:
    """Every check of a moving cover, in a fixed order; its first picture passes those of a still as well.

    ``measured`` is what was found while painting: of faces and product no text may lie over them then.
    """
    small, seen = painter.small, _Seen(painter.small)
    for picture in decode_mp4(mp4):
        seen.see(picture)
    still = cv2.resize(
        render(painter.choice, painter.layout), (small.width, small.height), interpolation=cv2.INTER_AREA
    )
    jump, step = seen.jump(loop)
    return (
        *(one for one in reflect.check(seen.first, small, wording) if one.mandatory and one.name not in LEFT_TO_STILL),
        _at_least("starts_as_still", _psnr(seen.first, still), LEAST_LIKENESS, "dB between first picture and still"),
        _at_least("readable_throughout", min(seen.contrasts), READABLE_CONTRAST, "least contrast of text at any time"),
        _at_most("faces_uncovered_throughout", measured.face_covered, MOST_OF_FACE, "most of a face under text"),
        _at_most("seamless", jump, MOST_JUMP, "step at the seam over the largest usual step"),
        _at_most("mp4_small_enough", len(mp4), MOST_BYTES, "bytes of the MP4"),
        _at_most("webp_small_enough", len(webp), MOST_BYTES, "bytes of the WebP"),
        _at_least("moves", step, STILL_LEVELS, "levels by which pictures usually differ", mandatory=False),
    )


class _Seen:
    """What is kept of a moving cover's pictures while they are decoded."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.first: np.ndarray | None = None
        self.contrasts: list[float] = []
        self.thumbnails: list[np.ndarray] = []

    def see(self, picture: np.ndarray) -> None:
        if self.first is None:
            self.first = picture
        self.contrasts.append(min(measure_contrast(picture, block) for block in self.layout.blocks))
        height = round(THUMBNAIL_WIDTH * picture.shape[0] / picture.shape[1])
        small = cv2.resize(picture, (THUMBNAIL_WIDTH, height), interpolation=cv2.INTER_AREA)
        self.thumbnails.append(small.astype(np.float32))

    def jump(self, loop: Loop) -> tuple[float, float]:
        """The largest step at the seam, or where the loop closes, over the usual largest; and the median step."""
        pictures = [*self.thumbnails, self.thumbnails[0]]
        steps = np.array([np.sqrt(np.mean((a - b) ** 2)) for a, b in pairwise(pictures)])
        at_seam = [*seam_steps(loop), len(steps) - 1]
        usual = np.delete(steps, at_seam)
        largest = max(float(np.percentile(usual, USUAL_LARGEST)), SEEN_LEVELS)
        return float(steps[at_seam].max()) / largest, float(np.median(usual))


def seam_steps(loop: Loop) -> list[int]:
    """Which steps of the loop, counted from 0 as it is played, are not those of the video itself."""
    order = loop.order
    if loop.kind == "boomerang":
        turns = {loop.first, loop.end - 1}
        return [number for number, shown in enumerate(order) if shown in turns]
    jump = order.index(loop.end - 1)
    return [*range(jump - len(loop.blended), jump + 1)]


def _psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = float(np.mean((one.astype(np.float32) - other) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))


def _at_least(name: str, value: float, limit: float, what: str, mandatory: bool = True) -> Check:
    return _verdict(name, value >= limit, mandatory, value, limit, f"{what}: {value:.2f}, at least {limit:g}")


def _at_most(name: str, value: float, limit: float, what: str, mandatory: bool = True) -> Check:
    return _verdict(name, value <= limit, mandatory, value, limit, f"{what}: {value:.2f}, at most {limit:g}")


def _verdict(name: str, passed: bool, mandatory: bool, value: float, limit: float, reason: str) -> Check:
    return Check(name, passed, mandatory, round(value, 3), limit, reason + ("" if passed else " wanted"))
