"""What a title is about: its head noun in English, any noun in Chinese.

No English tagger ships with the house, so the head is found by shape: the last word before the first
preposition or comma that is no code, no colour and no word that only describes.
"""

import logging
import re
from functools import cache

from inference.covers.titles.claims import HAN
from training.corpora.content_title_pairs.filters.units import QUANTITY

PREPOSITION_WORDS = "for with w/ in of by from to on without at via per under over"
PREPOSITIONS = frozenset(PREPOSITION_WORDS.split())
COLOURS = (
    "black white silver gray grey red blue green pink purple brown gold golden bronze copper chrome orange yellow "
    "beige ivory titanium graphite burgundy navy teal charcoal platinum champagne clear matte glossy gloss satin "
    "stainless steel finish color colour dark light bright"
)
"""And surfaces."""

DESCRIBING = (
    "portable wireless cordless digital compact slim mini ultra professional universal rechargeable automatic "
    "electric electronic adjustable foldable folding waterproof reusable durable lightweight heavy-duty new original "
    "genuine premium deluxe classic modern soft hard warm cool fresh natural organic pure smart super extra large "
    "small medium big tall short long wide full high low double single dual triple and or the a an & + - plus pro max "
    "series edition built-in all-in-one easy fast quick quiet safe strong thin thick free hot cold dry wet clean "
    "refurbished generation"
)
"""Words that describe a thing and name none."""

MODIFIERS = frozenset([*COLOURS.split(), *DESCRIBING.split()])
QUANTITIES = re.compile(rf"(?<!\S){QUANTITY}", re.IGNORECASE)
LETTERS = re.compile(r"[a-z]{2,}", re.IGNORECASE)
CHINESE_NOUNS = ("n", "vn", "an", "i", "l", "j", "eng", "s", "t")
"""Tags of jieba's dictionary (ICTCLAS) that can name a thing; idioms and abbreviations among them."""


def head_noun(title: str) -> str | None:
    """The word of an English title that says what the thing is, without its punctuation; None when no word does."""
    words = QUANTITIES.sub("", title).split()
    for word in reversed(words[: _end_of_phrase(words)]):
        bare = word.strip(",;:.!?()[]\"'“”")
        has_letters = LETTERS.search(bare) and not any(c.isdigit() for c in bare)
        if has_letters and bare.lower() not in PREPOSITIONS and not only_describes(bare):
            return bare
    return None


def only_describes(word: str) -> bool:
    """Whether an English word, or each part of black/silver, is a colour or another word that names nothing."""
    return all(part in MODIFIERS for part in re.split(r"[/&]", word.lower())) or word.lower() in MODIFIERS


def names_something(title: str, language: str) -> bool:
    if language == "en":
        return head_noun(title) is not None
    return _ends_in_a_known_noun(title) or any(tag.startswith(CHINESE_NOUNS) for tag in tags_of(title))


def tags_of(text: str) -> list[str]:
    """The tags of the words of a Chinese text, as jieba's dictionary has them."""
    return [tag for _, tag in _tagger().cut(text)]


def _ends_in_a_known_noun(title: str) -> bool:
    """Most titles do, and cutting a title into words takes ten times as long."""
    tags = _tagger().dt.word_tag_tab
    runs = HAN.findall(title)
    return any(tags.get(runs[-1][-length:], "").startswith("n") for length in (2, 3, 4)) if runs else False


def _end_of_phrase(words: list[str]) -> int:
    """A sign after the first word ends no phrase: what stands there is a brand."""
    for place, word in enumerate(words):
        after_sign = place > 1 and (word == "-" or words[place - 1][-1] in ",;:")
        if place and (word.lower() in PREPOSITIONS or word.startswith("(") or after_sign):
            return place
    return len(words)


@cache
def _tagger():
    import jieba
    import jieba.posseg

    jieba.setLogLevel(logging.WARNING)  # it greets on stderr
    return jieba.posseg
