"""Words set into boxes that somebody else chose: a layout model's proposal, a designer's slots.

Each text gets the largest size and the line breaks that its box allows, never below the least size of
its role: then the box is too small, and says so.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inference.covers.picture import typography
from inference.covers.picture.blocks import (
    LINE_HEIGHT,
    SECONDARY_LINES,
    Column,
    max_lines,
    moved,
    set_lines,
    set_tag,
    target_size,
)
from inference.covers.picture.costs import card_around
from inference.covers.picture.layout import Scene
from inference.covers.picture.sizes import SMALLEST, share_of
from inference.covers.picture.style import Wording
from inference.covers.picture.typography import Lines, Role, TextBlock
from inference.media.geometry import Box
from inference.models import layout as annotated

ROLE_OF: dict[Role, annotated.Role] = {
    "title": annotated.Role.HEADLINE,
    "subheadline": annotated.Role.SUBHEADLINE,
    "selling_point": annotated.Role.SELLING_POINT,
    "price": annotated.Role.PRICE,
    "call_to_action": annotated.Role.CALL_TO_ACTION,
    "brand": annotated.Role.BRAND,
}
"""From the roles of blocks to those of annotated pictures, templates and lists of texts."""

TAGGED: tuple[Role, ...] = ("price", "call_to_action")
"""Roles that stand in a tag of their own, on one line."""

INK_HEIGHT = 0.98
"""Height of a line's ink in em at most, accents aside: what a line needs beyond the pitch of those before it."""

GREED = 1.6
"""A text is set no larger than this many times its usual size, however large its box."""


@dataclass(frozen=True)
class Fitted:
    """A text as it was set into its box. ``lines`` is None for what stands in a tag."""

    block: TextBlock
    lines: Lines | None


def texts_by_role(words: Wording) -> list[tuple[Role, str]]:
    """All texts with their roles, the title first, in the order in which they are read."""
    pairs: list[tuple[Role, str | None]] = [
        ("title", words.title),
        ("subheadline", words.subheadline),
        *(("selling_point", point) for point in words.selling_points),
        ("price", words.price),
        ("call_to_action", words.call_to_action),
        ("brand", words.brand),
    ]
    return [(role, text) for role, text in pairs if text]


def usual_size(role: Role, scene: Scene) -> float:
    """Em of a role beside a title of the size it should have, in pixels."""
    title = target_size(scene.words, scene.style, scene.short)
    return title * share_of(role, scene.style)


def fit(
    role: Role,
    text: str,
    box: Box,
    scene: Scene,
    least: float | None = None,
    most: float | None = None,
    most_lines: int | None = None,
    at: float = 0.5,
) -> Fitted | None:
    """A text in a box, at ``at`` of its free height (0 top, 1 bottom); None if it would be smaller than ``least``.

    ``least`` and ``most`` are em in pixels; without them those of the role.
    """
    least = SMALLEST[role] * scene.short if least is None else least
    most = GREED * usual_size(role, scene) if most is None else most
    fitted = _fit_tag(role, text, box, scene, most) if role in TAGGED else None
    if role not in TAGGED:
        counts = range(1, (most_lines or _most_lines(role, scene.words)) + 1)
        options = [option for count in counts if (option := _fit_lines(role, text, count, box, scene, most))]
        fitted = max(options, key=_worth, default=None)
    if fitted is None or fitted.block.runs[-1].size < least - 0.01:
        return None
    outer = fitted.block.outer
    down = box.top - outer.top + at * max(0.0, box.height - outer.height)
    return replace(fitted, block=moved(fitted.block, 0, down))


def make_room(role: Role, text: str, box: Box, scene: Scene, size: float) -> Box:
    """The box, grown about its middle (across: from the side that the style aligns to) until text of ``size`` fits it.

    ``size`` is an em in pixels. A box wider than the text needs keeps its width; a narrower one gets what
    the narrowest lines need that are not more than the role may have.
    """
    width, height = _extent(role, text, box.width, scene, size)
    across, down = max(0.0, width - box.width), max(0.0, height - box.height) / 2
    if scene.style.align == "left":
        return box.grown(0, down, across, down)
    return box.grown(across / 2, down, across / 2, down)


