"""Titles cut out of the facts by rule: those of a video whose model only invents."""

import re
from collections.abc import Sequence

from inference.covers.titles.checks import MIN_WIDTH, Limits, find_chatter, width
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import judge

CLAUSE_END = re.compile(r"[，。！？；：、,.!?;:\n](?!\d)|\s[-–—|]\s")
WRAPPING = "\"'“”‘’《》【】「」*# "
PREFIX = re.compile(r"^(标题|封面标题|title)\s*[:：]\s*", re.IGNORECASE)


def write_by_rule(facts: Facts, limits: Limits) -> list[str]:
    """Titles cut out of the facts: product, selling point, both together; else the first line that will do.

    Lines on screen are in order of size: after the headline come subtitles, which are no titles.
    """
    heads = _fitting([facts.title], limits) or [_last_words(facts.title or "", limits)]
    points = _fitting(facts.selling_points, limits)
    joint = ": " if limits.language == "en" else "，"
    joined = [f"{head}{joint}{point}" for head in heads for point in points if head]
    short = [title for title in joined if width(title, limits.language) <= limits.max_width]
    if any(heads) or points:
        return [*heads, *points, *short]
    cut = [*_fitting([*facts.headlines, facts.description], limits), *_said(facts, limits)]
    publishable = [title for title in cut if judge(title, "rule", facts, limits).kept]
    return (publishable or cut)[:1]


def _fitting(texts: Sequence[str | None], limits: Limits) -> list[str]:
    """Of each text the whole, if it fits, else its first clause that does."""
    fitting = [_clauses_that_fit([text or "", *CLAUSE_END.split(text or "")], limits) for text in texts]
    return [clauses[0] for clauses in fitting if clauses]


def _said(facts: Facts, limits: Limits) -> list[str]:
    """The first clause said that is long enough and no talk."""
    clauses = _clauses_that_fit(CLAUSE_END.split(facts.spoken or ""), limits)
    long_enough = [clause for clause in clauses if width(clause, limits.language) >= MIN_WIDTH[limits.language]]
    return [clause for clause in long_enough if not find_chatter(clause)][:1]


def _clauses_that_fit(clauses: Sequence[str], limits: Limits) -> list[str]:
    cleaned = [clean(clause) for clause in clauses]
    return [clause for clause in cleaned if clause and width(clause, limits.language) <= limits.max_width]


def _last_words(text: str, limits: Limits) -> str:
    """Catalogue titles put the product last: 夏季新款宽松大码显瘦连衣裙."""
    words = text.split()
    if limits.language == "zh" and len(words) < 3:
        import jieba

        words = list(jieba.cut(text))
    space = " " if limits.language == "en" else ""
    kept: list[str] = []
    for word in reversed(words):
        if width(space.join([word, *kept]), limits.language) > limits.max_width:
            break
        kept.insert(0, word)
    return clean(space.join(kept))


def clean(answer: str) -> str:
    """The title in a model's answer: its first line without label, quotes and closing stop."""
    line = next((line for line in answer.splitlines() if line.strip()), "")
    line = PREFIX.sub("", line.strip(WRAPPING)).strip(WRAPPING)
    return re.sub(r"\s+", " ", line).rstrip("。.，,；;：:、!！ ")
