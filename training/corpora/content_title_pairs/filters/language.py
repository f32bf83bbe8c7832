"""The languages that titles are written in."""

from inference.covers.titles.checks import MAX_WIDTH, is_in_language
from inference.covers.titles.claims import HAN
from training.corpora.content_title_pairs.pair import Drop, Pair

CHINESE_SHARE = {"zh": (0.2, 1.0), "en": (0.0, 0.1)}
"""Share of Chinese characters in the content: Chinese ones hold models, sizes and units."""

OTHER_WORDS = (
    "und der dem den mit für nicht ist eine einen einer sich auch oder bei zum zur les des une pour avec dans vous "
    "votre cette aux sont una para por como más según desde della delle gli sono nel alla uma com não mais seu het "
    "een voor niet zijn och med på som till eller og til ikke dla jest oraz"
)
OTHER_FUNCTION_WORDS = frozenset(OTHER_WORDS.split())
"""Words of other languages in Latin letters that are no English words."""

MOST_OTHER_WORDS = {"title": 1, "content": 2}
"""Beyond these, distinct ones, a text is not English: titles do say eau pour homme."""


def speaks_a_language_we_write(pair: Pair) -> Pair | Drop:
    if pair.language not in MAX_WIDTH:
        return Drop("language", f"titles are written in {' and '.join(MAX_WIDTH)} only", pair.language)
    return pair


def is_in_its_language(pair: Pair) -> Pair | Drop:
    if not is_in_language(pair.title, pair.language) or _is_other(pair.title, "title"):
        return Drop("title_language", "the title is not in the language of its row", pair.title)
    return pair


def has_content_in_its_language(pair: Pair) -> Pair | Drop:
    chinese = 0 if pair.content.isascii() else sum(map(len, HAN.findall(pair.content)))
    low, high = CHINESE_SHARE[pair.language]
    if not low <= chinese / max(1, len(pair.content)) <= high or _is_other(pair.content, "content"):
        return Drop("content_language", "the content is not in the language of its row", pair.content[:40])
    return pair


def _is_other(text: str, part: str) -> bool:
    return len(OTHER_FUNCTION_WORDS.intersection(text.lower().split())) > MOST_OTHER_WORDS[part]
