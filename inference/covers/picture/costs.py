"""What a placement of words costs: one scale for every route by which a layout comes about.

Words stand in one or more groups, each with a card's room around it. The optimiser weighs one group
at many heights at once, the layout model's proposals and templates are weighed as they are. Weights
were settled by looking at covers; 1 is about what a careless designer would let pass.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.covers.picture.ground import Ground
from inference.covers.picture.style import Style
from inference.covers.picture.typography import TextBlock
from inference.media.geometry import Box

MARGIN = 0.06
"""Distance of text from the canvas's edges, as a share of its short side."""

CARD_PADDING = 0.04
"""Space between text and the edge of its card, as a share of the short side."""

COVERED, COVERED_AREA = 40.0, 400.0
"""Cost of any text over a face, burnt-in line or other text, and more by the share of the canvas covered."""

PRODUCT_COVERED, PRODUCT_BURIED, HEAD_COVERED, INTEREST_COVERED, BUSY = 6.0, 10.0, 5.0, 3.0, 0.6
STRADDLING, MISPLACED, MISPLACED_FREE, UNCENTRED = 1.4, 1.5, 0.6, 1.0
UNDER_BADGE, MIDDLE_NINTH, UNALIGNED, SCATTERED, TOP_HEAVY = 6.0, 0.5, 0.6, 0.3, 2.0
"""Weights of costs that one trades for another.

Words under a platform's badge cost by the share of them that is hidden; in the middle ninth of the
canvas, which by the rule of thirds is the subject's, by the share that stands there; groups beyond the
first, and a line of lesser rank set larger than the title, by their number and by its excess.
"""

FAR = 0.05
"""Of the canvas's width: a block whose edges and middle are this far from all others' is out of line."""


@dataclass(frozen=True)
class Group:
    """Words that share a card. ``box`` holds their ink and tags; it is tried at each of ``tops``, [n], in pixels."""

    box: Box
    tops: np.ndarray


def weigh(ground: Ground, groups: Sequence[Group], style: Style, margin: float) -> dict[str, np.ndarray]:
    """Every cost of the groups' places by name, each [n]; the title is in the first group.

    ``margin`` is the distance that words keep from the canvas's edges, in pixels.
    """
    padding = CARD_PADDING * min(ground.width, ground.height)
    cards = [card_around(group.box, min(ground.width, ground.height)) for group in groups]
    covered = sum(
        ground.under(card.left, card.right, group.tops - padding, card.height)
        for group, card in zip(groups, cards, strict=True)
    )
    face, text, product, head, interest, busy, _ = covered
    badges = sum(ground.under(g.box.left, g.box.right, g.tops, g.box.height)[6] for g in groups)
    share_of_product, share_of_heads = product / ground.totals[2], head / ground.totals[3]
    areas = np.array([group.box.area for group in groups])
    return {
        "face_covered": COVERED * (face > 0) + COVERED_AREA * face / ground.cells,
        "text_covered": COVERED * (text > 0) + COVERED_AREA * text / ground.cells,
        "product_covered": PRODUCT_COVERED * share_of_product + PRODUCT_BURIED * share_of_product**2,
        "head_covered": HEAD_COVERED * share_of_heads,
        "interest_covered": INTEREST_COVERED * interest / ground.totals[4],
        "busy_ground": BUSY * busy * ground.cell**2 / sum(card.area for card in cards),
        "under_badge": UNDER_BADGE * badges * ground.cell**2 / areas.sum(),
        "straddling": STRADDLING * _mean([_straddles(ground.picture, g) for g in groups], areas),
        "thirds": MIDDLE_NINTH * (style.placement != "middle") * _mean([_in_middle(ground, g) for g in groups], areas),
        "misplaced": _weigh_place(ground, groups[0], margin, style),
        "scattered": np.full(len(groups[0].tops), SCATTERED * (len(groups) - 1)),
    }


