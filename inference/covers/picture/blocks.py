"""Text blocks stacked in a column: title, selling point and price, and what a poster says besides.

A stack knows its own size and costs but not its height on the canvas; the layout decides that.
Edges are optical: it is the ink of a line that meets the column's edge, not the font's side bearing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from inference.covers.picture import typography
from inference.covers.picture.sizes import SMALLEST, share_of
from inference.covers.picture.style import Style, Wording
from inference.covers.picture.typography import Lines, Role, Run, TextBlock
from inference.media.geometry import Box

TITLE_SIZE = {"zh": 0.14, "en": 0.12}
"""Em of a title at scale 1, as a share of the canvas's short side."""

MAX_LINES = {"zh": 2, "en": 3}

SHRINKS = (1.0, 0.87, 0.75, 0.65, 0.56)
"""Title sizes tried, as shares of the largest that fits."""

LINE_HEIGHT = {"zh": 1.22, "en": 1.12}
"""Baseline to baseline, in em: Chinese glyphs fill their square and need more air."""

SEPARATOR = " · "
"""Between selling points that stand in one line."""

SECONDARY_LINES = 2
"""Lines that a subheadline or selling point may take."""

CURRENCY_SHARE, CURRENCY_GAP = 0.66, 0.06
"""Em of a currency sign, and space after it, as shares of the price's em."""

GAP, ROW_GAP = 0.36, 0.26
"""Space under the title and between the rows below it, in title em."""

TAG_PADDING = (0.42, 0.26)
"""Space between a price or call to action and its tag's edge, across and down, in its em."""

OPTIONAL = ("selling_point", "price", "subheadline", "call_to_action", "brand")
"""What a wording may say beside its title and further points."""

SMALL_TITLE, RAGGED, THIRD_LINE, DROPPED = 8.0, 0.4, 0.12, 0.8
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
        return tuple(moved(block, 0, distance) for block in self.blocks)


def prepare(wording: Wording, style: Style, room: float, short_side: float) -> tuple[Wording, bool]:
    """Words as the font can set them in lines of ``room`` pixels, and whether the title was cut.

    Raises ``ValueError`` as ``typography.clean`` and ``typography.shorten`` do.
    """

    def clean(text: str | None) -> str | None:
        return typography.clean(text, style.font) if text else None

    title = typography.clean(wording.title, style.font)
    limit = room / (SMALLEST["title"] * short_side)
    shown = typography.shorten(title, limit, max_lines(wording), style.font, wording.names)
    rest = {name: clean(getattr(wording, name)) for name in OPTIONAL}
    points = tuple(typography.clean(text, style.font) for text in wording.points)
    return replace(wording, title=shown, points=points, **rest), shown != title


def texts_of(wording: Wording) -> list[str]:
    """All that is to be shown."""
    rest = [getattr(wording, name) for name in OPTIONAL]
    return [wording.title, *wording.points, *filter(None, rest)]


def stack_in(column: Column, words: Wording, style: Style, short_side: float) -> Iterator[Stack]:
    """Every way to set prepared words in a column: line counts times sizes."""
    target = target_size(words, style, short_side)
    smallest = SMALLEST["title"] * short_side
    for count in range(1, max_lines(words) + 1):
        lines = typography.break_lines(words.title, count, style.font, words.names)
        if lines is None:
            return
        largest = min(target, column.width / lines.width)
        for size in sorted({max(smallest, largest * shrink) for shrink in SHRINKS}, reverse=True):
            if size * lines.width <= column.width + 1:
                stack = _stack(column, words, lines, size, style, short_side)
                if stack.box.right <= column.right + 1:
                    yield stack


def max_lines(words: Wording) -> int:
    """Lines that the title may take."""
    return MAX_LINES[_script(words)]


def weigh_title(size: float, lines: Lines, words: Wording, style: Style, short_side: float) -> dict[str, float]:
    """What a title costs by its size in pixels per em and its lines."""
    return {
        "title_small": SMALL_TITLE * max(0.0, 1 - size / target_size(words, style, short_side)) ** 2,
        "title_ragged": RAGGED * (lines.cost - 1),
        "third_line": THIRD_LINE * (len(lines.lines) == 3),
    }


def target_size(words: Wording, style: Style, short_side: float) -> float:
    """Em that a title should have, in pixels."""
    return TITLE_SIZE[_script(words)] * style.scale * short_side


def set_lines(role: Role, lines: Sequence[str], column: Column, size: float, words: Wording, style: Style) -> TextBlock:
    """Lines under one another in a column, the first baseline at 0."""
    pitch = LINE_HEIGHT[_script(words)] * size
    runs = tuple(_aligned(line, role, column, i * pitch, size, style) for i, line in enumerate(lines))
    return _block(role, runs, style.font)


def set_tag(role: Role, text: str, column: Column, size: float, style: Style) -> TextBlock:
    """A price or call to action in its tag: a currency sign smaller, on the same baseline."""
    digit = re.search(r"\d", text) if role == "price" else None
    sign, amount = (text[: digit.start()], text[digit.start() :]) if digit else ("", text)
    runs, x = [], 0.0
    for part, em in ((sign.strip(), size * CURRENCY_SHARE), (amount, size)):
        if part:
            runs.append(Run(part, x, 0, em))
            x = typography.ink_box(runs[-1], style.font, role).right + CURRENCY_GAP * size
    block = _block(role, tuple(runs), style.font)
    block = replace(block, tag=block.box.grown(*(2 * (TAG_PADDING[0] * size, TAG_PADDING[1] * size))))
    left = column.left if style.align == "left" else (column.left + column.right - block.outer.width) / 2
    return moved(block, left - block.outer.left, 0)


