"""How much room a text takes at the smallest size in which it can be read, told from its letters alone.

An estimate on the safe side, in the time of a blink and without a font: what sets the text decides.
"""

import math
import unicodedata

from inference.media.geometry import Box
from inference.models.layout import Annotation, TextBlock, readable_size

LEADING = 1.3
INK = 1.15
"""From one line to the next, and of a line's ink from ascender to descender, in em."""

MOST_LINES = 2
UNEVEN = 0.7
"""A text may be reckoned to break over two lines; of their width they fill so much, for words end where they end."""

LATIN_WIDTH = 0.66
"""Width of a letter in em, a bold face's mean; a Chinese character has 1."""


def with_room(block: TextBlock, layout: Annotation) -> Box:
    """The block's box, grown about its middle and within the canvas as far as its text needs."""
    em = readable_size(block.role) * min(layout.width, layout.height)
    length = em * measure(block.text)
    unbroken = em * max(map(measure, block.text.split()), default=0.0) if block.language == "en" else em
    left, right = _widened(block.box.left, block.box.right, max(unbroken, _width_of(length, MOST_LINES)), layout.width)
    lines = next((n for n in range(1, MOST_LINES) if _width_of(length, n) <= right - left), MOST_LINES)
    top, bottom = _widened(block.box.top, block.box.bottom, em * (LEADING * (lines - 1) + INK), layout.height)
    return Box(left, top, right, bottom)


def measure(text: str) -> float:
    """Length of a text in one line, in em."""
    return math.fsum(1.0 if unicodedata.east_asian_width(sign) in "WF" else LATIN_WIDTH for sign in text)


def _width_of(length: float, lines: int) -> float:
    return length if lines == 1 else length / (lines * UNEVEN)


def _widened(start: float, end: float, least: float, most: float) -> tuple[float, float]:
    """A span about its middle that is at least so long, within 0 to ``most``."""
    least = min(least, most)
    if end - start >= least:
        return start, end
    start = min(max(0.0, (start + end - least) / 2), most - least)
    return start, start + least
