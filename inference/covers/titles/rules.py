"""Titles cut out of the facts by rule: those of a video whose model only invents."""

import re
from collections.abc import Sequence

from inference.covers.titles.checks import MIN_WIDTH, Limits, find_chatter, width
from inference.covers.titles.chinese import find_edges, find_names
from inference.covers.titles.claims import SENTENCE_END
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import judge

CLAUSE_END = re.compile(r"[，。！？；：、,.!?;:\n](?!\d)|\s[-–—|]\s")
WORD = re.compile(r"\S+")
MAX_CLAUSES = 3
"""Clauses of a text that stand in for selling points; what comes later is small print."""

WRAPPING = "\"'“”‘’《》【】「」*# "
PREFIX = re.compile(r"^(标题|封面标题|title)\s*[:：]\s*", re.IGNORECASE)


def write_by_rule(facts: Facts, limits: Limits) -> list[str]:
    """Titles cut out of the facts: product and selling point together, each alone, or else a line that will do."""
    names, points = names_of(facts, limits), _points(facts, limits)
    joined = [title for point in points if (title := put_before(names, point, facts, limits))]
    written = [*joined, *names[:1], *points]
    if any(judge(title, "rule", facts, limits).kept for title in written):
        return written
    return [*written, *_first_that_will_do(facts, limits)]


def put_before(names: Sequence[str], words: str, facts: Facts, limits: Limits) -> str:
    """The words behind the longest of the product's names with which both may be published; empty without one."""
    joint = ": " if limits.language == "en" else "，"
    titles = [f"{name}{joint}{words}" for name in names]
    fitting = [title for title in titles if width(title, limits.language) <= limits.max_width]
    return next((title for title in fitting if judge(title, "rule", facts, limits).kept), "")


def names_of(facts: Facts, limits: Limits) -> list[str]:
    """What the product may be called within the limits, longest first; of one without a title its category."""
    whole = _fitting([facts.title], limits)
    if limits.language == "en":
        return whole or _last_words(facts.title or "", limits)
    known = find_names(facts.title or "") or find_names(facts.category or "")
    names = [name for name in known if width(name, "zh") <= limits.max_width]
    return list(dict.fromkeys([*whole, *names])) or _last_words(facts.title or "", limits)


def _points(facts: Facts, limits: Limits) -> list[str]:
    """What speaks for the product, strongest first; of one without selling points the first clauses of its text."""
    if facts.selling_points or not facts.title:
        return _fitting(facts.selling_points, limits)
    return _clauses_that_fit(CLAUSE_END.split(facts.description or ""), limits)[:MAX_CLAUSES]


def _first_that_will_do(facts: Facts, limits: Limits) -> list[str]:
    """The first line that may be published, else the first there is.

    Lines on screen are in order of size: after the headline come subtitles, which are no titles.
    """
    cut = [*_fitting([*facts.headlines, facts.description], limits), *_said(facts, limits)]
    return [title for title in cut if judge(title, "rule", facts, limits).kept][:1] or cut[:1]


def leading_clauses(text: str, limits: Limits) -> str:
    """As many clauses from the beginning of a text as fit and stand in its first sentence; empty if not one does."""
    first = SENTENCE_END.split(text.strip(), maxsplit=1)[0]
    ends = [len(first), *(found.start() for found in reversed(list(CLAUSE_END.finditer(first))))]
    return next(iter(_clauses_that_fit([first[:end] for end in ends], limits)), "")


def _fitting(texts: Sequence[str | None], limits: Limits) -> list[str]:
    """Of each text the whole or as much of its beginning as fits, else its first clause that does."""
    fitting = [
        _clauses_that_fit([text, leading_clauses(text, limits), *CLAUSE_END.split(text)], limits)
        for text in texts
        if text
    ]
    return [clauses[0] for clauses in fitting if clauses]


def _said(facts: Facts, limits: Limits) -> list[str]:
    """The first clause said that is long enough and no talk."""
    clauses = _clauses_that_fit(CLAUSE_END.split(facts.spoken or ""), limits)
    long_enough = [clause for clause in clauses if width(clause, limits.language) >= MIN_WIDTH[limits.language]]
    return [clause for clause in long_enough if not find_chatter(clause)][:1]


def _clauses_that_fit(clauses: Sequence[str], limits: Limits) -> list[str]:
    cleaned = [clean(clause) for clause in clauses]
    return [clause for clause in cleaned if clause and width(clause, limits.language) <= limits.max_width]


def _last_words(text: str, limits: Limits) -> list[str]:
    """As much of the end as fits, from the beginning of a word: catalogue titles put the product last."""
    starts = sorted(find_edges(text)) if limits.language == "zh" else [word.start() for word in WORD.finditer(text)]
    return _clauses_that_fit([text[start:] for start in starts], limits)[:1]


def clean(answer: str) -> str:
    """The title in a model's answer: its first line without label, quotes and closing stop."""
    line = next((line for line in answer.splitlines() if line.strip()), "")
    line = PREFIX.sub("", line.strip(WRAPPING)).strip(WRAPPING)
    return re.sub(r"\s+", " ", line).rstrip("。.，,；;：:、!！ ")
