"""The pieces of a text that no line break may enter: words, names, numbers with their unit, quoted titles.

jieba finds Chinese words. What it leaves as single characters is mostly a word or name that its
dictionary lacks, as in 红釉 or 灰太狼, so short runs of them stay together. Short titles in 《》 or
quotes are names, and so is whatever the caller knows to be one.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jieba

jieba.setLogLevel(logging.WARNING)

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
CLOSING = "，。！？；：、）》」』】”’…％%,.!?;:)]}°℃"
CLOSING_SIGN = rf"(?:(?!\.\d)[{re.escape(CLOSING)}])"
"""Any of them, but not the point of .99."""

OPENING = "（《「『【“‘([{¥$€£#"
PARTICLES = "的了吗呢吧着过们地得啊嘛呀里"
LEANING_CHINESE = frozenset("不没很更最太就也都还又再和与及或在把被让给对从向为用一这那每是有&+-–")
"""Words and signs that lean on the next: bad at the end of a line, and no beginning of a name."""

LONGEST_UNKNOWN = 4
"""Single characters in a row beyond which they are no word that jieba lacks, but a sentence of short words."""

QUOTED = re.compile(r"《[^《》]{1,10}》|“[^“”]{1,8}”|「[^「」]{1,8}」|『[^『』]{1,8}』|\"[^\"]{1,16}\"")
"""Titles and names in their quotes, short enough to stand in one line."""

MEASURE = re.compile(r"\d[\d.,]* (?:ml|mL|l|L|g|kg|mg|oz|lb|cm|mm|m|in|ft|W|V|A|Hz|mAh|GB|TB|MB|%|°C)(?![A-Za-z])")
"""A number and its unit with a blank between them, as in 500 ml."""


@dataclass(frozen=True)
class Unit:
    """A piece of text that no line break may enter."""

    text: str
    space_before: bool


@lru_cache(maxsize=1024)
def split_units(text: str, names: tuple[str, ...] = ()) -> list[Unit]:
    """The unbreakable pieces of a cleaned text, in order; ``names`` stay whole wherever they occur in it.

    A name only takes away places to break: what is a place with it is one without it, too.
    """
    units: list[Unit] = []
    for piece, space_before in _glue_unknown(_split_words(text)):
        if units and not space_before and _belongs_together(units[-1].text, piece):
            units[-1] = Unit(units[-1].text + piece, units[-1].space_before)
        else:
            units.append(Unit(piece, space_before))
    return _join_spans(units, text, names)


def is_lone(text: str) -> bool:
    """Whether it is a single Chinese character."""
    return re.fullmatch(rf"[{HAN}]", text) is not None


def _split_words(text: str) -> Iterator[tuple[str, bool]]:
    for word in re.finditer(r"\S+", text):
        space_before = word.start() > 0
        for run in re.findall(rf"[{HAN}]+|[^{HAN}]+", word[0]):
            pieces = jieba.cut(run) if re.match(rf"[{HAN}]", run) else _split_fullwidth(run)
            for piece in pieces:
                yield piece, space_before
                space_before = False


def _split_fullwidth(run: str) -> list[str]:
    """Latin words stay whole; full-width punctuation between them and kana may be broken at."""
    return re.findall(r"[\u3000-\u30ff\uff00-\uffef…—“”‘’·]|[^\u3000-\u30ff\uff00-\uffef…—“”‘’·]+", run)


def _glue_unknown(pieces: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """Two to ``LONGEST_UNKNOWN`` single characters in a row as one piece."""
    run: list[tuple[str, bool]] = []
    for piece, space_before in pieces:
        is_unknown = is_lone(piece) and piece not in PARTICLES
        if run and (not is_unknown or space_before):
            yield from _glued(run)
            run = []
        if is_unknown:
            run.append((piece, space_before))
        else:
            yield piece, space_before
    yield from _glued(run)


def _glued(run: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    start = next((n for n, (piece, _) in enumerate(run) if piece not in LEANING_CHINESE), len(run))
    end = next((n for n in range(len(run), start, -1) if run[n - 1][0] not in LEANING_CHINESE), start)
    if not 2 <= end - start <= LONGEST_UNKNOWN:
        return run
    return [*run[:start], ("".join(piece for piece, _ in run[start:end]), run[start][1]), *run[end:]]


def _belongs_together(before: str, after: str) -> bool:
    is_measured = before[-1].isdigit() and len(after) <= 2
    is_shaped_like = len(before) == 1 and before.isascii() and before.isalpha()  # as in T恤, V领, U盘
    return after[0] in CLOSING or before[-1] in OPENING or after in PARTICLES or is_measured or is_shaped_like


def _join_spans(units: list[Unit], text: str, names: Sequence[str]) -> list[Unit]:
    """Units joined wherever a name, a quoted title or a measure reaches over the border between two."""
    spans = [match.span() for pattern in (QUOTED, MEASURE) for match in pattern.finditer(text)]
    spans += [match.span() for name in names if name for match in re.finditer(re.escape(name), text)]
    joined: list[Unit] = []
    place = 0
    for unit in units:
        place += unit.space_before and place > 0
        if joined and any(start < place < end for start, end in spans):
            blank = " " if unit.space_before else ""
            joined[-1] = Unit(joined[-1].text + blank + unit.text, joined[-1].space_before)
        else:
            joined.append(unit)
        place += len(unit.text)
    return joined
