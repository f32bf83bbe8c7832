"""Length by display width: too short says nothing, too long is a list of search words."""

from inference.covers.titles.checks import width
from training.corpora.content_title_pairs.pair import Drop, Pair

MAX_TITLE_WIDTH = {"zh": 30.0, "en": 100.0}
"""Longer ones are lists of search words; in the unit of ``width``."""

MIN_TITLE_WIDTH = {"zh": 4.0, "en": 8.0}
MIN_CONTENT_WIDTH = {"zh": 20.0, "en": 40.0}
"""Less content than this says nothing that a title could choose from."""


def has_enough_content(pair: Pair) -> Pair | Drop:
    least = MIN_CONTENT_WIDTH[pair.language]
    if len(pair.content) >= 2 * least:  # no character is narrower than a half: long content needs no measuring
        return pair
    size = width(pair.content, pair.language)
    if size < least:
        return Drop("content_length", "too little content to write a title from", f"{size:g} wide")
    return pair


def has_a_title_of_its_length(pair: Pair) -> Pair | Drop:
    size = width(pair.title, pair.language)
    if not MIN_TITLE_WIDTH[pair.language] <= size <= MAX_TITLE_WIDTH[pair.language]:
        return Drop("title_length", "the title is too short or too long for one", f"{size:g} wide")
    return pair
