"""Whether an annotation can be believed: is it possible as a layout, and does a second reading agree with it.

Two scores and a verdict. Whatever is wrong is told in words, for a person will read them in the
review queue with the picture beside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, TextBlock
from training.corpora.layout_annotations.reread import Reading, reread
from training.corpora.layout_annotations.text_distance import character_error_rate

VERIFIED, NEEDS_REVIEW = "verified", "needs_review"

MOST_OVERLAP = 0.2
"""Of the smaller of two blocks; ink of two texts never shares more, but boxes are off by a few pixels."""

SMALLEST_SIDE = 4
"""Pixels; no letter can be read in less."""

SLACK = 1.0
"""Pixels by which rounding may carry a box over the edge."""

MOST_BLOCK_ERROR = 0.2
"""Character error rate of one block: a sign of five; a rendered poster's truth reads again below 0.15."""

MOST_ERROR = 0.1
"""Character error rate of the whole picture, where the two readings of short blocks average out."""

LONGEST_QUOTE = 40


@dataclass(frozen=True)
class Verification:
    """``layout_score`` is the share of boxes that nothing is wrong with, 0 to 1.

    ``ocr_error`` is the character error rate of the second reading against the annotation, all blocks
    together and overlooked lines included; ``block_errors`` that of each block. ``status`` is
    ``VERIFIED`` or ``NEEDS_REVIEW``, and ``problems`` say why.
    """

    ocr_error: float
    block_errors: tuple[float, ...]
    layout_score: float
    status: str
    problems: tuple[str, ...]


def verify(annotation: Annotation, image: np.ndarray) -> Verification:
    """Hold an annotation against its RGB picture (height × width × 3, uint8)."""
    return judge(annotation, reread(image, annotation))


def judge(annotation: Annotation, reading: Reading) -> Verification:
    """The verdict on an annotation, given what a second reading found in its picture."""
    faults = list(_find_faults(annotation))
    boxes = len(_named_boxes(annotation))
    faulty = {place for places, _ in faults for place in places}
    texts = [block.text for block in annotation.blocks]
    errors = tuple(character_error_rate(text, read) for text, read in zip(texts, reading.texts, strict=True))
    overlooked = [line.text for line in reading.overlooked]
    total = character_error_rate("".join(texts), "".join([*reading.texts, *overlooked]))
    problems = [words for _, words in faults]
    problems += _tell_disagreements(annotation.blocks, reading.texts, errors)
    problems += [f"{_quote(text)} is in no block" for text in overlooked]
    if total > MOST_ERROR and not problems:
        problems.append(f"the second reading differs in {total:.0%} of all characters")
    return Verification(
        ocr_error=total,
        block_errors=errors,
        layout_score=1 - len(faulty) / boxes if boxes else 1.0,
        status=NEEDS_REVIEW if problems else VERIFIED,
        problems=tuple(problems),
    )


def _find_faults(annotation: Annotation) -> Iterator[tuple[tuple[int, ...], str]]:
    """What no layout can be: the places of the boxes concerned, blocks first, and words."""
    canvas = Box(0, 0, annotation.width, annotation.height)
    for place, (name, box) in enumerate(_named_boxes(annotation)):
        if min(box.width, box.height) < SMALLEST_SIDE:
            yield (
                (place,),
                f"the box of {name} is {box.width:.0f} × {box.height:.0f} pixels, too small to show anything",
            )
        elif box.grown(-SLACK, -SLACK, -SLACK, -SLACK).covered_by(canvas) < 1:
            yield (place,), f"the box of {name} reaches beyond the picture"
    for place, block in enumerate(annotation.blocks):
        if not block.text.strip():
            yield (place,), f"block {place + 1} has no text"
    for (one, first), (other, second) in combinations(enumerate(annotation.blocks), 2):
        smaller = min(first.box, second.box, key=lambda box: box.area)
        common = first.box.intersection(second.box).area
        if common > MOST_OVERLAP * smaller.area:
            yield (one, other), f"{_quote(first.text)} and {_quote(second.text)} lie on each other"


def _named_boxes(annotation: Annotation) -> list[tuple[str, Box]]:
    rest = {"a face": annotation.faces, "a product": annotation.products, "an underlay": annotation.underlays}
    named = [(_quote(block.text), block.box) for block in annotation.blocks]
    return named + [(name, box) for name, boxes in rest.items() for box in boxes]


def _tell_disagreements(blocks: Sequence[TextBlock], readings: Sequence[str], errors: Sequence[float]) -> Iterator[str]:
    for block, read, error in zip(blocks, readings, errors, strict=True):
        if error <= MOST_BLOCK_ERROR or not block.text.strip():
            continue
        told = f"reads {_quote(read)} the second time" if read.strip() else "lies where nothing can be read"
        yield f"{_quote(block.text)} {told}"


def _quote(text: str) -> str:
    short = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return f"“{short}”"
