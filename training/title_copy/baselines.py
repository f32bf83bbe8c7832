"""What needs no model, and how far each held-out pair lies from what was learned.

A copy of the nearest training title is likely to win where a near-duplicate was learned from, without
understanding anything; so its likeness is shown beside the models', part by part of that distance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.corpora.content_title_pairs.near_duplicates import SIMILAR, jaccard, shingles

FIRST_WORDS = 6
FIRST_CHARACTERS = 12

PARTS = (
    ("no near-duplicate in training", 0.0, SIMILAR),
    ("· far: similarity below 0.15", 0.0, 0.15),
    ("· between: 0.15 to 0.3", 0.15, 0.3),
    ("· like products: 0.3 to 0.5", 0.3, SIMILAR),
    ("near-duplicate in training", SIMILAR, np.inf),
)
"""Names and bounds of the parts, by similarity of the nearest training content."""

Pair = Mapping[str, Any]


@dataclass(frozen=True)
class Neighbours:
    """For each held-out pair the nearest training pair of its language: its title, and how like the contents are.

    Similarity is the Jaccard similarity of character trigrams, 0 to 1, by which pairs are grouped too.
    """

    titles: list[str]
    similarity: np.ndarray

    @classmethod
    def of(cls, pairs: Sequence[Pair], train: Sequence[Pair]) -> "Neighbours":
        known = [(each["language"], each["title"], shingles(each["content"])) for each in train]
        nearest = [_nearest(shingles(pair["content"]), pair["language"], known) for pair in pairs]
        return cls([title for _, title in nearest], np.array([similarity for similarity, _ in nearest]))

    def parts(self) -> dict[str, np.ndarray]:
        """Masks [pairs] by name, the whole first; parts without a pair are left out."""
        masks = {name: (self.similarity >= low) & (self.similarity < high) for name, low, high in PARTS}
        return {"all": np.ones(len(self.similarity), bool)} | {name: mask for name, mask in masks.items() if mask.any()}


def first_words(pair: Pair) -> str:
    """The first six words of a content, twelve characters of a Chinese one."""
    if pair["language"] == "zh":
        return pair["content"][:FIRST_CHARACTERS]
    return " ".join(pair["content"].split()[:FIRST_WORDS])


def cut(title: str, tokenizer: Any, tokens: int) -> str:
    """A title after so many tokens, as a model's answer ends there: one cap for every system."""
    return tokenizer.decode(tokenizer(title, add_special_tokens=False).input_ids[:tokens])


def _nearest(own: frozenset[str], language: str, known: Sequence[tuple[str, str, frozenset[str]]]) -> tuple[float, str]:
    found = ((jaccard(own, other), title) for spoken, title, other in known if spoken == language)
    return max(found, default=(0.0, ""))
