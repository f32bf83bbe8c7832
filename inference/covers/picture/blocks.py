"""Text blocks: title, selling point and price, stacked in a column.

A stack knows its own size and costs but not its height on the canvas; the layout decides that.
Edges are optical: it is the ink of a line that meets the column's edge, not the font's side bearing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from inference.covers.picture import typography
from inference.covers.picture.style import Style, Wording
from inference.covers.picture.typography import Lines, Role, Run, TextBlock
from inference.media.geometry import Box

TITLE_SIZE = {"zh": 0.14, "en": 0.12}
"""Em of a title at scale 1, as a share of the canvas's short side."""

SMALLEST_TITLE = 0.055
"""The same for the smallest title; below it a thumbnail cannot be read."""

MAX_LINES = {"zh": 2, "en": 3}

SHRINKS = (1.0, 0.87, 0.75, 0.65, 0.56)
"""Title sizes tried, as shares of the largest that fits."""

LINE_HEIGHT = {"zh": 1.22, "en": 1.12}
"""Baseline to baseline, in em: Chinese glyphs fill their square and need more air."""

SELLING_POINT_SHARE, SMALLEST_SELLING_POINT, SELLING_POINT_LINES = 0.4, 0.042, 2
"""Em of a selling point as a share of the title's; the smallest as a share of the short side."""

PRICE_SHARE, SMALLEST_PRICE = 0.5, 0.05
"""Em of a price as a share of the title's; the smallest as a share of the short side."""

CURRENCY_SHARE, CURRENCY_GAP = 0.66, 0.06
"""Em of a currency sign, and space after it, as shares of the price's em."""

GAP, ROW_GAP = 0.36, 0.26
"""Space under the title and between the rows below it, in title em."""

TAG_PADDING = (0.42, 0.26)
"""Space between a price and its tag's edge, across and down, in em of the price."""

SMALL_TITLE, RAGGED, THIRD_LINE, SELLING_POINT_DROPPED = 8.0, 0.4, 0.12, 0.8
"""Weights of costs. Like those of ``layout`` and ``framing`` they were settled by looking at covers of
fourteen frames in every ratio and style; 1 is about what a careless designer would let pass."""


@dataclass(frozen=True)
class Column:
    """Where text may stand across the canvas, in pixels."""

    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Stack:
    """Blocks set at the top of the canvas; ``box`` holds all their ink and the price's tag."""

    blocks: tuple[TextBlock, ...]
    box: Box
    costs: dict[str, float] = field(default_factory=dict)

    def moved_down(self, distance: float) -> tuple[TextBlock, ...]:
        return tuple(_moved(block, 0, distance) for block in self.blocks)


def prepare(wording: Wording, style: Style, room: float, short_side: float) -> tuple[Wording, bool]:
    """Words as the font can set them in lines of ``room`` pixels, and whether the title was cut.

    Raises ``ValueError`` as ``typography.clean`` and ``typography.shorten`` do.
    """
    title = typography.clean(wording.title, style.font)
    limit = room / (SMALLEST_TITLE * short_side)
    shown = typography.shorten(title, limit, _max_lines(wording), style.font)
    selling_point = typography.clean(wording.selling_point, style.font) if wording.selling_point else None
    price = typography.clean(wording.price, style.font) if wording.price else None
    return replace(wording, title=shown, selling_point=selling_point, price=price), shown != title


def stack_in(column: Column, words: Wording, style: Style, short_side: float) -> Iterator[Stack]:
    """Every way to set prepared words in a column: line counts times sizes."""
    target = TITLE_SIZE[_script(words)] * style.scale * short_side
    smallest = SMALLEST_TITLE * short_side
    for count in range(1, _max_lines(words) + 1):
        lines = typography.break_lines(words.title, count, style.font)
        if lines is None:
            return
        largest = min(target, column.width / lines.width)
        for size in sorted({max(smallest, largest * shrink) for shrink in SHRINKS}, reverse=True):
            if size * lines.width <= column.width + 1:
                stack = _stack(column, words, lines, size, target, style, short_side)
                if stack.box.right <= column.right + 1:
                    yield stack


def _script(words: Wording) -> str:
    return "zh" if words.language == "zh" else "en"


def _max_lines(words: Wording) -> int:
    return MAX_LINES[_script(words)]


