"""Words that may not be printed: the lists are those that titles for covers are held to."""

from inference.covers.titles.word_lists import find_absolute_claim, find_profanity
from training.corpora.content_title_pairs.pair import Drop, Pair


def holds_no_profanity(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if found := find_profanity(text, pair.language):
            return Drop("profanity", "title or content holds a word that no shop prints", found)
    return pair


def claims_nothing_absolute(pair: Pair) -> Pair | Drop:
    """The content may: only what the model is to write counts."""
    if found := find_absolute_claim(pair.title, pair.language):
        return Drop("absolute_claim", "the title makes a claim that the advertising law forbids", found)
    return pair
