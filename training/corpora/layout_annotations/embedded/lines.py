"""Lines of text as they were set: one font, one colour, one run of words, with a box around the ink.

What the OCR engine reads as one line may be several that stand in a row, and it reads bullets, ticks
and dividers along. The gaps in the ink tell them apart.
"""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np

from inference.media.geometry import Box
from inference.models.ocr import TextLine, read_lines, read_text
from training.corpora.layout_annotations.embedded import list_marks
from training.corpora.layout_annotations.embedded.ink import Ink, find_ink
from training.corpora.layout_annotations.embedded.line import Line, font_size, language_of
from training.corpora.layout_annotations.embedded.prices import names_price
from training.corpora.layout_annotations.embedded.window import thickness

LOOKED_FOR = 1280
"""Pixels of the long side at which lines are looked for: currency signs and first strokes are lost at 960."""

COLUMN_GAP, DIVIDED_GAP = {"zh": 1.3, "en": 1.25}, 1.15
"""Em of blank from which what follows is another line: more than a comma leaves, in Chinese of full width,
even where its ink was missed; less will do where a divider was read."""

DIVIDER_GAP, DIVIDER_WIDTH, DIVIDER_HEIGHT = 0.3, 0.16, 0.6
"""Em of blank on both sides of a divider at least, and of its stroke at most; its share of the line's height."""

MISREAD = str.maketrans("減凈涼況沖決湊廈櫥弾", "减净凉况冲决凑厦橱弹")
"""Forms that little sets apart from the simplified: blurred, these are taken for them."""

STROKE_ONE = re.compile(r"^[-–—](?=[\u4e00-\u9fff])")
"""A dash right before a Chinese character is the character 一."""

BARE_NUMBER = re.compile(r"^\s*\d[\d,.]*\s*$")
TWO_PRICES = re.compile(r"[$€£¥￥]\s*[\d,.]+\s+\D?\s?\d|[$€£¥￥]\s*[\d,.]+\s*[$€£¥￥]")
"""A price and, in the same row, the former one."""

LEAST_SCORE = 0.72
"""Confidence of the recogniser below which what it saw in a photo is taken for no text."""

MANY_LETTERS = 6
"""From which a text has more than two different ones: in fur, the recogniser reads AAAGAA."""

DIVIDERS = "|｜丨/·•"
DIVIDED = re.compile(rf"[{DIVIDERS}]|\s\s|[\u4e00-\u9fff]\s+[\u4e00-\u9fff\d]")
"""What the recogniser makes of a wide gap or a divider."""


def find_lines(image: np.ndarray) -> list[Line]:
    """Lines of an RGB picture (height × width × 3, uint8), from top to bottom."""
    lines = [line for read in read_text(image, LOOKED_FOR) for line in _lines_in(image, read) if _is_text(line)]
    return sorted(lines, key=lambda line: (line.box.top, line.box.left))


def _lines_in(image: np.ndarray, read: TextLine) -> list[Line]:
    read = _with_currency(image, read)
    ink = find_ink(image, read)
    pieces = _pieces(read, ink)
    if len(pieces) == 1:
        line = list_marks.without_bullet(_line(read, ink))
        return [list_marks.marked(image, line)] if line.text else []
    again = [replace(piece, text=found.text, score=found.score) for piece, found in _read_again(image, pieces)]
    written = [piece for piece in again if piece.text.strip(DIVIDERS)]
    lines = [list_marks.without_bullet(_line(piece, find_ink(image, piece))) for piece in written]
    return [list_marks.marked(image, line) for line in lines if line.text]


def _with_currency(image: np.ndarray, read: TextLine) -> TextLine:
    """A bare number read once more with what stands left of it: a small currency sign is often passed over."""
    if not BARE_NUMBER.match(read.text):
        return read
    em = thickness(read)
    (x0, y0), right, below, (x3, y3) = read.corners
    left = max(0.0, min(x0, x3) - em)
    wider = replace(
        read,
        box=Box(left, read.box.top, read.box.right, read.box.bottom),
        corners=((left, y0), right, below, (left, y3)),
    )
    (again,) = read_lines(image, [wider.box])
    return replace(wider, text=again.text, score=again.score) if names_price(again.text) else read


