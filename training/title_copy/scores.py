"""How good the titles are on held-out pairs, and against what.

The trained model is compared with the base model, with the champion, and with two baselines that
need no model: the first words of the content, and the title of the nearest content in training.
All see the same pairs, none of which has a near-duplicate in training.

Likeness to the shop's own title is ROUGE-L (Lin 2004), over words in English and characters in
Chinese. It is written out here because the packages for it tokenise Chinese into nothing. Invention
is counted by the rule that also decides what may be published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference.covers.titles.checks import MAX_ENGLISH_WORDS, Limits, find_faults, width
from inference.covers.titles.claims import canonical, find_unsupported
from inference.covers.titles.copy import clean
from training.corpora.content_title_pairs.near_duplicates import jaccard, shingles

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)
FIRST_WORDS = 6
FIRST_CHARACTERS = 12

Pair = Mapping[str, Any]


@dataclass(frozen=True)
class Scored:
    """One system's titles for the held-out pairs and their scores, an array of [pairs] each, 0 to 1.

    More is better of ``rouge_l``, ``length_ok`` and ``publishable``, less of the ``unsupported`` ones.
    """

    name: str
    titles: list[str]
    scores: dict[str, np.ndarray]

    def means(self, pairs: Sequence[Pair]) -> dict[str, float]:
        """Mean of each score, and of ROUGE-L in each language."""
        means = {name: float(values.mean()) for name, values in self.scores.items()}
        for language in sorted({pair["language"] for pair in pairs}):
            chosen = [pair["language"] == language for pair in pairs]
            means[f"rouge_l_{language}"] = float(self.scores["rouge_l"][chosen].mean())
        return means


def score(name: str, titles: Sequence[str], pairs: Sequence[Pair]) -> Scored:
    """Score a system's answers for the pairs, cleaned as serving cleans them."""
    titles = [clean(title) for title in titles]
    rows = [_score_title(title, pair) for title, pair in zip(titles, pairs, strict=True)]
    return Scored(name, titles, {key: np.array([row[key] for row in rows]) for key in rows[0]})


def baselines(pairs: Sequence[Pair], train: Sequence[Pair]) -> list[Scored]:
    """What needs no model."""
    first = [_first_words(pair) for pair in pairs]
    known = [(pair, shingles(pair["content"])) for pair in train]
    nearest = [_nearest_title(pair, known) for pair in pairs]
    return [score("first words", first, pairs), score("nearest title", nearest, pairs)]


def gain(new: Scored, old: Scored, pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Mean difference in ROUGE-L and its 95 % interval, by a bootstrap over groups of pairs.

    Pairs of one group (the same product in two languages) are drawn together: they are no
    independent witnesses.
    """
    difference = new.scores["rouge_l"] - old.scores["rouge_l"]
    names, group = np.unique([pair["group"] for pair in pairs], return_inverse=True)
    sums, sizes = np.bincount(group, difference), np.bincount(group)
    drawn = np.random.default_rng(0).integers(len(names), size=(RESAMPLES, len(names)))
    low, high = np.percentile(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), INTERVAL)
    return float(difference.mean()), float(low), float(high)


def rouge_l(title: str, reference: str, language: str) -> float:
    """F1 of the longest common subsequence, 0 to 1; words in English, characters in Chinese."""
    one, other = (_units(text, language) for text in (title, reference))
    if not one or not other:
        return 0.0
    lengths = [0] * (len(other) + 1)
    for unit in one:
        diagonal = 0
        for place, candidate in enumerate(other, start=1):
            diagonal, lengths[place] = (
                lengths[place],
                diagonal + 1 if unit == candidate else max(lengths[place], lengths[place - 1]),
            )
    return 2 * lengths[-1] / (len(one) + len(other))


def as_table(systems: Sequence[Scored], pairs: Sequence[Pair]) -> str:
    """The systems' means as Markdown."""
    columns = [system.means(pairs) for system in systems]
    lines = [f"| on {len(pairs)} held-out pairs | {' | '.join(s.name for s in systems)} |"]
    lines.append("|---" * (len(systems) + 1) + "|")
    lines += [f"| {name} | {' | '.join(f'{column[name]:.3f}' for column in columns)} |" for name in columns[0]]
    return "\n".join(lines)


def _score_title(title: str, pair: Pair) -> dict[str, float]:
    limits = Limits.of(pair["language"])
    unsupported = find_unsupported(title, pair["content"])
    short = limits.language == "zh" or len(title.split()) <= MAX_ENGLISH_WORDS
    return {
        "rouge_l": rouge_l(title, pair["title"], pair["language"]),
        "length_ok": float(bool(title) and width(title, limits.language) <= limits.max_width and short),
        "unsupported_numbers": float(bool(unsupported.numbers)),
        "unsupported_words": float(bool(unsupported.words)),
        "publishable": float(not find_faults(title, pair["content"], limits)),
    }


def _units(text: str, language: str) -> list[str]:
    text = canonical(text)
    if language == "zh":
        return [character for character in text if character.isalnum()]
    return "".join(character if character.isalnum() else " " for character in text).split()


def _first_words(pair: Pair) -> str:
    if pair["language"] == "zh":
        return pair["content"][:FIRST_CHARACTERS]
    return " ".join(pair["content"].split()[:FIRST_WORDS])


def _nearest_title(pair: Pair, known: Sequence[tuple[Pair, frozenset[str]]]) -> str:
    own = shingles(pair["content"])
    same = [(jaccard(own, other), each["title"]) for each, other in known if each["language"] == pair["language"]]
    return max(same, default=(0.0, ""))[1]
