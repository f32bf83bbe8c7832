"""Setting words: what a font can show, where a line may break, how wide it gets, its pixels.

Chinese and English break between words (``words`` finds them); no line starts with closing
punctuation or a particle, none ends with an opening bracket or a currency sign, and none but a text
that breaks nowhere else ends in a widow. The cut of the break is searched over all places, so lines
come out balanced rather than filled from the top.

The fonts come in one weight, so bold is an outline in the ink's own colour.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inference.covers.picture.words import CLOSING, CLOSING_SIGN, LEANING_CHINESE, OPENING, Unit, is_lone, split_units
from inference.media.geometry import Box
from inference.models import shelf

FONT_FILES = {"sans": "NotoSansSC-Regular.otf", "serif": "NotoSerifSC-Regular.otf"}

Role = Literal["title", "subheadline", "selling_point", "price", "call_to_action", "brand"]

LIGHT_ROLES: tuple[Role, ...] = ("subheadline", "selling_point")
BOLDNESS: dict[tuple[str, Role], float] = {
    (font, role): 0.01 if role in LIGHT_ROLES else bold
    for font, bold in (("sans", 0.026), ("serif", 0.02))
    for role in get_args(Role)
}
"""Width of the outline on each side, in em. Beyond 0.03 dense characters such as 疆 close up."""

REFERENCE_SIZE = 200
"""Pixels per em at which widths are measured; they scale linearly from there."""

DROPPED_AT_LINE_END = "，、；：,;: "
DROPPED_AT_TITLE_END = DROPPED_AT_LINE_END + "。"
ORNAMENTS = frozenset(["So", "Sk", "Po", "Pd", "Ps", "Pe", "Pi", "Pf", "Pc", "Zs"])
"""Unicode categories that may be left out where the font lacks them: emoji, rare punctuation."""

LEANING_ENGLISH = frozenset(
    ["a", "an", "and", "at", "by", "for", "from", "in", "is", "no", "of", "on", "or", "the", "to", "with", "your"]
)
"""Words and signs that lean on the next: bad at the end of a line, worse at the end of a cut title."""

PAUSE_BONUS, PHRASE_BONUS, WEAK_END_COST, SPLIT_COST, ORPHAN_COST, WIDOW_COST = 0.25, 0.2, 0.2, 0.3, 0.6, 5.0
"""Shares of a line's width. A line may well end after 的, where the eye pauses before the noun; between
two single characters is often the middle of a word that the dictionary lacks, as in 红釉.
"""

ORPHAN_SHARE = 0.3
"""A last line narrower than this share of the widest is an orphan."""

SHORT_WORD = 4
"""Letters of an English word up to which it is a widow when it is all there is of the last line."""


@dataclass(frozen=True)
class Run:
    """One piece of text on one baseline, in canvas pixels; ``size`` is its em."""

    text: str
    x: float
    baseline: float
    size: float


@dataclass(frozen=True)
class TextBlock:
    """Text of one role. ``box`` holds all its ink, ``tag`` the filled shape behind it, in canvas pixels."""

    role: Role
    font: str
    runs: tuple[Run, ...]
    box: Box
    tag: Box | None = None

    @property
    def outer(self) -> Box:
        return self.tag or self.box


@dataclass(frozen=True)
class Lines:
    """A text broken into lines. ``width`` is the widest in em, ``cost`` is 1 for perfect balance."""

    lines: tuple[str, ...]
    width: float
    cost: float


def clean(text: str, font: str) -> str:
    """The text as it can be set: composed, one space between words, nothing invisible, no emoji.

    Raises ``ValueError`` when nothing readable is left, and when the font lacks a letter, digit,
    currency or mathematical sign: without it the text would say something else.
    """
    text = unicodedata.normalize("NFC", text).replace("￥", "¥")
    text = re.sub(r"[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]", lambda m: chr(ord(m[0]) - 0xFEE0), text)
    text = re.sub(r"\s+", " ", text)
    text = "".join(c for c in text if unicodedata.category(c)[0] not in "CM")
    covered = _coverage(font)
    missing = sorted({c for c in text if ord(c) not in covered})
    needed = [c for c in missing if unicodedata.category(c) not in ORNAMENTS]
    if needed:
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in needed[:5])
        raise ValueError(f"the {font} font has no glyph for {named}; reword the text or add a font that has it")
    text = "".join(c for c in text if c not in missing)
    text = re.sub(rf" +(?={CLOSING_SIGN})|^(?:{CLOSING_SIGN}| )+", "", text)
    text = re.sub(r" +", " ", text).rstrip(DROPPED_AT_TITLE_END)
    if not any(c.isalnum() for c in text):
        raise ValueError("there is no readable text to set: it is empty, or only symbols and invisible characters")
    return text


def choose_font(texts: Iterable[str], wanted: str) -> str:
    """The wanted font, or another that has a glyph for everything in the texts where the wanted one has not."""
    needed = {ord(c) for text in texts for c in unicodedata.normalize("NFC", text) if _is_needed(c)}
    return next((font for font in (wanted, *FONT_FILES) if needed <= _coverage(font)), wanted)


def _is_needed(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in ORNAMENTS and category[0] not in "CM"


@lru_cache(maxsize=1024)
def break_lines(text: str, count: int, font: str, names: tuple[str, ...] = ()) -> Lines | None:
    """The best way to set a cleaned text in exactly so many lines; None if it has fewer units.

    ``names`` are words that no line break may enter. A widow costs so much that the last line is one
    only where every break leaves one.
    """
    units = split_units(text, names)
    if len(units) < count:
        return None
    options = []
    for breaks in itertools.combinations(range(1, len(units)), count - 1):
        bounds = (0, *breaks, len(units))
        options.append(_cost_of_break(units, bounds, font))
    cost, bounds = min(options)
    lines = tuple(_join(units[a:b]) for a, b in itertools.pairwise(bounds))
    return Lines(lines, max(em_width(line, font, "title") for line in lines), cost)


def shorten(text: str, limit: float, max_lines: int, font: str, names: tuple[str, ...] = ()) -> str:
    """The longest beginning of a cleaned text that fits so many lines of ``limit`` em, cut between words.

    Raises ``ValueError`` when not even its first word fits.
    """
    units = split_units(text, names)
    room = limit * max_lines
    widths = itertools.accumulate(_unit_width(unit.text, font) for unit in units)
    count = sum(width <= room for width in widths)
    while count:
        shown = _join(_without_weak_end(units[:count]))
        broken = (break_lines(shown, lines, font, names) for lines in range(1, max_lines + 1)) if shown else ()
        if any(option and option.width <= limit for option in broken):
            return shown
        count -= 1
    raise ValueError(f"“{units[0].text[:80]}” is too long for a line even at the smallest readable size; shorten it")


def em_width(text: str, font: str, role: Role) -> float:
    """Width of a line's ink and advance in em, outline included."""
    return load_font(font, REFERENCE_SIZE).getlength(text) / REFERENCE_SIZE + 2 * BOLDNESS[font, role]


