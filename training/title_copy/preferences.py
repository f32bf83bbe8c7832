"""Which of two titles people surely click more: what the preference stage and the judge learn from.

A pair of the dataset that won among people bears the titles it beat. Each of these makes a preference,
if the winner is still worded as people saw it, since clicks on other words say nothing of it, and if
the loser may be read by a model at all. A loser that claims too much stays: to like it less is right.
A winner that claims too much does not, for what it would teach is to invent.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from inference.covers.titles.claims import canonical, find_unsupported
from training.corpora.content_title_pairs.filters.contact import holds_no_contact_details
from training.corpora.content_title_pairs.filters.hygiene import (
    holds_no_markup,
    is_cleansed,
    is_of_bearable_size,
    is_unbroken,
)
from training.corpora.content_title_pairs.filters.language import is_in_its_language
from training.corpora.content_title_pairs.filters.personal_data import holds_no_personal_data
from training.corpora.content_title_pairs.filters.wording import holds_no_profanity
from training.corpora.content_title_pairs.pair import Drop, Pair

FILTERS = (
    is_of_bearable_size,
    is_cleansed,
    is_unbroken,
    holds_no_markup,
    holds_no_contact_details,
    holds_no_personal_data,
    holds_no_profanity,
    is_in_its_language,
)
"""What a loser must pass: nobody's data is learned, and no dirt by which a loser would be known."""

MOST_LOSERS = 4
"""Of one winner, those clicked least: a content with many titles shall not outweigh the others."""

REWORDED = "winner_reworded"
UNSUPPORTED = "winner_unsupported"
SAME = "same_title"

Preference = Mapping[str, Any]
"""``example_id``, ``group``, ``split``, ``simulated``, and two rows alike but for their title, ``chosen`` and
``rejected``, as ``training.finetune.preference`` takes them."""


@dataclass(frozen=True)
class Found:
    """Preferences in order of their ids, and how many were refused by which rule."""

    preferences: list[dict[str, Any]] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def sentence(self) -> str:
        """For logs and for the page of a run."""
        counted = Counter(each["simulated"] for each in self.preferences)
        refused = ", ".join(f"{count} {rule}" for rule, count in sorted(self.refused.items())) or "none"
        return f"preferences: {counted[False]} of real people, {counted[True]} simulated; refused: {refused}"


def find_preferences(pairs: Iterable[Mapping[str, Any]]) -> Found:
    """The preferences in rows of ``content_title_pairs`` that are not held out; rows of a file may lack ``rejected``.

    A preference has its row's group and split, so that validation looks at groups not trained on.
    """
    found = Found()
    for row in pairs:
        if row["split"] != "held_out" and row.get("rejected"):
            found.preferences.extend(_of_winner(row, found.refused))
    found.preferences.sort(key=lambda each: each["example_id"])
    return found


def _of_winner(row: Mapping[str, Any], refused: Counter[str]) -> Iterator[dict[str, Any]]:
    losers = sorted(row["rejected"], key=lambda each: (each["click_rate"], each["title"]))
    if not row["shown"] or not _is_same(row["title"], row["shown"]["title"]):
        refused[REWORDED] += len(losers)
    elif find_unsupported(row["title"], row["content"]):
        refused[UNSUPPORTED] += len(losers)
    else:
        fit = []
        for loser in losers:
            result = _judge(Pair(row["content"], loser["title"], row["language"], row["source"]), row["title"])
            if isinstance(result, Drop):
                refused[result.rule] += 1
            else:
                fit.append(result.title)
        yield from (_as_preference(row, title) for title in dict.fromkeys(fit[:MOST_LOSERS]))


def _judge(pair: Pair, winner: str) -> Pair | Drop:
    """The pair of a loser, cleansed, or why it is not learned from."""
    for each in FILTERS:
        result = each(pair)
        if isinstance(result, Drop):
            return result
        pair = result
    return Drop(SAME, "both titles say the same in other signs") if _is_same(pair.title, winner) else pair


def _is_same(one: str, other: str) -> bool:
    """Whether two titles differ in case and signs only."""
    return _letters(one) == _letters(other)


def _letters(title: str) -> str:
    return "".join(character for character in canonical(title) if character.isalnum())


def _as_preference(row: Mapping[str, Any], rejected: str) -> dict[str, Any]:
    written = f"{row['content']}\n{row['title']}\n{rejected}"
    example_id = hashlib.sha256(written.encode()).hexdigest()[:16]
    shared = {"example_id": example_id, "content": row["content"], "language": row["language"]}
    return {
        **{name: row[name] for name in ("group", "split", "simulated")},
        "example_id": example_id,
        "chosen": {**shared, "title": row["title"]},
        "rejected": {**shared, "title": rejected},
    }
