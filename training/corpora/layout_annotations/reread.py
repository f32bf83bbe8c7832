"""A second reading of a picture, to hold an annotation against.

Every block is cut out and read by itself, at full resolution: lines are found anew in a picture that
holds nothing else. For a model's annotation that is an independent witness. The embedded annotator's
text comes from the same OCR model, so of its misread characters most are misread again and pass; what
is caught there are blocks cut or merged wrongly, boxes beside their text, and lines in a wrong order.
Only a person or another OCR model would catch the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.media.geometry import Box
from inference.models import ocr
from inference.models.layout import Annotation
from inference.models.ocr import TextLine
from training.corpora.layout_annotations.text_distance import comparable

MARGIN = 0.15
"""Of the shorter side, added around a block: boxes are tight around the ink and the recogniser wants some ground."""

PADDED = 0.5
"""Of its own height, by which the coarse detector's box may be too large on each side of a small line."""

MOST_COVERED = 0.75
"""Share of a line's box in blocks, grown by as much, from which on it counts as annotated; between two blocks
that the detector took for one line there is a gap."""

LARGEST_PRODUCT = 0.5
"""Share of the picture up to which a line on a product is taken for its print; a larger one is the ground of it all."""

SURE = 0.8
"""Confidence from which a line in no block is taken for text that was overlooked; below, texture reads as words."""

SHORTEST = 2
"""Characters of such a line: single ones are mostly marks and icons."""


@dataclass(frozen=True)
class Reading:
    """``texts`` is what each block's place says, in the blocks' order; ``overlooked`` are lines in no block."""

    texts: tuple[str, ...]
    overlooked: tuple[TextLine, ...]


def reread(image: np.ndarray, annotation: Annotation) -> Reading:
    """Read an annotated RGB picture (height × width × 3, uint8) again, block by block."""
    texts = tuple(_read_place(image, block.box) for block in annotation.blocks)
    return Reading(texts, tuple(_find_overlooked(image, annotation)))


def in_reading_order(lines: Sequence[TextLine]) -> list[TextLine]:
    """Rows from top to bottom, each from left to right; a line is in the row whose height holds its centre."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box.centre[1]):
        if rows and line.box.centre[1] < rows[-1][0].box.bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]


def _read_place(image: np.ndarray, box: Box) -> str:
    canvas = Box(0, 0, image.shape[1], image.shape[0])
    margin = MARGIN * min(box.width, box.height)
    place = box.grown(margin, margin, margin, margin).intersection(canvas)
    left, top, right, bottom = place.as_list()
    if right <= left or bottom <= top:
        return ""
    lines = ocr.read_text(image[top:bottom, left:right])
    # The detector overlooks a line that fills the picture; the recogniser alone reads it.
    lines = lines or ocr.read_lines(image, [place])
    return "".join(line.text for line in in_reading_order(lines))


def _find_overlooked(image: np.ndarray, annotation: Annotation) -> list[TextLine]:
    """Lines in no block. What is printed on a product belongs to the product."""
    largest = LARGEST_PRODUCT * annotation.width * annotation.height
    known = [block.box for block in annotation.blocks] + [box for box in annotation.products if box.area <= largest]
    lines = ocr.read_lines(image, [box for box in ocr.find_text(image) if not _is_known(box, known)])
    return in_reading_order([line for line in lines if line.score >= SURE and len(comparable(line.text)) >= SHORTEST])


def _is_known(line: Box, known: Sequence[Box]) -> bool:
    margin = PADDED * min(line.width, line.height)
    return sum(line.covered_by(box.grown(margin, margin, margin, margin)) for box in known) >= MOST_COVERED