def _is_text(line: Line) -> bool:
    """Whether a reading is to be believed: one letter, or few over and over, are seen in photos and patterns."""
    letters = re.sub(r"\W", "", line.text)
    varied = len(set(letters)) > (2 if len(letters) >= MANY_LETTERS else 1)
    return line.score >= LEAST_SCORE and (varied or letters.isdecimal())


def _read_again(image: np.ndarray, pieces: list[TextLine]) -> list[tuple[TextLine, TextLine]]:
    return list(zip(pieces, read_lines(image, [piece.box for piece in pieces]), strict=True))


def _line(read: TextLine, ink: Ink) -> Line:
    text = STROKE_ONE.sub("一", read.text.strip().translate(MISREAD))
    return Line(text, ink.box, ink, font_size(text, ink.height), read.score)


def _pieces(read: TextLine, ink: Ink) -> list[TextLine]:
    """A line as it was read, cut at its columns' gaps and at dividers."""
    em = font_size(read.text, ink.height)
    gap = DIVIDED_GAP if DIVIDED.search(read.text) else COLUMN_GAP[language_of(read.text)]
    runs = ink.runs()
    groups: list[list[tuple[float, float]]] = [runs[:1]]
    for number, (left, right) in enumerate(runs[1:], start=1):
        before = left - runs[number - 1][1]
        after = runs[number + 1][0] - right if number + 1 < len(runs) else em
        alone = right - left < DIVIDER_WIDTH * em and min(before, after) > DIVIDER_GAP * em
        is_divider = alone and _is_tall(ink, left, right)
        if is_divider and before + after > 2.5 * DIVIDER_GAP * em:
            groups.append([])
        elif before > gap * em and groups[-1]:
            groups.append([(left, right)])
        else:
            groups[-1].append((left, right))
    if TWO_PRICES.search(read.text) and len(groups) == 1:
        groups = _at_widest_gap(runs)
    spans = [(group[0][0], group[-1][1]) for group in groups if group]
    return [read] if len(spans) < 2 else [_cut(read, left, right) for left, right in spans]


def _is_tall(ink: Ink, left: float, right: float) -> bool:
    """Whether a run of ink is as high as its line, as a divider is and a comma is not."""
    scale = ink.mask.shape[1] / ink.window.width
    first, last = round((left - ink.window.left) * scale), round((right - ink.window.left) * scale)
    rows = np.flatnonzero(ink.mask[:, first : last + 1].any(axis=1))
    return bool(len(rows)) and float(np.ptp(rows)) > DIVIDER_HEIGHT * ink.height * scale


def _at_widest_gap(runs: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    gaps = [right[0] - left[1] for left, right in pairwise(runs)]
    widest = 1 + int(np.argmax(gaps)) if gaps else len(runs)
    return [runs[:widest], runs[widest:]]


def _cut(read: TextLine, left: float, right: float) -> TextLine:
    """The part of a line between two x, with a margin as the detector would leave it."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = read.corners
    margin = 0.18 * (y3 - y0)
    left, right = max(left - margin, min(x0, x3)), min(right + margin, max(x1, x2))

    def upper(x: float) -> float:
        return y0 + (y1 - y0) * (x - x0) / max(x1 - x0, 1.0)

    def lower(x: float) -> float:
        return y3 + (y2 - y3) * (x - x3) / max(x2 - x3, 1.0)

    corners = ((left, upper(left)), (right, upper(right)), (right, lower(right)), (left, lower(left)))
    heights = [y for _, y in corners]
    return TextLine("", Box(left, min(heights), right, max(heights)), 0.0, corners)
