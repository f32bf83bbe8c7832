"""Where everything goes: the frame on its canvas, the words on the frame, for one canvas and style.

Framings and text placements are weighed together, because a good crop leaves room for its title.
Every cost is kept by name in the layout, so that a cover's page can say why it looks as it does.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.picture import typography
from inference.covers.picture.blocks import Column, Stack, prepare, stack_in, texts_of
from inference.covers.picture.colour import Colour, Palette
from inference.covers.picture.costs import (
    CARD_PADDING,
    MARGIN,
    Group,
    band_of,
    card_around,
    weigh,
    weigh_blocks,
)
from inference.covers.picture.framing import Framing, measure_interest, search_framings
from inference.covers.picture.ground import Ground, measure_busyness, survey
from inference.covers.picture.style import Style, Wording, read_canvas
from inference.covers.picture.typography import TextBlock
from inference.media.geometry import Box

SIDE_COLUMN, LEAST_COLUMN = 0.5, 0.2
"""Share of the canvas that a column at one side takes, and the least that any takes."""

GRID_ROWS = 48
"""Text starts on one of so many rows."""

COVER_TEXTS = 3
"""Texts that a cover has at most; with more of them the picture leaves room."""

SIDE = 0.1
"""Cost of a column at one side."""

_Found = tuple[Framing, Stack, float, dict[str, float]]


@dataclass(frozen=True)
class Panel:
    """A filled shape of a template, between picture and words. ``box`` is in canvas pixels, ``opacity`` 0 to 1."""

    box: Box
    fill: Colour
    opacity: float


@dataclass(frozen=True, eq=False)
class Logo:
    """A picture (height × width × 4, uint8, RGBA) that is laid into ``box`` (canvas pixels), whole and centred."""

    image: np.ndarray
    box: Box


@dataclass(frozen=True)
class Layout:
    """A cover before it is painted; every box in canvas pixels.

    ``window`` (frame pixels) is shown at ``picture``; where that is not the whole canvas, the rest
    is an extension of the picture. ``faces``, ``heads``, ``product`` and ``texts`` (burnt-in lines)
    are those of the frame of which anything is visible; what reaches beyond ``picture`` is cut.
    ``card`` surrounds all text with its padding; words that stand apart have a card each in ``cards``.
    ``wording`` is what is set: where the title did not fit, it was cut between words and ``shortened``
    is true. ``style`` is the one asked for, in a font that has every glyph.

    ``route`` says how the layout came about, ``optimiser``, ``model`` or ``template``, ``alternatives``
    what every route that was tried costs. A template may bring a ``palette``, ``panels`` and a ``logo``.
    """

    ratio: str
    width: int
    height: int
    style: Style
    wording: Wording
    window: Box
    picture: Box
    blocks: tuple[TextBlock, ...]
    card: Box
    faces: tuple[Box, ...] = ()
    heads: tuple[Box, ...] = ()
    product: Box | None = None
    texts: tuple[Box, ...] = ()
    shortened: bool = False
    costs: dict[str, float] = field(default_factory=dict)
    route: str = "optimiser"
    alternatives: dict[str, float] = field(default_factory=dict)
    cards: tuple[Box, ...] = ()
    palette: Palette | None = None
    panels: tuple[Panel, ...] = ()
    logo: Logo | None = None

    @property
    def cost(self) -> float:
        return sum(self.costs.values())

    @property
    def title(self) -> TextBlock:
        return self.blocks[0]

    @property
    def parts(self) -> tuple["Layout", ...]:
        """The layout of each card's words by itself, the title's first; a stacked layout is its only part."""
        if len(self.cards) < 2:
            return (self,)
        return tuple(
            replace(self, card=card, cards=(), blocks=tuple(b for b in self.blocks if b.outer.covered_by(card) > 0.5))
            for card in self.cards
        )

    def block(self, role: str) -> TextBlock | None:
        return next((block for block in self.blocks if block.role == role), None)

    def covered(self, box: Box) -> float:
        """Share of a box under words and their cards, 0 to 1; cards never overlap."""
        return sum(box.covered_by(card) for card in self.cards or (self.card,))


@dataclass(frozen=True)
class Scene:
    """A frame and the words to be set over it, prepared for one canvas and style.

    ``wants_room``: the words are so many that the picture should leave a band for them.
    """

    choice: FrameChoice
    words: Wording
    shortened: bool
    style: Style
    ratio: str
    width: int
    height: int
    wants_room: bool = False

    @classmethod
    def of(cls, choice: FrameChoice, wording: Wording, ratio_or_size: str | tuple[int, int], style: Style) -> "Scene":
        """Raises ``ValueError`` as ``read_canvas`` does, and for words that cannot be set."""
        ratio, width, height = read_canvas(ratio_or_size)
        style = replace(style, font=typography.choose_font(texts_of(wording), style.font))
        short = min(width, height)
        words, shortened = prepare(wording, style, width - 2 * (MARGIN + CARD_PADDING) * short, short)
        is_wordy = len(texts_of(words)) > COVER_TEXTS
        return cls(choice, words, shortened, style, ratio, width, height, is_wordy)

    @property
    def short(self) -> int:
        return min(self.width, self.height)

    @property
    def margin(self) -> float:
        """Distance of words from the canvas's edges, in pixels: their card keeps it where there is one."""
        return (MARGIN + CARD_PADDING * (self.style.underlay == "panel")) * self.short

    def framings(self) -> Iterator[tuple[Framing, Ground]]:
        """Framings of the frame, best first, each with its ground."""
        framings, interest, busy = self._searched
        for framing in framings:
            yield framing, survey(self.choice, framing, self.ratio, (self.width, self.height), interest, busy)

    @cached_property
    def _searched(self) -> tuple[list[Framing], np.ndarray, np.ndarray]:
        interest = measure_interest(self.choice.frame.image)
        busy = measure_busyness(self.choice.frame.image, interest.shape)
        framings = search_framings(self.choice, self.width, self.height, interest, self.wants_room)
        return framings, interest, busy

    def lay(self, framing: Framing, blocks: Iterable[TextBlock], cards: tuple[Box, ...], costs: dict) -> Layout:
        """The layout of this frame in a framing, with these blocks."""
        frame = Box(0, 0, self.choice.frame.width, self.choice.frame.height)

        def visible(boxes: Iterable[Box]) -> tuple[Box, ...]:
            mapped = (framing.to_canvas(box.intersection(frame)) for box in boxes)
            return tuple(box for box in mapped if box.intersection(framing.picture).area > 1)

        around = cards[0]
        for card in cards[1:]:
            around = around.union(card)
        return Layout(
            ratio=self.ratio,
            width=self.width,
            height=self.height,
            style=self.style,
            wording=self.words,
            window=framing.window,
            picture=framing.picture,
            blocks=tuple(blocks),
            card=around,
            faces=visible(face.box for face in self.choice.faces),
            heads=visible(face.head for face in self.choice.faces),
            product=next(iter(visible(filter(None, [self.choice.product]))), None),
            texts=visible(line.box for line in self.choice.texts),
            shortened=self.shortened,
            costs={name: round(cost, 4) for name, cost in costs.items() if round(cost, 4)},
            cards=cards if len(cards) > 1 else (),
        )


