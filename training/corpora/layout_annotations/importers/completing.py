"""Known boxes and what an annotator reads in the picture, made one annotation.

The file says where things are, for people drew its boxes; what it leaves out is read. Text that the
annotator sees outside every known box is on the product or the scenery, and is left out.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Role, TextBlock
from training.corpora.layout_annotations.annotation import Annotator
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox

INSIDE = 0.5
"""Share of a block's box in a known one, from which on it belongs there."""

MARGIN = 0.2
"""Of the shorter side, shown around a known box that is looked at by itself."""


def complete(image: np.ndarray, known: Known, annotator: Annotator) -> tuple[Annotation, tuple[str, ...]]:
    """The annotation of an RGB picture (height × width × 3, uint8), and what is left for a person, in words."""
    seen = annotator.annotate(image)
    boxes, problems = _on_canvas(known, seen.width, seen.height)
    blocks = []
    for each in boxes:
        if each.kind not in (Kind.TEXT, Kind.LOGO):
            continue
        block = _block(each, _within(seen.blocks, each.box) or _look_closely(image, each.box, annotator))
        if block:
            blocks.append(block)
        elif each.kind == Kind.TEXT:
            problems.append(f"nothing can be read in the text box {each.box.as_list()}")
    given = {kind: tuple(each.box for each in boxes if each.kind == kind) for kind in Kind}
    return replace(
        seen,
        blocks=tuple(blocks),
        faces=given[Kind.FACE] or seen.faces,
        products=given[Kind.PRODUCT] or seen.products,
        underlays=given[Kind.UNDERLAY],
    ), tuple(problems)


def _on_canvas(known: Known, width: int, height: int) -> tuple[list[KnownBox], list[str]]:
    """Boxes scaled to the picture as it is and cut at its edges, from top to bottom; those beside it as problems."""
    across, down = known.size or (width, height)
    canvas, boxes, problems = Box(0, 0, width, height), [], []
    for each in known.boxes:
        box = each.box.scaled(width / across, height / down).intersection(canvas)
        if box.area > 0:
            boxes.append(replace(each, box=box))
        else:
            problems.append(f"the {each.kind} box {each.box.as_list()} lies outside the picture")
    return sorted(boxes, key=lambda each: (each.box.top, each.box.left)), problems


def _within(blocks: Sequence[TextBlock], box: Box) -> list[TextBlock]:
    return [block for block in blocks if block.box.covered_by(box) >= INSIDE]


def _look_closely(image: np.ndarray, box: Box, annotator: Annotator) -> list[TextBlock]:
    """What the annotator sees when it is shown nothing but a known box."""
    margin = MARGIN * min(box.width, box.height)
    place = box.grown(margin, margin, margin, margin).intersection(Box(0, 0, image.shape[1], image.shape[0]))
    left, top, right, bottom = place.as_list()
    seen = annotator.annotate(np.ascontiguousarray(image[top : bottom + 1, left : right + 1]))
    return _within([replace(block, box=block.box.moved(left, top)) for block in seen.blocks], box)


def _block(known: KnownBox, read: Sequence[TextBlock]) -> TextBlock | None:
    """The block of a known box: told by the file, else read; the largest writing decides role and colour."""
    if known.text and known.role and known.language and known.colour:
        return TextBlock(known.text, known.box, known.role, known.language, known.colour)
    if not read:
        return None
    largest = max(read, key=lambda block: block.box.area)
    language = known.language or largest.language
    return TextBlock(
        text=known.text or ("" if language == "zh" else " ").join(block.text for block in read),
        box=known.box,
        role=known.role or (Role.BRAND if known.kind == Kind.LOGO else largest.role),
        language=language,
        colour=known.colour or largest.colour,
        confidence=min(block.confidence for block in read),
    )
