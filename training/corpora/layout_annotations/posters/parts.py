"""What a poster is put together from: words and shapes, in groups that know their size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from inference.media.geometry import Box
from inference.models.layout import Role
from training.corpora.layout_annotations.posters.lettering import Lettering
from training.corpora.layout_annotations.posters.palette import RGB, Ink


@dataclass(frozen=True)
class Edge:
    """A line of another colour around letters, ``width`` in em. It is no ink of the block."""

    colour: RGB
    width: float


@dataclass(frozen=True)
class Words:
    """A block of text with its top left corner at (x, y). ``struck`` draws a line through it."""

    lettering: Lettering
    role: Role
    ink: Ink
    x: float = 0.0
    y: float = 0.0
    edge: Edge | None = None
    shadow: bool = False
    struck: bool = False

    def moved(self, x: float, y: float) -> "Words":
        return replace(self, x=self.x + x, y=self.y + y)


Kind = Literal["box", "ellipse", "tick"]


@dataclass(frozen=True)
class Shape:
    """Something drawn that is no text. ``line`` is the width of its outline; without one it is filled.

    ``underlay`` says that text lies on it, so that the annotation lists it.
    """

    kind: Kind
    box: Box
    colour: RGB
    radius: float = 0.0
    line: float = 0.0
    opacity: float = 1.0
    underlay: bool = False

    def moved(self, x: float, y: float) -> "Shape":
        return replace(self, box=self.box.moved(x, y))


Part = Words | Shape


@dataclass(frozen=True)
class Group:
    """Parts placed from a corner at (0, 0)."""

    width: float
    height: float
    parts: tuple[Part, ...]

    def moved(self, x: float, y: float) -> tuple[Part, ...]:
        return tuple(part.moved(x, y) for part in self.parts)


def stacked(groups: Sequence[Group], gaps: Sequence[float], centred: bool) -> Group:
    """Groups below one another; ``gaps`` in pixels between them."""
    width = max(group.width for group in groups)
    parts: list[Part] = []
    y = 0.0
    for group, gap in zip(groups, (*gaps, 0.0), strict=True):
        parts += group.moved((width - group.width) / 2 if centred else 0.0, y)
        y += group.height + gap
    return Group(width, y, tuple(parts))


def abreast(groups: Sequence[Group], gap: float, at: float = 0.5) -> Group:
    """Groups beside one another, ``gap`` pixels between them; ``at`` 0 aligns tops, 1 bottoms."""
    height = max(group.height for group in groups)
    parts: list[Part] = []
    x = 0.0
    for group in groups:
        parts += group.moved(x, (height - group.height) * at)
        x += group.width + gap
    return Group(x - gap, height, tuple(parts))


def flowed(groups: Sequence[Group], width: float, gap: float, centred: bool) -> Group:
    """Groups in rows as wide as ``width`` at most, like words on lines."""
    rows: list[list[Group]] = [[]]
    for group in groups:
        if rows[-1] and abreast([*rows[-1], group], gap).width > width:
            rows.append([])
        rows[-1].append(group)
    lines = [abreast(row, gap) for row in rows]
    return stacked(lines, [gap] * (len(lines) - 1), centred)


def framed(group: Group, pad_x: float, pad_y: float, shape: Shape) -> Group:
    """A group with a shape behind it that reaches so many pixels further on each side."""
    width, height = group.width + 2 * pad_x, group.height + 2 * pad_y
    behind = replace(shape, box=Box(0, 0, width, height))
    return Group(width, height, (behind, *group.moved(pad_x, pad_y)))
