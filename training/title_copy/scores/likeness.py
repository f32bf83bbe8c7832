"""How like a title is to the one that the shop wrote.

ROUGE-L (Lin 2004) asks for the same words in the same order, chrF (Popović 2015) for the same runs of
letters, so that *headphone* is half of *headphones*. ROUGE-L is written out here because the packages
for it tokenise Chinese into nothing; chrF is sacrebleu's.
"""

from functools import cache
from typing import Any

from inference.covers.titles.claims import canonical


def rouge_l(title: str, reference: str, language: str) -> float:
    """F1 of the longest common subsequence, 0 to 1; words in English, characters in Chinese."""
    one, other = (units(text, language) for text in (title, reference))
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


def chrf(title: str, reference: str) -> float:
    """F-score of the character n-grams up to 6, recall counting twice as much as precision, 0 to 1."""
    return _chrf().sentence_score(canonical(title), [canonical(reference)]).score / 100


def units(text: str, language: str) -> list[str]:
    """A text as what is compared: words in English, characters in Chinese; spelled alike, without signs."""
    text = canonical(text)
    if language == "zh":
        return [character for character in text if character.isalnum()]
    return "".join(character if character.isalnum() else " " for character in text).split()


@cache
def _chrf() -> Any:
    from sacrebleu.metrics import CHRF

    return CHRF()