def compose(choice: FrameChoice, wording: Wording, ratio: str | tuple[int, int], style: Style) -> Layout:
    """The cheapest layout of a frame and its words, found by search, on the canvas of a ratio or of a size.

    Raises ``ValueError`` for a ratio or size as ``read_canvas`` does, and for words that cannot be
    set: no readable character, a letter without a glyph, a first word or a price wider than a line.
    """
    return optimise(Scene.of(choice, wording, ratio, style))


def optimise(scene: Scene) -> Layout:
    """The cheapest framing and stack of words. Raises ``ValueError`` when nothing fits."""
    found, least = None, math.inf
    stacks_in = cache(lambda column: tuple(_stacks(scene, column)))
    for framing, ground in scene.framings():
        if framing.cost >= least:
            break
        for stack, top, costs in _place(ground, stacks_in, scene):
            cost = framing.cost + sum(costs.values())
            if cost < least:
                found, least = (framing, stack, top, framing.costs | costs), cost
    if found is None:
        raise ValueError(
            f"the words do not fit on the {scene.ratio} cover, the price {scene.words.price!r} least; shorten them"
        )
    framing, stack, top, costs = found
    return scene.lay(framing, stack.moved_down(top), (card_around(stack.box.moved(0, top), scene.short),), costs)


def _stacks(scene: Scene, column: Column) -> Iterator[Stack]:
    for stack in stack_in(column, scene.words, scene.style, scene.short):
        yield replace(stack, costs=stack.costs | weigh_blocks(stack.blocks, scene.width))


def _place(
    ground: Ground, stacks_in: Callable[[Column], tuple[Stack, ...]], scene: Scene
) -> Iterator[tuple[Stack, float, dict[str, float]]]:
    """The best height of every stack in every column, with its costs."""
    margin = scene.margin
    for column in _columns(ground, margin):
        for stack in stacks_in(column):
            last = ground.height - margin - stack.box.height
            if last < margin:
                continue
            tops = np.unique(
                np.r_[margin, last, np.linspace(margin, last, GRID_ROWS), _centred(ground, stack, margin, last)]
            )
            costs = weigh(ground, [Group(stack.box, tops)], scene.style, margin)
            is_side = column.width < ground.width - 2 * margin - 1
            costs["side_column"] = np.full(len(tops), SIDE * is_side)
            index = int(sum(costs.values()).argmin())
            yield stack, float(tops[index]), stack.costs | {name: float(c[index]) for name, c in costs.items()}


def _columns(ground: Ground, margin: float) -> list[Column]:
    """The whole width, either side, a band beside the picture, and what is free beside burnt-in lines."""
    side, end = ground.width * SIDE_COLUMN, ground.width - margin
    columns = [Column(margin, end), Column(margin, side), Column(ground.width - side, end)]
    columns += [Column(margin, ground.picture.left - margin / 2), Column(ground.picture.right + margin / 2, end)]
    gap = CARD_PADDING * min(ground.width, ground.height) + ground.cell
    for line in ground.lines:
        columns += [Column(margin, line.left - gap), Column(line.right + gap, end)]
    return [column for column in columns if column.width >= LEAST_COLUMN * ground.width]


def _centred(ground: Ground, stack: Stack, margin: float, last: float) -> list[float]:
    """The top at which a stack stands centred in the band above or below the picture."""
    low, high = band_of(ground)
    top = (low + high - stack.box.height) / 2
    return [top] if margin <= top <= last else []
