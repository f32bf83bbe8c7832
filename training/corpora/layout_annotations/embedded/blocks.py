"""Lines become blocks: the same font, one under the other, set close."""

from dataclasses import dataclass, replace

import numpy as np

from inference.covers.picture.colour import to_oklab
from inference.media.geometry import Box
from training.corpora.layout_annotations.embedded import prices
from training.corpora.layout_annotations.embedded.line import Line

SIZE_RATIO = 1.4
STROKE_RATIO = 1.6
COLOUR_GAP = 0.1
"""Largest factor between sizes and strokes, and difference in OKLab, of lines in one font and colour."""

LINE_PITCH, LINE_GAP = 1.56, 0.8
"""Em from baseline to baseline, and of blank between them, within a block at most. Lists are set wider: each of
their points stands for itself."""

WORD_GAP, COMMA_GAP, ROW_SHIFT = 0.45, 1.0, 0.3
"""Em between words of one row, after a comma, and between how low they reach, at most."""

LEAD_IN_GAP = 0.5
"""Em of a price between it and the words that lead in to it at most."""

ALIGNED = 0.6
"""Em by which left edges, middles or right edges of lines in one block differ at most."""


@dataclass(frozen=True, eq=False)
class Block:
    """Lines that belong together, from top to bottom; ``box`` is tight around their ink."""

    lines: tuple[Line, ...]

    @property
    def box(self) -> Box:
        whole = self.lines[0].box
        for line in self.lines[1:]:
            whole = whole.union(line.box)
        return whole

    @property
    def text(self) -> str:
        """Lines in order: Chinese ones joined without a blank, others with one."""
        return ("" if self.language == "zh" else " ").join(line.text for line in self.lines)

    @property
    def language(self) -> str:
        return "zh" if any(line.language == "zh" for line in self.lines) else "en"

    @property
    def bulleted(self) -> bool:
        return any(line.bulleted for line in self.lines)

    @property
    def size(self) -> float:
        return float(np.median([line.size for line in self.lines]))

    @property
    def colour(self) -> np.ndarray:
        """sRGB of the ink, three floats from 0 to 1."""
        return self.lines[0].ink.colour if len(self.lines) == 1 else self._mean("colour")

    @property
    def ground(self) -> np.ndarray:
        return self._mean("ground")

    @property
    def score(self) -> float:
        return float(np.mean([line.score for line in self.lines]))

    def _mean(self, name: str) -> np.ndarray:
        weights = [line.box.area for line in self.lines]
        return np.average([getattr(line.ink, name) for line in self.lines], axis=0, weights=weights)


def merge(lines: list[Line]) -> list[Block]:
    """Blocks of lines, from top to bottom; each line goes under the block it continues, if any."""
    blocks: list[list[Line]] = []
    for line in sorted(_joined(lines), key=_order):
        continued = next((block for block in reversed(blocks) if continues(block[-1], line)), None)
        if continued is None:
            blocks.append([line])
        else:
            continued.append(line)
    return [Block(tuple(block)) for block in blocks]


def _joined(lines: list[Line]) -> list[Line]:
    """Lines in which the words of one row, where they were found apart, are one again."""
    whole: list[Line] = []
    for line in sorted(lines, key=lambda line: line.box.left):
        before = next((other for other in whole if _goes_on(other, line)), None)
        if before is None:
            whole.append(line)
        else:
            whole[whole.index(before)] = _one(before, line)
    return whole


def _goes_on(left: Line, right: Line) -> bool:
    """Whether the second continues the first in its row: as close as words, and as large, or a sum."""
    size = max(left.size, right.size)
    level = abs(left.box.bottom - right.box.bottom) < ROW_SHIFT * size
    widest = COMMA_GAP if left.text.endswith(("，", ",", "、")) else WORD_GAP
    close = -0.1 * size < right.box.left - left.box.right < widest * size
    is_sum = bool(prices.ENDS_IN_CURRENCY.search(left.text)) and right.text[:1].isdigit()
    both_prices = prices.names_price(left.text) and prices.names_price(right.text)
    return level and close and not both_prices and (is_sum or _alike(left, right))


def _one(left: Line, right: Line) -> Line:
    blank = "" if "zh" in (left.language, right.language) or prices.ENDS_IN_CURRENCY.search(left.text) else " "
    larger = max(left, right, key=lambda line: line.size)
    score = min(left.score, right.score)
    return replace(larger, text=left.text + blank + right.text, box=left.box.union(right.box), score=score)


def _order(line: Line) -> float:
    """Where a line comes from top to bottom; words before a price stand on its baseline, but come first."""
    return line.box.centre[1] - (line.size if prices.leads_in(line.text) else 0.0)


def continues(above: Line, below: Line) -> bool:
    """Whether a line is the next of the block that ends with the one above."""
    if above.bulleted or below.bulleted:
        return False
    if prices.leads_in(above.text) and prices.names_price(below.text):
        return _is_lead_in(above, below)
    if prices.names_price(above.text) or prices.names_price(below.text):
        return False
    size = (above.size + below.size) / 2
    pitch = below.baseline - above.baseline
    is_next = 0.5 * size < pitch < LINE_PITCH * size and below.box.top - above.box.bottom < LINE_GAP * size
    return is_next and _alike(above, below) and _aligned(above.box, below.box, size)


def _is_lead_in(words: Line, price: Line) -> bool:
    """Whether words such as "only" stand before or over a price, in a smaller size as a rule."""
    over = price.box.top - words.box.bottom < LEAD_IN_GAP * price.size and _aligned(words.box, price.box, price.size)
    level = abs(price.box.bottom - words.box.bottom) < 0.4 * price.size
    before = level and -0.1 * price.size < price.box.left - words.box.right < LEAD_IN_GAP * price.size
    return before or over


def _alike(one: Line, other: Line) -> bool:
    sizes, strokes = (one.size, other.size), (one.ink.stroke, other.ink.stroke)
    return (
        max(sizes) < SIZE_RATIO * min(sizes)
        and max(strokes) < STROKE_RATIO * min(strokes)
        and float(np.linalg.norm(to_oklab(one.ink.colour) - to_oklab(other.ink.colour))) < COLOUR_GAP
    )


def _aligned(one: Box, other: Box, size: float) -> bool:
    gaps = (one.left - other.left, one.right - other.right, one.centre[0] - other.centre[0])
    return min(map(abs, gaps)) < ALIGNED * size