def ink_box(run: Run, font: str, role: Role) -> Box:
    """Where a run's ink falls, outline included, in canvas pixels."""
    return _ink_of(run.text, font, role).scaled(run.size).moved(run.x, run.baseline)


@lru_cache(maxsize=4096)
def _ink_of(text: str, font: str, role: Role) -> Box:
    """Ink of a text set from the origin, in em. Pillow's own ``getbbox`` spans the advance, not the ink."""
    outline = BOLDNESS[font, role] * REFERENCE_SIZE
    mask, (left, top) = load_font(font, REFERENCE_SIZE).getmask2(text, mode="L", stroke_width=outline, anchor="ls")
    return Box(*mask.getbbox()).moved(left, top).scaled(1 / REFERENCE_SIZE)


@lru_cache(maxsize=64)  # a cover's treatments and their measurement ask for the same few again and again
def rasterise(block: TextBlock, region: Box, outline: float = 0.0) -> np.ndarray:
    """Coverage by a block's ink, uint8, read-only, over a region of whole pixels.

    ``outline`` in em widens the ink on every side.
    """
    canvas = Image.new("L", (round(region.width), round(region.height)))
    draw = ImageDraw.Draw(canvas)
    for run in block.runs:
        width = (BOLDNESS[block.font, block.role] + outline) * run.size
        position = (run.x - region.left, run.baseline - region.top)
        font = load_font(block.font, run.size)
        draw.text(position, run.text, fill=255, font=font, anchor="ls", stroke_width=width)
    return np.asarray(canvas)


def display_width(text: str) -> float:
    """Length in Chinese characters: a Latin letter counts half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in text)


@lru_cache(maxsize=16)  # each holds about 1.3 MB
def load_font(font: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_font_file(font), size)


def _cost_of_break(units: list[Unit], bounds: tuple[int, ...], font: str) -> tuple[float, tuple[int, ...]]:
    widths = [
        sum(_unit_width(unit.text, font) + 0.25 * (unit.space_before and i > 0) for i, unit in enumerate(units[a:b]))
        for a, b in itertools.pairwise(bounds)
    ]
    cost = max(widths) * len(widths) / sum(widths)
    for b in bounds[1:-1]:
        ending, following = units[b - 1].text, units[b].text
        cost -= PAUSE_BONUS * (ending[-1] in CLOSING) + PHRASE_BONUS * (ending[-1] == "的")
        is_split = is_lone(ending) and is_lone(following) and not _leans(following)
        cost += WEAK_END_COST * _leans(ending) + SPLIT_COST * is_split
    if len(widths) > 1:
        cost += ORPHAN_COST * (widths[-1] < ORPHAN_SHARE * max(widths))
        cost += WIDOW_COST * is_widow(_join(units[bounds[-2] :]))
    return cost, bounds


def is_widow(line: str) -> bool:
    """Whether a last line is a single Chinese character or one short word, signs aside."""
    bare = "".join(c for c in line if c.isalnum() or c.isspace()).strip()
    return len(bare) <= 1 or (bare.isascii() and bare.isalpha() and len(bare) <= SHORT_WORD)


@lru_cache(maxsize=4096)
def _unit_width(text: str, font: str) -> float:
    return load_font(font, REFERENCE_SIZE).getlength(text) / REFERENCE_SIZE


def _join(units: list[Unit]) -> str:
    text = "".join(" " * (unit.space_before and i > 0) + unit.text for i, unit in enumerate(units))
    return text.rstrip(DROPPED_AT_LINE_END)


def _without_weak_end(units: list[Unit]) -> list[Unit]:
    while units and (_leans(units[-1].text) or units[-1].text[-1] in OPENING):
        units = units[:-1]
    return units


def _leans(word: str) -> bool:
    return word in LEANING_CHINESE or word.lower() in LEANING_ENGLISH


@cache
def _font_file(font: str) -> Path:
    return shelf.resolve("noto-sc") / FONT_FILES[font]


@cache
def _coverage(font: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_font_file(font), lazy=True) as opened:
        return frozenset(opened.getBestCmap())
