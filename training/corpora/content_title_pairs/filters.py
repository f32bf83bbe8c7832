"""The filters between the sources and the pairs, in the order they are applied.

A filter looks at one pair and answers with the pair (perhaps cleaned), or with a drop that names
the rule and says why. What is learned from a pair that claims more than its content says is to
claim more: on raw shop titles a small model invents numbers in 40 % of its titles after 50 steps.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from inference.covers.titles.checks import MAX_WIDTH, is_in_language, width
from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS, find_unsupported
from training.corpora.content_title_pairs.pair import Drop, Pair

MAX_TITLE_WIDTH = {"zh": 30.0, "en": 100.0}
"""Longer ones are lists of search words; in the unit of ``width``."""

MIN_TITLE_WIDTH = {"zh": 4.0, "en": 8.0}
MIN_CONTENT_WIDTH = {"zh": 20.0, "en": 40.0}
"""Less content than this says nothing that a title could choose from."""

MIN_CLEANED_WORDS = 3
MAX_CLEANED_SHARE = 0.4
"""A title that loses more of its words than this was about something else."""

MARKUP = re.compile(r"</?[a-z][^>]{0,80}>|https?://|www\.|&(#\d+|[a-z]+);", re.IGNORECASE)
CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)|加[vV微]|扫码|"
    r"(?<![a-z])(微信|薇信|wechat|vx|qq|whatsapp|telegram)号?\s*[:：]?\s*(?=[a-z_-]*\d)[a-z0-9_-]{5,}|"
    r"(?<![a-z])(call|tel|phone|电话)[:：. ]+\+?[\d() -]{7,}",
    re.IGNORECASE,
)


Filter = Callable[[Pair], Pair | Drop]


def apply_filters(pair: Pair) -> Pair | Drop:
    """The pair as the last filter left it, or the first drop."""
    given = pair.title
    for each in FILTERS:
        result = each(pair)
        if isinstance(result, Drop):
            return result
        pair = result
    return pair if pair.title == given else replace(pair, cleaned_from=given)


def speaks_a_language_we_write(pair: Pair) -> Pair | Drop:
    if pair.language not in MAX_WIDTH:
        return Drop("language", f"titles are written in {' and '.join(MAX_WIDTH)} only", pair.language)
    return pair


def has_clean_text(pair: Pair) -> Pair | Drop:
    for text in (pair.title, pair.content):
        if found := MARKUP.search(text):
            return Drop("markup", "title or content holds markup or a link", found[0])
        if found := CONTACT.search(text):
            return Drop("contact", "title or content holds contact details", found[0])
    return pair


def is_in_its_language(pair: Pair) -> Pair | Drop:
    if not is_in_language(pair.title, pair.language):
        return Drop("title_language", "the title is not in the language of its row", pair.title)
    return pair


def has_enough_content(pair: Pair) -> Pair | Drop:
    size = width(pair.content, pair.language)
    if size < MIN_CONTENT_WIDTH[pair.language]:
        return Drop("content_length", "too little content to write a title from", f"{size:g} wide")
    return pair


def claims_only_its_content(pair: Pair) -> Pair | Drop:
    """Unsupported words are cleaned out of an English title where the rest still reads as one."""
    unsupported = find_unsupported(pair.title, pair.content)
    if not unsupported:
        return pair
    detail = ", ".join(unsupported.numbers + unsupported.words)
    rest = _without_unsupported(pair) if pair.language == "en" else None
    return replace(pair, title=rest) if rest else Drop("unsupported", "the title claims what the content lacks", detail)


def has_a_title_of_its_length(pair: Pair) -> Pair | Drop:
    size = width(pair.title, pair.language)
    if not MIN_TITLE_WIDTH[pair.language] <= size <= MAX_TITLE_WIDTH[pair.language]:
        return Drop("title_length", "the title is too short or too long for one", f"{size:g} wide")
    return pair


def is_no_copy(pair: Pair) -> Pair | Drop:
    first_line = pair.content.splitlines()[0]
    if _bare(first_line).startswith(_bare(pair.title)):
        return Drop("copy", "the title repeats the beginning of the content", first_line)
    return pair


FILTERS: tuple[Filter, ...] = (
    speaks_a_language_we_write,
    has_clean_text,
    is_in_its_language,
    has_enough_content,
    claims_only_its_content,
    has_a_title_of_its_length,
    is_no_copy,
)


def _without_unsupported(pair: Pair) -> str | None:
    """The title without its unsupported words, if its noun (the last word that is no code) stays."""
    words = pair.title.split()
    kept = [word for word in words if re.search("[a-z]", word.lower()) and not find_unsupported(word, pair.content)]
    nouns = [word for word in words if word.isalpha()]
    content_words = [word for word in kept if word.lower() not in ENGLISH_FUNCTION_WORDS]
    reads = nouns and nouns[-1] in kept and len(content_words) >= MIN_CLEANED_WORDS
    if not reads or len(kept) < (1 - MAX_CLEANED_SHARE) * len(words):
        return None
    rest = " ".join(kept).strip(" ,-/")
    return None if find_unsupported(rest, pair.content) else rest


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