def _stack(
    column: Column, words: Wording, lines: Lines, size: float, target: float, style: Style, short_side: float
) -> Stack:
    title = _set("title", lines.lines, column, size, words, style)
    costs = {
        "title_small": SMALL_TITLE * max(0.0, 1 - size / target) ** 2,
        "title_ragged": RAGGED * (lines.cost - 1),
        "third_line": THIRD_LINE * (len(lines.lines) == 3),
    }
    blocks, bottom = [title], title.box.bottom + GAP * size
    price = _price(column, words.price, size, style, short_side) if words.price else None
    point = _selling_point(column, words, size, style, short_side) if words.selling_point else None
    if words.selling_point and point is None:
        costs["selling_point_dropped"] = SELLING_POINT_DROPPED
    if price and point and len(point.runs) == 1 and _fits_beside(price, point, column, size):
        blocks += _side_by_side(price, point, column, size, bottom, style)
    else:
        for block in filter(None, (point, price)):
            moved = _moved(block, 0, bottom - block.outer.top)
            blocks.append(moved)
            bottom = moved.outer.bottom + ROW_GAP * size
    box = blocks[0].outer
    for block in blocks[1:]:
        box = box.union(block.outer)
    rise = -box.top
    return Stack(tuple(_moved(block, 0, rise) for block in blocks), box.moved(0, rise), costs)


def _set(role: Role, lines: tuple[str, ...], column: Column, size: float, words: Wording, style: Style) -> TextBlock:
    """Lines under one another, the first baseline at 0."""
    pitch = LINE_HEIGHT[_script(words)] * size
    runs = tuple(_aligned(line, role, column, i * pitch, size, style) for i, line in enumerate(lines))
    return _block(role, runs, style.font)


def _aligned(line: str, role: Role, column: Column, baseline: float, size: float, style: Style) -> Run:
    ink = typography.ink_box(Run(line, 0, 0, size), style.font, role)
    left = column.left if style.align == "left" else (column.left + column.right - ink.width) / 2
    return Run(line, left - ink.left, baseline, size)


def _block(role: Role, runs: tuple[Run, ...], font: str) -> TextBlock:
    box = typography.ink_box(runs[0], font, role)
    for run in runs[1:]:
        box = box.union(typography.ink_box(run, font, role))
    return TextBlock(role, font, runs, box)


def _selling_point(column: Column, words: Wording, title_size: float, style: Style, short: float) -> TextBlock | None:
    """The selling point on as few lines as it fits, never below its smallest size; None if it cannot."""
    smallest = SMALLEST_SELLING_POINT * short
    size = max(smallest, SELLING_POINT_SHARE * title_size)
    for count in range(1, SELLING_POINT_LINES + 1):
        lines = typography.break_lines(words.selling_point, count, style.font)
        if lines and lines.width * smallest <= column.width:
            fitting = min(size, column.width / lines.width)
            return _set("selling_point", lines.lines, column, fitting, words, style)
    return None


def _price(column: Column, price: str, title_size: float, style: Style, short: float) -> TextBlock:
    """A price in its tag: the currency sign smaller, on the same baseline."""
    size = max(SMALLEST_PRICE * short, PRICE_SHARE * title_size)
    digit = re.search(r"\d", price)
    sign, amount = (price[: digit.start()], price[digit.start() :]) if digit else ("", price)
    runs, x = [], 0.0
    for text, em in ((sign.strip(), size * CURRENCY_SHARE), (amount, size)):
        if text:
            runs.append(Run(text, x, 0, em))
            x = typography.ink_box(runs[-1], style.font, "price").right + CURRENCY_GAP * size
    block = _block("price", tuple(runs), style.font)
    block = replace(block, tag=block.box.grown(*(2 * (TAG_PADDING[0] * size, TAG_PADDING[1] * size))))
    left = column.left if style.align == "left" else (column.left + column.right - block.outer.width) / 2
    return _moved(block, left - block.outer.left, 0)


def _fits_beside(price: TextBlock, point: TextBlock, column: Column, size: float) -> bool:
    return price.outer.width + GAP * size + point.box.width <= column.width


def _side_by_side(
    price: TextBlock, point: TextBlock, column: Column, size: float, top: float, style: Style
) -> list[TextBlock]:
    """Tag and selling point in one row, centred on one another."""
    price = _moved(price, 0, top - price.outer.top)
    width = price.outer.width + GAP * size + point.box.width
    left = column.left if style.align == "left" else (column.left + column.right - width) / 2
    price = _moved(price, left - price.outer.left, 0)
    _, middle = price.outer.centre
    point = _moved(point, price.outer.right + GAP * size - point.box.left, middle - point.box.centre[1])
    return [point, price]


def _moved(block: TextBlock, x: float, y: float) -> TextBlock:
    runs = tuple(replace(run, x=run.x + x, baseline=run.baseline + y) for run in block.runs)
    return replace(block, runs=runs, box=block.box.moved(x, y), tag=block.tag and block.tag.moved(x, y))
