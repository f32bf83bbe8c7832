"""A title read back from the finished picture by OCR, as somebody would who sees it for the first time.

Only the title's own region is read, which takes a tenth of what the whole picture does. Text is found and
read there first; lines that the finder runs together or misses are then read where they were set. A
title counts as read when every letter, digit and Chinese character comes back in order: width, case,
space and signs are not compared, since no reader tells a full-width comma from a half-width one.
"""

import unicodedata
from difflib import SequenceMatcher

import cv2
import numpy as np

from inference.covers.picture import typography
from inference.covers.picture.layout import Layout
from inference.media.geometry import Box
from inference.models.ocr import read_lines, read_text

MARGIN = 0.35
"""Ground that is read along with the title on every side, in em: recognisers fail on text that touches the edge."""

LEAST_EM = 36.0
"""Pixels per em that a title is enlarged to before it is read; PP-OCR works on lines of 48 pixels."""

SAME_ROW = 0.5
"""Two pieces whose middles lie within so many em of each other stand in one row."""


def read_title(image: np.ndarray, layout: Layout) -> str:
    """The title as OCR reads it on a finished cover (RGB uint8 of the layout's size), rows joined by spaces.

    Of the two readings, found and as set, the one that is nearer to what was set.
    """
    readings = []
    for read in (_read_found, _read_as_set):
        readings.append(read(image, layout))
        if bare(readings[-1]) == bare(set_title(layout)):
            break
    return max(readings, key=lambda text: similarity(text, set_title(layout)))


def set_title(layout: Layout) -> str:
    """The title as it was set, its lines joined by spaces."""
    return " ".join(run.text for run in layout.title.runs)


def similarity(read: str, wanted: str) -> float:
    """How much of two texts is alike, 0 to 1, by what ``bare`` leaves of them."""
    return SequenceMatcher(None, bare(read), bare(wanted), autojunk=False).ratio()


def bare(text: str) -> str:
    """Letters and digits alone, in one width and case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _read_found(image: np.ndarray, layout: Layout) -> str:
    em = _em(layout)
    region = layout.title.box.grown(*(4 * [MARGIN * em])).intersection(Box(0, 0, layout.width, layout.height))
    left, top, _, _ = region.as_list()
    part, grown = _cut(image, region, em)
    title = layout.title.box.moved(-left, -top).scaled(grown)
    lines = [line for line in read_text(part) if line.box.covered_by(title) > 0.5]
    rows: list[list] = []
    for line in sorted(lines, key=lambda line: line.box.centre[1]):
        if rows and line.box.centre[1] - rows[-1][-1].box.centre[1] < SAME_ROW * em * grown:
            rows[-1].append(line)
        else:
            rows.append([line])
    return " ".join(line.text for row in rows for line in sorted(row, key=lambda line: line.box.left))


def _read_as_set(image: np.ndarray, layout: Layout) -> str:
    canvas, read = Box(0, 0, layout.width, layout.height), []
    for run in layout.title.runs:
        ink = typography.ink_box(run, layout.title.font, "title")
        part, _ = _cut(image, ink.grown(*(4 * [MARGIN / 2 * run.size])).intersection(canvas), run.size)
        (line,) = read_lines(part, [Box(0, 0, part.shape[1], part.shape[0])])
        read.append(line.text)
    return " ".join(read)


def _cut(image: np.ndarray, region: Box, em: float) -> tuple[np.ndarray, float]:
    """A region of a picture and by how much it was enlarged."""
    left, top, right, bottom = region.as_list()
    part, grown = np.ascontiguousarray(image[top:bottom, left:right]), max(1.0, LEAST_EM / em)
    return (cv2.resize(part, None, fx=grown, fy=grown, interpolation=cv2.INTER_CUBIC) if grown > 1 else part), grown


def _em(layout: Layout) -> float:
    return max(run.size for run in layout.title.runs)