def _extent(role: Role, text: str, width: float, scene: Scene, size: float) -> tuple[float, float]:
    """Width and height that a text of a size needs, on as few lines as the width given allows."""
    if role in TAGGED:
        outer = set_tag(role, text, Column(0, 1e6), size, replace(scene.style, align="left")).outer
        return outer.width + 1, outer.height + 1
    counts = range(1, _most_lines(role, scene.words) + 1)
    broken = [(n, typography.break_lines(text, n, scene.style.font, scene.words.names)) for n in counts]
    options = [(size * lines.width + 1, n) for n, lines in broken if lines]
    needed, count = next((option for option in options if option[0] <= width), min(options))
    return needed, size * (_pitch(scene) * (count - 1) + INK_HEIGHT) + 1


def _pitch(scene: Scene) -> float:
    """Baseline to baseline, in em."""
    return LINE_HEIGHT["zh" if scene.words.language == "zh" else "en"]


def group(blocks: Sequence[TextBlock], short: float) -> list[list[TextBlock]]:
    """Blocks in groups, those whose cards would touch together; the first block is in the first group."""
    groups = [[block] for block in blocks]
    while touching := _find_touching([card_of(each, short) for each in groups]):
        first, second = touching
        groups[first] += groups.pop(second)
    return groups


def card_of(blocks: Sequence[TextBlock], short: float) -> Box:
    """What surrounds blocks with their padding."""
    return card_around(around(blocks), short)


def around(blocks: Sequence[TextBlock]) -> Box:
    box = blocks[0].outer
    for block in blocks[1:]:
        box = box.union(block.outer)
    return box


def settle(blocks: Sequence[TextBlock], gap: float, inside: Box) -> list[TextBlock] | None:
    """Blocks pushed down until none stands on another and ``gap`` pixels lie between, then up into ``inside``.

    In the order given; None where they do not all fit.
    """
    settled: dict[int, TextBlock] = {}
    for number in sorted(range(len(blocks)), key=lambda n: blocks[n].outer.top):
        block = blocks[number]
        x = max(0.0, inside.left - block.outer.left) - max(0.0, block.outer.right - inside.right)
        block = moved(block, x, 0)
        for other in sorted(settled.values(), key=lambda each: each.outer.top):
            if block.outer.intersection(other.outer.grown(0, gap, 0, gap)).area > 0:
                block = moved(block, 0, other.outer.bottom + gap - block.outer.top)
        settled[number] = block
    whole = around(list(settled.values()))
    rise = max(0.0, whole.bottom - inside.bottom) - max(0.0, inside.top - whole.top)
    if whole.height > inside.height or whole.width > inside.width:
        return None
    return [moved(settled[number], 0, -rise) for number in range(len(blocks))]


def _find_touching(cards: Sequence[Box]) -> tuple[int, int] | None:
    pairs = itertools.combinations(range(len(cards)), 2)
    return next(((i, j) for i, j in pairs if cards[i].intersection(cards[j]).area > 0), None)


def _most_lines(role: Role, words: Wording) -> int:
    if role == "title":
        return max_lines(words)
    return 1 if role == "brand" else SECONDARY_LINES


def _fit_lines(role: Role, text: str, count: int, box: Box, scene: Scene, most: float) -> Fitted | None:
    lines = typography.break_lines(text, count, scene.style.font, scene.words.names)
    if lines is None:
        return None
    size = min(most, box.width / lines.width, box.height / (_pitch(scene) * (count - 1) + INK_HEIGHT))
    block = set_lines(role, lines.lines, Column(box.left, box.right), size, scene.words, scene.style)
    return Fitted(block, lines)


def _fit_tag(role: Role, text: str, box: Box, scene: Scene, most: float) -> Fitted:
    unit = set_tag(role, text, Column(0, 1e6), 100.0, replace(scene.style, align="left")).outer
    size = min(most, 100 * box.width / unit.width, 100 * box.height / unit.height)
    return Fitted(set_tag(role, text, Column(box.left, box.right), size, scene.style), None)


def _worth(fitted: Fitted) -> float:
    """Larger is better, less what its lines cost."""
    return fitted.block.runs[0].size * (1 - 0.3 * (fitted.lines.cost - 1))
