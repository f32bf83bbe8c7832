"""An English title without the words and numbers that its content does not bear out.

A number goes with its unit and its label (25.0 cu. ft., series 6), a bracket goes whole, and with
what went go the words that only held it: for, with, and, finish. The noun must stay.
"""

import re

from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS, ENGLISH_NUMBERS, find_unsupported
from training.corpora.content_title_pairs.filters.nouns import PREPOSITIONS, head_noun, only_describes
from training.corpora.content_title_pairs.filters.units import NUMBER, QUANTITY, UNIT

MIN_CLEANED_WORDS = 2
MOST_CLEANED = 0.5
"""A title that loses more of its words than this, codes apart, was about something else."""

LABEL = r"(?:series|class|version|ver|size|type|model|mark|mk|volume|vol|no|gen|generation|part|dect|level|number)\.?"
TOKEN = re.compile(
    rf"\([^()]*\)|\[[^\[\]]*\]|{LABEL}\s{NUMBER}(?=[\s,;:)]|$)(?!\s{UNIT}\b)|{QUANTITY}|[^\s,;:]+(?:[,:;][^\s,;:]+)*|[,;:]",
    re.IGNORECASE,
)
HELD_WORDS = "finish finishes color colour generation edition version series style size model class type"
HELD = frozenset(HELD_WORDS.split())
"""Words that say nothing once what stood before them is gone."""

GENERIC_NOUNS = (
    "accessory adapter arm body bundle cable card case charger combo control controller cover device dock drive frame "
    "kit machine maker mount pack package player reader recorder set stand station system tool unit"
)
GENERIC = frozenset(GENERIC_NOUNS.split())
"""Nouns that name a thing only together with the word before them."""

JOINERS = frozenset(["and", "or", *"&+-–—/|,;:."])
ARTICLES = frozenset({"a", "an", "the"})
NEGATIONS = frozenset({"no", "not", "non"})
SIGNS_ONLY = re.compile(r"[\W_]+")
STRAY_BLANK = re.compile(r" (?=[,;:])")


def without_unsupported_words(title: str, content: str) -> str | None:
    """What is left of a title, or None when that is no title any more."""
    tokens = TOKEN.findall(title)
    head = head_noun(title)
    if head is None or find_unsupported(head, content):
        return None
    unknown = find_unsupported(title, content).words
    followed = zip(tokens, [*tokens[1:], ""], strict=True)
    kept = [_supported_part(token, after, content, unknown) for token, after in followed]
    rest = _joined(_without_leftovers(_without_held(kept)))
    if not _reads(rest, tokens, head) or _lost_its_kind(tokens, kept, head) or find_unsupported(rest, content):
        return None
    return rest


def _supported_part(token: str, after: str, content: str, unknown: tuple[str, ...]) -> str:
    """The token; of dvd/vcr what is supported; or nothing. What follows a number may be what it counts.

    ``unknown`` are the words of the whole title that the content lacks: a plain word needs no other look.
    """
    if token.isascii() and token.isalpha() and token.lower() not in ENGLISH_NUMBERS:
        return "" if token.lower() in unknown else token
    if not find_unsupported(token, content):
        counted = re.fullmatch(NUMBER, token) and find_unsupported(f"{token} {after}", content).numbers
        return "" if counted else token
    parts = token.split("/")
    if len(parts) == 1 or not all(part.isalpha() and len(part) > 1 for part in parts):
        return ""
    return "/".join(part for part in parts if not find_unsupported(part, content))


def _without_held(tokens: list[str]) -> list[str]:
    """Without finish, series and the like where the word before them went."""
    kept: list[str] = []
    for token in tokens:
        orphaned = token.lower() in HELD and bool(kept) and not kept[-1]
        kept.append("" if orphaned else token)
    return [token for token in kept if token]


def _without_leftovers(tokens: list[str]) -> list[str]:
    """Without joiners, then without other words that hold nothing any more, until all that is left does."""
    before = None
    while before != tokens:
        before = tokens
        for holds_nothing in (_joins_nothing, _leads_to_nothing):
            tokens = [
                token
                for place, token in enumerate(tokens)
                if not holds_nothing(token.lower(), _at(tokens, place - 1), _at(tokens, place + 1))
            ]
    return tokens


def _joins_nothing(token: str, before: str, after: str) -> bool:
    if token not in JOINERS:
        return SIGNS_ONLY.fullmatch(token) is not None
    return not before or not after or after in JOINERS or before in PREPOSITIONS or after in PREPOSITIONS - {"in"}


def _leads_to_nothing(token: str, before: str, after: str) -> bool:
    leads = token in PREPOSITIONS or token in ARTICLES or token in NEGATIONS
    return leads and (not after or after in JOINERS or after in PREPOSITIONS)


def _at(tokens: list[str], place: int) -> str:
    return tokens[place].lower() if 0 <= place < len(tokens) else ""


def _joined(tokens: list[str]) -> str:
    return STRAY_BLANK.sub("", " ".join(tokens))


def _reads(rest: str, tokens: list[str], head: str) -> bool:
    words = [word for word in rest.split() if _is_word(word)]
    before = [token for token in tokens if _is_word(token)]
    enough = len(words) >= max(MIN_CLEANED_WORDS, (1 - MOST_CLEANED) * len(before))
    return enough and head in re.split(r"[\s,;:()]+", rest)


def _lost_its_kind(tokens: list[str], kept: list[str], head: str) -> bool:
    """A cordless phone system without its phone is another thing."""
    place = max((place for place, token in enumerate(tokens) if token.strip("()") == head), default=0)
    told = [(word, left) for word, left in zip(tokens[:place], kept, strict=False) if _is_word(word)]
    return head.lower() in GENERIC and bool(told) and not told[-1][1] and not only_describes(told[-1][0])


def _is_word(token: str) -> bool:
    """Codes, numbers and function words are not counted."""
    return (
        not any(c.isdigit() for c in token)
        and any(c.isalpha() for c in token)
        and token.lower() not in ENGLISH_FUNCTION_WORDS
    )
