"""The dataset card: one page, with everything in it, that tells what a build made of its sources.

It is for who must trust the data: how many pairs each filter took and whether that changed, what
the lengths look like, and enough rows kept and dropped to read. Titles and contents come from
outside; all of them are escaped, cut, and shown with what is invisible in them made visible.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from inference.covers.titles.checks import width
from training.corpora.content_title_pairs.pair import Drop, Pair

KEPT_SAMPLES = 50
DROPPED_SAMPLES = 25
"""For each rule."""

CHANGE_SAMPLES = 5
MOST_CHARACTERS = 700
"""Of one text: longer ones are cut, and say how long they are."""

BARS = 24
TAIL_SHARE = 0.02
"""The longest texts that share a histogram's last bar, so that one of them does not squeeze all others."""

PRIVATE = frozenset(("contact", "personal_data"))
"""Rules whose samples are not shown: a card is passed around, and what they found belongs to somebody."""
WITHHELD = "withheld"

LANGUAGES = {"zh": "Chinese", "en": "English"}
UNITS = {"zh": "full-width characters", "en": "characters"}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """Rows that a version added, removed and changed, against an earlier version."""

    since: int
    added: Sequence[Row]
    removed: Sequence[Row]
    changed: Sequence[tuple[Row, Row]]

    @classmethod
    def between(cls, since: int, before: Iterable[Row], now: Iterable[Row]) -> "Changes":
        old, new = ({row["pair_id"]: row for row in rows} for rows in (before, now))
        return cls(
            since,
            added=[new[each] for each in sorted(new.keys() - old.keys())],
            removed=[old[each] for each in sorted(old.keys() - new.keys())],
            changed=[(old[each], new[each]) for each in sorted(old.keys() & new.keys()) if old[each] != new[each]],
        )


@dataclass(frozen=True)
class Build:
    """What a card tells of. ``scope`` is the day that was built, empty for all; ``read`` the versions of the sources.

    ``dropped_before`` are the counts by rule of the build before this one.
    """

    title: str
    built_at: datetime
    rows: Sequence[Row]
    dropped: Sequence[tuple[Pair, Drop]]
    read: Mapping[str, Any]
    code: str = ""
    scope: str = ""
    changes: Changes | None = None
    dropped_before: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A rule of the funnel: how many pairs it dropped, how many were left, and how many it dropped last time."""

    drop: Drop
    dropped: int
    left: int
    before: int | None
    samples: Sequence[tuple[Pair, Drop]]


@dataclass(frozen=True)
class Histogram:
    """Counts of texts by width, in bars ``step`` wide from ``start``; the last one also holds what is wider."""

    counts: Sequence[int]
    start: int
    step: int
    median: float
    unit: str


def render(build: Build) -> bytes:
    """The card as HTML, UTF-8. The same build gives the same bytes."""
    rows = sorted(build.rows, key=lambda row: row["pair_id"])
    page = ENVIRONMENT.get_template("card.html").render(
        build=build,
        found=len(rows) + len(build.dropped),
        stages=find_stages(build),
        splits=Counter(row["split"] for row in rows),
        sources=_by_source(rows),
        widths=find_widths(rows),
        winners=[row for row in rows if row.get("rejected")][:KEPT_SAMPLES],
        cleaned=sum(bool(row.get("cleaned_from")) for row in rows),
        samples=rows[:KEPT_SAMPLES],
        languages=LANGUAGES,
        change_samples=CHANGE_SAMPLES,
    )
    return page.encode("utf-8", "backslashreplace")


def find_stages(build: Build) -> list[Stage]:
    """The rules that dropped pairs, most first, and those that did so last time."""
    by_rule: dict[str, list[tuple[Pair, Drop]]] = {rule: [] for rule in build.dropped_before}
    for pair, drop in build.dropped:
        by_rule.setdefault(drop.rule, []).append((pair, drop))
    left = len(build.rows) + len(build.dropped)
    stages = []
    for rule, pairs in sorted(by_rule.items(), key=lambda item: (-len(item[1]), item[0])):
        left -= len(pairs)
        samples = sorted(pairs, key=lambda item: (item[0].content, item[0].title, item[1].detail))
        before = build.dropped_before.get(rule, 0) if build.dropped_before else None
        drop = samples[0][1] if samples else Drop(rule, "dropped none this time")
        shown = [_withheld(item) if rule in PRIVATE else item for item in _spread(samples)]
        stages.append(Stage(drop, len(pairs), left, before, shown))
    return stages


def _withheld(item: tuple[Pair, Drop]) -> tuple[Pair, Drop]:
    pair, drop = item
    return replace(pair, title=WITHHELD, content=WITHHELD), drop


def find_widths(rows: Sequence[Row]) -> list[tuple[str, str, Histogram]]:
    """Column, language and histogram, for titles and contents, each language in its own unit."""
    found = []
    for language in sorted({row["language"] for row in rows}):
        for column in ("title", "content"):
            widths = [width(row[column], language) for row in rows if row["language"] == language]
            found.append((column, language, count_widths(widths, UNITS.get(language, "wide"))))
    return found


def count_widths(widths: Sequence[float], unit: str) -> Histogram:
    """A histogram of widths, at least one, in about ``BARS`` bars of a round number."""
    ordered = sorted(widths)
    reach = ordered[math.ceil((1 - TAIL_SHARE) * len(ordered)) - 1]
    step = next(step for step in _round_numbers() if reach // step - ordered[0] // step < BARS)
    first, last = int(ordered[0] // step), int(reach // step)
    counts = [0] * (last - first + 1)
    for each in ordered:
        counts[min(int(each // step), last) - first] += 1
    return Histogram(counts, first * step, step, ordered[len(ordered) // 2], unit)


def visible(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text cut to a readable length, with control and direction marks as their code points."""
    cut = "".join(_named(character) for character in text[:most])
    return cut if len(text) <= most else f"{cut}… ({len(text):,} characters)"


def difference(before: str, after: str) -> list[tuple[str, str]]:
    """A title and what it was cleaned to, in pieces: ``kept``, ``removed`` or ``added``, and the text."""
    old, new = (re.findall(r"\w+|\s+|[^\w\s]", visible(text)) for text in (before, after))
    pieces = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(("kept", "".join(old[i:j])))
            continue
        pieces += [(name, "".join(part)) for name, part in (("removed", old[i:j]), ("added", new[k:m])) if part]
    return pieces


def _by_source(rows: Sequence[Row]) -> list[tuple[str, Counter[str], int]]:
    counts = Counter((row["source"], row["language"]) for row in rows)
    by_source = {source: Counter[str]() for source, _ in counts}
    for (source, language), count in counts.items():
        by_source[source][language] = count
    listed = [(source, languages, languages.total()) for source, languages in by_source.items()]
    return sorted(listed, key=lambda each: (-each[2], each[0]))


def _spread(ordered: list[tuple[Pair, Drop]]) -> list[tuple[Pair, Drop]]:
    """A sample from everywhere in the list, not from its beginning."""
    step = max(1, len(ordered) // DROPPED_SAMPLES)
    return ordered[::step][:DROPPED_SAMPLES]


def _round_numbers() -> Iterable[int]:
    return (digit * 10**power for power in range(12) for digit in (1, 2, 5))


def _named(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in "\n\t"
    return f"⟨U+{ord(character):04X}⟩" if hidden else character


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {
    "visible": visible,
    "number": "{:,}".format,
    "short": "{:g}".format,
    "words": lambda name: str(name).replace("_", " "),
    "percent": lambda part, whole: f"{100 * part / whole:.1f} %" if whole else "–",
}
ENVIRONMENT.globals["difference"] = difference
