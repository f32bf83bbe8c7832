"""How good the titles of one system are: likeness, variety, form, and what they invent.

Every score is an array with a number for each title, so that means, intervals, differences and parts
of the held-out pairs all come from the same numbers. ``SCORES`` says what each one is and which way
is better.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from inference.covers.titles.checks import Limits, find_faults, is_in_language, width
from inference.covers.titles.rules import clean
from inference.covers.titles.word_lists import find_absolute_claim, find_profanity
from training.intervals import Interval, gain, interval
from training.title_copy.scores.invention import Names
from training.title_copy.scores.likeness import chrf, rouge_l, units

Pair = Mapping[str, Any]


class Score(NamedTuple):
    """What a score says, for people who read it, and whether more of it is better."""

    about: str
    higher_is_better: bool


SCORES = {
    "rouge_l": Score("likeness to the shop's own title, in words (Chinese: characters), by ROUGE-L", True),
    "chrf": Score("likeness to the shop's own title, in runs of letters, by chrF", True),
    "distinct_1": Score("share of different words among all words written", True),
    "distinct_2": Score("share of different word pairs among all word pairs written", True),
    "length_ok": Score("share of titles that are no longer than a cover allows, which is what is asked for", True),
    "language_ok": Score("share of titles in the language asked for", True),
    "publishable": Score("share of titles that pass every check of serving, a cover's length among them", True),
    "unsupported_numbers": Score("share of titles with a number that the content lacks", False),
    "unsupported_brands": Score("share of titles with a brand that the content lacks", False),
    "unsupported_attributes": Score("share of titles with another word that the content lacks", False),
    "forbidden": Score("share of titles with an absolute claim or profanity", False),
}


@dataclass(frozen=True)
class Scored:
    """One system's titles for the held-out pairs, and arrays [pairs] for each of ``SCORES``, 0 to 1.

    A score's mean is weighted where ``weights`` has an array [pairs] for it.
    """

    name: str
    titles: list[str]
    values: dict[str, np.ndarray]
    groups: list[str]
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def means(self, languages: Sequence[str] = ()) -> dict[str, float]:
        """The mean of each score; with the pairs' languages, of ROUGE-L in each of them too."""
        means = {name: self.interval(name).mean for name in self.values}
        for language in sorted(set(languages)):
            means[f"rouge_l_{language}"] = self.interval("rouge_l", np.array(languages) == language).mean
        return means

    def interval(self, score: str, part: np.ndarray | None = None) -> Interval:
        """Mean and 95 % interval by groups, of all pairs or of those that a mask [pairs] picks."""
        values, groups, weights = self._of(score, part)
        return interval(values, groups, weights)

    def gain(self, other: "Scored", score: str = "rouge_l", part: np.ndarray | None = None) -> Interval:
        """By how much this system's mean lies above another's on the same pairs, and the 95 % interval."""
        (new, groups, new_weights), (old, _, old_weights) = self._of(score, part), other._of(score, part)
        return gain(new, old, groups, new_weights, old_weights)

    def _of(self, score: str, part: np.ndarray | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        chosen = slice(None) if part is None else part
        weights = self.weights.get(score)
        return self.values[score][chosen], np.array(self.groups)[chosen], None if weights is None else weights[chosen]


def score(name: str, titles: Sequence[str], pairs: Sequence[Pair], names: Names) -> Scored:
    """Score a system's answers for the pairs, cleaned as serving cleans them."""
    titles = [clean(title) for title in titles]
    rows = [_score_title(title, pair, names) for title, pair in zip(titles, pairs, strict=True)]
    values = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    written = [units(title, pair["language"]) for title, pair in zip(titles, pairs, strict=True)]
    weights = {}
    for size in (1, 2):
        values[f"distinct_{size}"], weights[f"distinct_{size}"] = _distinct(written, size)
    return Scored(name, titles, {key: values[key] for key in SCORES}, [pair["group"] for pair in pairs], weights)


def _score_title(title: str, pair: Pair, names: Names) -> dict[str, float]:
    language, content = pair["language"], pair["content"]
    invented = names.sort(title, content)
    return {
        "rouge_l": rouge_l(title, pair["title"], language),
        "chrf": chrf(title, pair["title"]),
        "length_ok": float(bool(title) and width(title, language) <= Limits.of(language).max_width),
        "language_ok": float(is_in_language(title, language)),
        "publishable": float(not find_faults(title, content, Limits.of(language))),
        "unsupported_numbers": float(bool(invented.numbers)),
        "unsupported_brands": float(bool(invented.brands)),
        "unsupported_attributes": float(bool(invented.attributes)),
        "forbidden": float(bool(find_absolute_claim(title, language) or find_profanity(title, language))),
    }


def _distinct(written: Sequence[Sequence[str]], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and weights [titles] whose weighted mean is distinct-n (Li et al. 2016, arXiv:1510.03055).

    That is different n-grams over all n-grams. An n-gram that was written k times counts 1 / k each
    time, so that a part of the titles, or a draw of them, has its share of the whole.
    """
    grams = [list(zip(*(units[start:] for start in range(size)), strict=False)) for units in written]
    times = Counter(gram for each in grams for gram in each)
    weights = np.array([float(len(each)) for each in grams])
    sums = np.array([sum((1 / times[gram] for gram in each), 0.0) for each in grams])
    return np.divide(sums, weights, out=np.zeros_like(sums), where=weights > 0), weights
