"""From annotated posters to what the layout model is trained on: a request, as a designer gets it, and the layout.

The model sees the poster's ground: without its words, and without the panels, chips and buttons that
are part of the answer. What it is told of a poster varies from epoch to epoch (``augment``): boxes
shaken, some texts told with about where they stand or by their length alone, some wishes of style.
What a held-out poster is asked with never varies: all texts, what to keep clear of, and no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from inference.media.geometry import Box
from inference.models.layout import Annotation, Role
from inference.models.layout_request import LayoutRequest, WantedText
from training.corpora.layout_annotations.augment import augment
from training.corpora.layout_annotations.rows import to_annotation
from training.finetune.task import BadExample
from training.layout.recipes import Recipe

HIDDEN = {"zh": "某", "en": "x"}
"""Stands for each character of a text that is told by its length alone, as wide as those of its language."""

ALIGNED = 0.01
"""Of the canvas's width: left sides that differ by less line up to the eye."""

TRAINED = ("blocks", "faces", "products", "underlays", "width", "height")
"""What a training reads of an annotation."""


def ask(annotation: Annotation, seed: object, look_for_boxes: bool = False) -> LayoutRequest:
    """The request that a poster's designer had, without any wish: texts in an order of the seed, boxes to avoid."""
    order = Random(f"order {seed}").sample(range(len(annotation.blocks)), len(annotation.blocks))
    blocks = [annotation.blocks[place] for place in order]
    return LayoutRequest(
        [WantedText(block.text, block.role, block.language) for block in blocks],
        annotation.width,
        annotation.height,
        None if look_for_boxes else annotation.faces,
        None if look_for_boxes else annotation.products,
    )


def vary(annotation: Annotation, seed: object, recipe: Recipe) -> tuple[LayoutRequest, Annotation]:
    """One of the many requests that a poster answers, and the answer to it; the same for the same seed."""
    random = Random(f"variant {seed}")
    hints, told = random.random() < recipe.hinted, random.random() < recipe.told_boxes
    variant = augment(annotation, random.getrandbits(32), recipe.box_noise, recipe.mask_share)
    blocks = tuple(
        replace(block, text=HIDDEN[block.language] * len(block.text))
        if hints and place in variant.masked_texts
        else block
        for place, block in enumerate(annotation.blocks)
    )
    answer = replace(annotation, blocks=blocks)
    if told:  # and repeated as they were told
        answer = replace(answer, faces=variant.annotation.faces, products=variant.annotation.products)
    wanted = [
        WantedText(
            block.text, block.role, block.language, shaken.box if hints and place not in variant.masked_boxes else None
        )
        for place, (block, shaken) in enumerate(zip(blocks, variant.annotation.blocks, strict=True))
    ]
    style = {name: value for name, value in style_of(annotation).items() if random.random() < recipe.wishes}
    request = LayoutRequest(
        random.sample(wanted, len(wanted)),
        annotation.width,
        annotation.height,
        answer.faces if told else None,
        answer.products if told else None,
        style,
    )
    return request, answer


def style_of(annotation: Annotation) -> dict[str, str]:
    """What an art director would have wished to get this layout, in the words of ``STYLE``."""
    leads = [block.box for block in annotation.blocks if block.role == Role.HEADLINE]
    if not leads:
        return {}
    lead = leads[0]
    third = min(2, int(3 * lead.centre[1] / annotation.height))
    on_panel = any(lead.covered_by(panel) > 0.9 for panel in annotation.underlays)
    style = {"placement": ("top", "middle", "bottom")[third], "underlay": "panel" if on_panel else "none"}
    if align := _alignment([block.box for block in annotation.blocks], lead, ALIGNED * annotation.width):
        style["align"] = align
    return style


def annotation_of(row: Mapping[str, Any]) -> Annotation:
    """What a row of ``examples.jsonl`` says of its poster. Raises ``BadExample`` when it has no text to place."""
    annotation = to_annotation(row)
    if not annotation.blocks:
        raise BadExample(f"poster {row['example_id']} has no text to place")
    return annotation


def _alignment(boxes: Sequence[Box], lead: Box, tolerance: float) -> str:
    """How most texts line up with the headline, empty when they do not."""
    others = [box for box in boxes if box is not lead]
    left = sum(abs(box.left - lead.left) <= tolerance for box in others)
    centre = sum(abs(box.centre[0] - lead.centre[0]) <= tolerance for box in others)
    if not others or max(left, centre) * 2 < len(others):
        return ""
    return "left" if left >= centre else "centre"
