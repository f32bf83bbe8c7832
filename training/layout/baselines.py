"""Layouts that need no model: a random one, and the mean of the posters trained on.

A trained model that does not beat both has learnt nothing of the picture. Both place every given
text, on the canvas, and the random one at a size at which it is read: they cannot be beaten by
keeping texts that they drop.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.layout.lettering import set_in_box

SIZES = {
    Role.HEADLINE: (0.06, 0.12),
    Role.SUBHEADLINE: (0.03, 0.055),
    Role.SELLING_POINT: (0.024, 0.045),
    Role.PRICE: (0.03, 0.07),
    Role.CALL_TO_ACTION: (0.027, 0.05),
    Role.BRAND: (0.024, 0.045),
}
"""Em of a role's text as shares of the canvas's short side: what nine of ten rendered posters have."""

WIDTHS = (0.3, 0.9)
"""Share of the canvas's width that a random text's lines may fill."""

Key = tuple[Role, int]
"""A role and the place among the texts of that role, in reading order, from 0."""


def random_layout(brief: Annotation, seed: int) -> Annotation:
    """Each given text at a random place of the canvas, at a random size that is plausible for its role.

    The texts, roles and languages of the brief are used, its boxes and colours are not. The same
    arguments give the same layout.
    """
    random = Random(seed)
    blocks = tuple(
        replace(block, box=_random_box(block, brief, random), colour=random.choice(tuple(Colour)))
        for block in brief.blocks
    )
    return Annotation(brief.width, brief.height, blocks)


@dataclass(frozen=True)
class MeanLayout:
    """Where texts stand on the mean poster, whatever its picture.

    ``boxes`` holds the mean box of each role and place in reading order as shares of the canvas,
    ``colours`` the commonest ink of a role.
    """

    boxes: dict[Key, Box]
    colours: dict[Role, Colour]

    @classmethod
    def of(cls, training: Sequence[Annotation]) -> "MeanLayout":
        """The mean of annotations. Raises ``ValueError`` when there is no text in any."""
        corners: dict[Key, list[tuple[float, ...]]] = defaultdict(list)
        colours: dict[Role, Counter[Colour]] = defaultdict(Counter)
        for annotation in training:
            for key, block in in_reading_order(annotation).items():
                box = block.box.scaled(1 / annotation.width, 1 / annotation.height)
                corners[key].append((box.left, box.top, box.right, box.bottom))
                colours[block.role][block.colour] += 1
        if not corners:
            raise ValueError(f"none of {len(training)} annotations has a text: there is no mean layout to copy")
        boxes = {key: Box(*map(float, np.mean(each, axis=0))) for key, each in corners.items()}
        return cls(boxes, {role: counts.most_common(1)[0][0] for role, counts in colours.items()})

    def lay_out(self, brief: Annotation) -> Annotation:
        """The given texts in the mean boxes. Of a role, those in the brief's order take the places in turn.

        Where training had fewer texts of a role, its last place is taken again; a role that training
        lacks takes the headline's, or whatever comes first.
        """
        counts: Counter[Role] = Counter()
        blocks = []
        for block in brief.blocks:
            box = self._box(block.role, counts[block.role]).scaled(brief.width, brief.height)
            blocks.append(replace(block, box=box, colour=self.colours.get(block.role, Colour.BLACK)))
            counts[block.role] += 1
        return Annotation(brief.width, brief.height, tuple(blocks))

    def _box(self, role: Role, place: int) -> Box:
        known = [key for key in self.boxes if key[0] == role] or [min(self.boxes)]
        return self.boxes[(role, place) if (role, place) in known else max(known)]


def in_reading_order(layout: Annotation) -> dict[Key, TextBlock]:
    """The blocks by role and place among those of the role, from top to bottom, then left to right."""
    counts: Counter[Role] = Counter()
    found = {}
    for block in sorted(layout.blocks, key=lambda block: (block.box.top, block.box.left)):
        found[block.role, counts[block.role]] = block
        counts[block.role] += 1
    return found


def _random_box(block: TextBlock, brief: Annotation, random: Random) -> Box:
    """The ink of the text at the size drawn, or smaller where it would not fit the width drawn."""
    em = random.uniform(*SIZES[block.role]) * min(brief.width, brief.height)
    width = random.uniform(*WIDTHS) * brief.width
    lines = random.randint(1, 3)
    try:
        ink = set_in_box(replace(block, box=Box(0, 0, width, 1.25 * em * lines))).box
    except ValueError:  # letters that the font lacks are about as wide as high
        ink = Box(0, 0, min(width, em * len(block.text)), em)
    left = random.uniform(0, brief.width - ink.width)
    top = random.uniform(0, max(0.0, brief.height - ink.height))
    return Box(left, top, left + ink.width, top + ink.height)