def moved(block: TextBlock, x: float, y: float) -> TextBlock:
    runs = tuple(replace(run, x=run.x + x, baseline=run.baseline + y) for run in block.runs)
    return replace(block, runs=runs, box=block.box.moved(x, y), tag=block.tag and block.tag.moved(x, y))


def _script(words: Wording) -> str:
    return "zh" if words.language == "zh" else "en"


def _stack(column: Column, words: Wording, lines: Lines, size: float, style: Style, short_side: float) -> Stack:
    """The title at a size, and all else under it or, the brand, above it."""
    title = set_lines("title", lines.lines, column, size, words, style)
    rows, dropped = _rows_below(column, words, size, style, short_side)
    blocks, bottom = [title], title.box.bottom + GAP * size
    for row in rows:
        height = row[0].outer.top
        blocks += [moved(block, 0, bottom - height) for block in row]
        bottom = max(block.outer.bottom for block in blocks) + ROW_GAP * size
    if words.brand:
        if brand := _secondary("brand", [words.brand], column, words, size, style, short_side, 1):
            blocks.append(moved(brand, 0, title.box.top - ROW_GAP * size - brand.box.bottom))
        else:
            dropped.append("brand")
    box = blocks[0].outer
    for block in blocks[1:]:
        box = box.union(block.outer)
    costs = weigh_title(size, lines, words, style, short_side)
    costs |= {f"{role}_dropped": DROPPED for role in dropped}
    return Stack(tuple(moved(block, 0, -box.top) for block in blocks), box.moved(0, -box.top), costs)


def _rows_below(
    column: Column, words: Wording, size: float, style: Style, short: float
) -> tuple[list[list[TextBlock]], list[Role]]:
    """What stands under a title of ``size``, row by row, and the roles for which there is no room.

    In a row of two the tag is last. The first block of a row reaches highest.
    """
    wanted: list[tuple[Role, Sequence[str]]] = [
        ("subheadline", [words.subheadline] if words.subheadline else []),
        ("selling_point", words.selling_points),
    ]
    rows, dropped = [], []
    for role, texts in wanted:
        block = _secondary(role, texts, column, words, size, style, short, SECONDARY_LINES) if texts else None
        rows += [[block]] if block else []
        dropped += [role] if texts and not block else []
    tags = [
        set_tag(role, text, column, max(SMALLEST[role] * short, share_of(role, style) * size), style)
        for role, text in (("price", words.price), ("call_to_action", words.call_to_action))
        if text
    ]
    return _with_tags(rows, tags, column, size, style), dropped


def _with_tags(
    rows: list[list[TextBlock]], tags: list[TextBlock], column: Column, size: float, style: Style
) -> list[list[TextBlock]]:
    """Tags side by side where there is room; a lone one beside a short selling point."""
    if len(tags) == 2 and _fits_beside(*tags, column, size):
        return [*rows, _side_by_side(*tags, column, size, style)]
    if len(tags) == 1 and rows:
        (*_, last) = rows[-1]
        if last.role == "selling_point" and len(last.runs) == 1 and _fits_beside(tags[0], last, column, size):
            return [*rows[:-1], _side_by_side(tags[0], last, column, size, style)]
    return [*rows, *([tag] for tag in tags)]


def _secondary(
    role: Role,
    texts: Sequence[str],
    column: Column,
    words: Wording,
    title_size: float,
    style: Style,
    short: float,
    most_lines: int,
) -> TextBlock | None:
    """Texts of a role, never below its smallest size: in a row, or each on as few lines as it fits; else None."""
    smallest = SMALLEST[role] * short
    size = max(smallest, share_of(role, style) * title_size)
    joined = SEPARATOR.join(texts)
    if len(texts) > 1 and typography.em_width(joined, style.font, "title") * size <= column.width:
        return set_lines(role, [joined], column, size, words, style)
    for count in range(1, most_lines + 1):
        broken = [_broken(text, count, words, style) for text in texts]
        width = max(lines.width for lines in broken)
        if width * smallest <= column.width:
            lines = [line for each in broken for line in each.lines]
            return set_lines(role, lines, column, min(size, column.width / width), words, style)
    return None


def _broken(text: str, count: int, words: Wording, style: Style) -> Lines:
    """A text in so many lines, or in fewer if it has not enough words for them."""
    options = (typography.break_lines(text, n, style.font, words.names) for n in range(count, 0, -1))
    return next(option for option in options if option)


def _aligned(line: str, role: Role, column: Column, baseline: float, size: float, style: Style) -> Run:
    ink = typography.ink_box(Run(line, 0, 0, size), style.font, role)
    left = column.left if style.align == "left" else (column.left + column.right - ink.width) / 2
    return Run(line, left - ink.left, baseline, size)


def _block(role: Role, runs: tuple[Run, ...], font: str) -> TextBlock:
    box = typography.ink_box(runs[0], font, role)
    for run in runs[1:]:
        box = box.union(typography.ink_box(run, font, role))
    return TextBlock(role, font, runs, box)


def _fits_beside(tag: TextBlock, other: TextBlock, column: Column, size: float) -> bool:
    return tag.outer.width + GAP * size + other.outer.width <= column.width


def _side_by_side(tag: TextBlock, other: TextBlock, column: Column, size: float, style: Style) -> list[TextBlock]:
    """A tag and what stands to its right, centred on one another; the higher one first."""
    width = tag.outer.width + GAP * size + other.outer.width
    left = column.left if style.align == "left" else (column.left + column.right - width) / 2
    tag = moved(tag, left - tag.outer.left, 0)
    _, middle = tag.outer.centre
    other = moved(other, tag.outer.right + GAP * size - other.outer.left, middle - other.outer.centre[1])
    return sorted((other, tag), key=lambda block: block.outer.top)
