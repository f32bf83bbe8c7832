"""Judging a rendered cover anew, on its pixels: what was intended is compared with what is there.

Faces are looked for again on the finished picture, inks and surrounds are measured where the words
should be, and, when asked, the title is read back by OCR. A cover that fails a mandatory check must
not be shown. One whose title OCR does not read exactly is set again in another way first; it stays when
no other way helps, since people read better than OCR.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inference.covers.picture import reading, typography
from inference.covers.picture.layout import Layout
from inference.covers.picture.legibility import READABLE_CONTRAST, measure_contrast, measure_ink
from inference.covers.picture.style import Wording
from inference.media.geometry import Box
from inference.models.faces import find_faces

LEAST_INK = 0.95
"""Share of the glyphs' pixels that must be there; antialiasing and JPEG take the rest."""

LEAST_MARGIN = 0.04
"""Distance of any ink from the canvas's edge, as a share of its short side."""

MOST_OF_FACE, MOST_OF_TEXT = 0.01, 0.02
"""Share of a face, and of a burnt-in line, that words and their card may cover."""

MOST_OF_PRODUCT, MOST_OF_LARGE_PRODUCT, LARGE_PRODUCT = 0.25, 0.4, 0.4
"""Share of a product that words and their card may cover; more where it fills this share of the canvas or beyond."""

LEAST_WHOLE = 0.97
"""Share of a head, product or burnt-in line that must be inside the picture: boxes are no more exact."""

READ_BACK = "title_read_back"

SAME_FACE = 0.3
"""Overlap (IoU) from which two boxes are one face."""

GLYPHS_FOR_FACE = 0.9
"""A face found anew that lies under text by this share is what the detector makes of glyphs."""


@dataclass(frozen=True)
class Check:
    """One verdict. ``value`` is compared with ``limit``; ``reason`` says it in words."""

    name: str
    passed: bool
    mandatory: bool
    value: float
    limit: float
    reason: str


def check(image: np.ndarray, layout: Layout, wording: Wording, read_back: bool = False) -> list[Check]:
    """Every check of a rendered cover (RGB uint8 of the layout's size), in a fixed order.

    ``wording`` is what the cover was asked to say. ``read_back`` adds the title as read by OCR, 0.1 to
    0.3 s more. Raises ``ValueError`` for another size.
    """
    if image.shape != (layout.height, layout.width, 3):
        raise ValueError(f"the picture has shape {image.shape}, its layout is {layout.width} × {layout.height}")
    checks = [*_check_words(image, layout, wording), *_check_picture(layout), *_check_faces(image, layout)]
    return [*checks, check_reading(image, layout)] if read_back else checks


def _check_words(image: np.ndarray, layout: Layout, wording: Wording) -> Iterator[Check]:
    contrasts = {block.role: measure_contrast(image, block) for block in layout.blocks}
    role = min(contrasts, key=contrasts.__getitem__)
    yield _at_least("readable", contrasts[role], READABLE_CONTRAST, True, f"contrast of the {role} to its surround")
    inks = {block.role: measure_ink(image, block) for block in layout.blocks}
    role = min(inks, key=inks.__getitem__)
    yield _at_least("glyphs_whole", inks[role], LEAST_INK, True, f"share of the {role}'s ink that is there")
    margin = min(_distance_to_edge(block.outer, layout) for block in layout.blocks) / min(layout.width, layout.height)
    yield _at_least("inside_margins", margin, LEAST_MARGIN, True, "distance of text to the nearest edge")
    broken = _count_broken_words(layout)
    yield _at_most("words_whole", broken, 0, True, "lines of the title that begin or end inside a word")
    asked = typography.display_width(typography.clean(wording.title, layout.style.font))
    shown = typography.display_width(layout.wording.title) / asked
    yield _at_least("title_complete", shown, 1, False, "share of the title that is shown")


def _check_picture(layout: Layout) -> Iterator[Check]:
    whole = min((head.covered_by(layout.picture) for head in layout.heads), default=1.0)
    yield _at_least("heads_whole", whole, LEAST_WHOLE, True, "least share of a head inside the picture")
    whole = layout.product.covered_by(layout.picture) if layout.product else 1.0
    yield _at_least("product_whole", whole, LEAST_WHOLE, False, "share of the product inside the picture")
    whole = min((line.covered_by(layout.picture) for line in layout.texts), default=1.0)
    yield _at_least(
        "burnt_in_text_whole", whole, LEAST_WHOLE, True, "least share of a burnt-in line inside the picture"
    )
    covered = max((layout.covered(line) for line in layout.texts), default=0.0)
    yield _at_most("burnt_in_text_uncovered", covered, MOST_OF_TEXT, True, "share of a burnt-in line under text")
    covered = layout.covered(layout.product) if layout.product else 0.0
    is_large = layout.product and layout.product.area > LARGE_PRODUCT * layout.width * layout.height
    limit = MOST_OF_LARGE_PRODUCT if is_large else MOST_OF_PRODUCT
    yield _at_most("product_uncovered", covered, limit, True, "share of the product under text")


def _check_faces(image: np.ndarray, layout: Layout) -> Iterator[Check]:
    seen = [face.box for face in find_faces(image, closely=False)]  # small ones are known from the frame
    faces = [*layout.faces, *(face for face in seen if layout.covered(face) < GLYPHS_FOR_FACE)]
    covered = max((layout.covered(face) for face in faces), default=0.0)
    yield _at_most("faces_uncovered", covered, MOST_OF_FACE, True, "largest share of a face under text")
    again = [any(face.iou(other) > SAME_FACE for other in seen) for face in layout.faces]
    share = float(np.mean(again)) if again else 1.0
    yield _at_least("faces_seen_again", share, 1, False, "share of the frame's faces found on the cover")


def check_reading(image: np.ndarray, layout: Layout) -> Check:
    """Whether OCR reads the title back from the picture, every letter, digit and Chinese character of it."""
    read, wanted = reading.read_title(image, layout), reading.set_title(layout)
    passed = reading.bare(read) == reading.bare(wanted)
    alike = reading.similarity(read, wanted)
    reason = "OCR reads the title exactly" if passed else f"OCR reads “{read}” where “{wanted}” stands"
    return Check(
        READ_BACK,
        passed,
        False,
        round(alike, 3),
        1,
        f"{reason}: {alike:.2f}, at least 1" + ("" if passed else " wanted"),
    )


def _count_broken_words(layout: Layout) -> int:
    """Title lines that do not end where a word ends; characters that a break swallows do not count."""
    words = [reading.bare(unit.text) for unit in typography.split_units(layout.wording.title, layout.wording.names)]
    lines = [reading.bare(run.text) for run in layout.title.runs]
    ends = set(itertools.accumulate(len(word) for word in words))
    return sum(end not in ends for end in itertools.accumulate(len(line) for line in lines))


def _distance_to_edge(box: Box, layout: Layout) -> float:
    return min(box.left, box.top, layout.width - box.right, layout.height - box.bottom)


def _at_least(name: str, value: float, limit: float, mandatory: bool, what: str) -> Check:
    passed = value >= limit
    return Check(name, passed, mandatory, round(value, 3), limit, _say(what, value, "at least", limit, passed))


def _at_most(name: str, value: float, limit: float, mandatory: bool, what: str) -> Check:
    passed = value <= limit
    return Check(name, passed, mandatory, round(value, 3), limit, _say(what, value, "at most", limit, passed))


def _say(what: str, value: float, relation: str, limit: float, passed: bool) -> str:
    return f"{what}: {value:.2f}, {relation} {limit:g}" + ("" if passed else " wanted")
