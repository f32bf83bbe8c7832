"""A brief on an empty ground, for layouts that can be worked out by hand."""

from dataclasses import replace

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock

WIDTH, HEIGHT = 600, 800

BRIEF = Annotation(
    WIDTH,
    HEIGHT,
    (
        TextBlock("夏日清凉节", Box(60, 60, 540, 150), Role.HEADLINE, "zh", Colour.BLACK),
        TextBlock("Free shipping", Box(60, 600, 260, 630), Role.SELLING_POINT, "en", Colour.BLACK),
        TextBlock("买一送一", Box(60, 640, 260, 670), Role.SELLING_POINT, "zh", Colour.BLACK),
        TextBlock("¥99", Box(60, 700, 160, 740), Role.PRICE, "zh", Colour.BLACK),
    ),
    faces=(Box(200, 200, 300, 300),),
    products=(Box(300, 300, 500, 500), Box(400, 300, 500, 500)),
)
"""Its own boxes are a good layout on a white ground."""

WHITE = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)


def with_block(number: int, **changes) -> Annotation:
    """The good layout with one block changed."""
    blocks = list(BRIEF.blocks)
    blocks[number] = replace(blocks[number], **changes)
    return replace(BRIEF, blocks=tuple(blocks))
