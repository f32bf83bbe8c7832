"""Whether a title has a title's form: it names a thing, and says it in its own way."""

import re
from dataclasses import replace

from inference.covers.titles.checks import find_repetition
from training.corpora.content_title_pairs.filters.nouns import names_something
from training.corpora.content_title_pairs.filters.units import UNIT
from training.corpora.content_title_pairs.pair import Drop, Pair

MOST_CODES = 0.5
"""Share of a title, by characters, that may be codes."""

CODE = re.compile(
    rf"(?<![A-Za-z0-9-])(?!\d+(?:\.\d+)?-?(?:{UNIT}|[pik]|st|nd|rd|th)\b)(?=[A-Z\d/-]*\d)[A-Z][A-Z\d]*[-/]?[A-Z\d-]{{2,}}(?![a-z])|\d{{5,}}",
    re.IGNORECASE,
)
"""Letters and digits mixed, or many digits; quantities, 1080p and 2nd are none."""


def is_no_list_of_codes(pair: Pair) -> Pair | Drop:
    most = MOST_CODES * len(pair.title.replace(" ", ""))
    if sum(len(word) for word in pair.title.split() if not word.isalpha()) <= most:
        return pair
    codes = [match[0] for match in CODE.finditer(pair.title)]
    if sum(map(len, codes)) > most:
        return Drop("codes", "the title is a list of codes", ", ".join(codes))
    return pair


def names_a_thing(pair: Pair) -> Pair | Drop:
    if not names_something(pair.title, pair.language):
        return Drop("no_noun", "the title names no thing", pair.title)
    return pair


def says_nothing_twice(pair: Pair) -> Pair | Drop:
    """A code that shops repeat at the end goes; what repeats words reads as search words."""
    *words, last = pair.title.split() or [""]
    if last in words and not last.isalpha():
        rest = " ".join(words).rstrip(" -,")
        pair = replace(pair, title=rest, cleaned_from=pair.cleaned_from or pair.title)
    if twice := find_repetition(pair.title, pair.language):
        return Drop("repetition", "the title says a word twice", twice)
    return pair


def is_no_copy(pair: Pair) -> Pair | Drop:
    first_line = pair.content.split("\n", 1)[0]
    if _bare(first_line).startswith(_bare(pair.title)):
        return Drop("copy", "the title repeats the beginning of the content", pair.title)
    return pair


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
