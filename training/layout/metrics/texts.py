"""What becomes of the texts that a layout was given: placed, large enough, readable.

The eight metrics of PosterLayout do not know what was to be placed. A layout that drops texts or
shrinks them covers less, overlaps less and stands on calmer ground; here that costs. Every score is
over the given texts, and a text that is missing scores worst.
"""

import numpy as np

from inference.covers.picture import typography
from inference.covers.picture.legibility import READABLE_CONTRAST, measure_contrast
from inference.media.geometry import Box
from inference.models.layout import Annotation, TextBlock, readable_size
from training.layout.lettering import paint, set_in_box
from training.layout.metrics.elements import NOT_MEASURED, Measured

LEAST_INK = 0.85
"""Height of a line's ink in em, at least, so that a box this high may hold a readable line."""

ON_CANVAS = 0.99
"""Share of a box that must lie on the canvas: boxes are rounded."""

DRAWABLE = 4
"""Pixels an em from which letters can be told from specks: contrast of smaller ones is not looked for."""

NO_CONTRAST = 1.0
"""WCAG ratio of what cannot be seen."""


def measure(layout: Annotation, brief: Annotation, image: np.ndarray) -> dict[str, Measured]:
    """Scores of a layout of ``brief.blocks`` on its ground without lettering, RGB uint8; each with its weight.

    ``retention`` is the share of given texts that are placed, once, on the canvas and in a box large
    enough for readable letters; ``text_fits`` the share that the covers' own typography can set in
    their box at a readable size; ``contrast`` the mean WCAG ratio of ink to surround where it is
    worst, 1 to 21; ``readable_contrast`` the share of texts where that is at least 4.5.
    """
    if not brief.blocks:
        return dict.fromkeys(("retention", "text_fits", "contrast", "readable_contrast"), NOT_MEASURED)
    placed = match_texts(layout, brief)
    painted = paint(image, layout)
    contrasts = np.array([_contrast(block, layout, painted) for block in placed])
    found = {
        "retention": np.array([block is not None and _is_kept(block, layout) for block in placed]),
        "text_fits": np.array([block is not None and _fits(block, layout) for block in placed]),
        "contrast": contrasts,
        "readable_contrast": contrasts >= READABLE_CONTRAST,
    }
    return {name: (float(each.mean()), 1.0) for name, each in found.items()}


def match_texts(layout: Annotation, brief: Annotation) -> list[TextBlock | None]:
    """For each given text the block that shows it, of its role if there is one; each block shows one text."""
    left = list(layout.blocks)
    found: list[TextBlock | None] = []
    for given in brief.blocks:
        same = [block for block in left if block.text == given.text]
        shown = min(same, key=lambda block: block.role != given.role, default=None)
        found.append(shown)
        if shown is not None:
            left.remove(shown)
    return found


def _is_kept(block: TextBlock, layout: Annotation) -> bool:
    least = LEAST_INK * readable_size(block.role) * min(layout.width, layout.height)
    return min(block.box.width, block.box.height) >= least and _is_on_canvas(block, layout)


def _is_on_canvas(block: TextBlock, layout: Annotation) -> bool:
    return block.box.covered_by(Box(0, 0, layout.width, layout.height)) >= ON_CANVAS


def _fits(block: TextBlock, layout: Annotation) -> bool:
    size = _size(_set(block))
    return size >= readable_size(block.role) * min(layout.width, layout.height) and _is_on_canvas(block, layout)


def _contrast(block: TextBlock | None, layout: Annotation, painted: np.ndarray) -> float:
    lettering = _set(block) if block and _is_on_canvas(block, layout) else None
    if lettering is None or _size(lettering) < DRAWABLE:
        return NO_CONTRAST
    return measure_contrast(painted, lettering)


def _set(block: TextBlock) -> typography.TextBlock | None:
    try:
        return set_in_box(block)
    except ValueError:  # a letter without a glyph: it cannot be shown, so it neither fits nor reads
        return None


def _size(lettering: typography.TextBlock | None) -> float:
    return lettering.runs[0].size if lettering else 0.0