def weigh_blocks(blocks: Sequence[TextBlock], width: int) -> dict[str, float]:
    """What blocks cost wherever they stand together: out of line, on one another, of the wrong rank."""
    boxes = [block.outer for block in blocks]
    overlapping = sum(
        box.intersection(other).area / max(1e-9, min(box.area, other.area))
        for number, box in enumerate(boxes)
        for other in boxes[:number]
    )
    title = max(run.size for run in blocks[0].runs)
    ranks = [max(run.size for run in block.runs) / title for block in blocks[1:]]
    return {
        "unaligned": UNALIGNED * float(np.mean([_out_of_line(box, boxes, width) for box in boxes])),
        "overlapping": COVERED * overlapping,
        "top_heavy": TOP_HEAVY * sum(max(0.0, rank - 1) for rank in ranks),
    }


def card_around(box: Box, short_side: float) -> Box:
    return box.grown(*[CARD_PADDING * short_side] * 4)


def band_of(ground: Ground) -> tuple[float, float]:
    """From where to where the band above or below the picture reaches; of no height if there is none."""
    if ground.picture.top > 1:
        return 0, ground.picture.top
    return ground.picture.bottom, ground.height


def _mean(shares: Sequence[np.ndarray], areas: np.ndarray) -> np.ndarray:
    return np.average(np.stack(shares), axis=0, weights=areas)


def _straddles(picture: Box, group: Group) -> np.ndarray:
    """How evenly text is torn between the picture and its extension: 0 on one of them, 1 half and half."""
    box, tops = group.box, group.tops
    across = max(0.0, min(box.right, picture.right) - max(box.left, picture.left)) / box.width
    down = (np.minimum(tops + box.height, picture.bottom) - np.maximum(tops, picture.top)).clip(0) / box.height
    inside = across * down
    return 2 * np.minimum(inside, 1 - inside)


def _in_middle(ground: Ground, group: Group) -> np.ndarray:
    """Share of words that stand in the middle ninth of the canvas."""
    box, tops = group.box, group.tops
    across = max(0.0, min(box.right, ground.width * 2 / 3) - max(box.left, ground.width / 3)) / box.width
    low, high = ground.height / 3, ground.height * 2 / 3
    down = (np.minimum(tops + box.height, high) - np.maximum(tops, low)).clip(0) / box.height
    return across * down


def _weigh_place(ground: Ground, group: Group, margin: float, style: Style) -> np.ndarray:
    """Distance from where the style wants the title's group; in a band, from the band's middle as well."""
    tops, height = group.tops, group.box.height
    last = ground.height - margin - height
    anchors = {"top": [margin], "middle": [(margin + last) / 2], "bottom": [last]}
    wanted = anchors.get(style.placement) or [margin, (margin + last) / 2, last]
    weight = MISPLACED_FREE if style.placement == "free" else MISPLACED
    away = np.min([np.abs(tops - anchor) for anchor in wanted], axis=0) / ground.height
    low, high = band_of(ground)
    is_in_band = (tops >= low) & (tops + height <= high)
    off_middle = np.abs(tops + height / 2 - (low + high) / 2) / ground.height
    is_wanted = {"top": low == 0, "bottom": low > 0, "middle": False}.get(style.placement, True)
    in_band = UNCENTRED * off_middle + (0 if is_wanted else weight * away)
    return np.where(is_in_band, in_band, weight * away)


def _out_of_line(box: Box, boxes: Sequence[Box], width: int) -> float:
    """0 for a block in line or in a row with another, 1 for one that is ``FAR`` or more from all."""
    others = [other for other in boxes if other is not box]
    if not others:
        return 0.0
    if len(others) > 1:
        others.append(functools.reduce(Box.union, others))  # centred over a row of two
    nearest = min(abs(a - b) for other in others for a, b in zip(_lines_of(box), _lines_of(other), strict=True))
    return min(1.0, nearest / (FAR * width))


def _lines_of(box: Box) -> tuple[float, ...]:
    return box.left, box.centre[0], box.right, box.centre[1]
