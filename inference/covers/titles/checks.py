"""Whether a title may be published: its length, its language, its wording, its claims.

Each check looks at one thing and answers with what is wrong, or with nothing. A title that passes
all of them can be shown without anybody reading it first.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from inference.covers.titles.chinese import find_cut_word
from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS, HAN, find_mixed, find_unsupported
from inference.covers.titles.word_lists import find_absolute_claim, find_profanity, find_unproven_effect

MAX_WIDTH = {"zh": 14.0, "en": 42.0}
"""Longest title unless asked otherwise, in the unit of ``width``: two lines on a 3:4 cover."""

MIN_WIDTH = {"zh": 5.0, "en": 12.0}
MAX_ENGLISH_WORDS = 8
LATIN_SHARE = {"zh": (0.0, 0.5), "en": (0.9, 1.0)}
"""Share of letters that may be Latin: Chinese titles name models and units, English ones are English."""

UNIT_LETTERS = frozenset("µμΩΩªº")
"""Micro, ohm and ordinal signs: letters of other alphabets in texts of any language."""

CODE = re.compile(r"[A-Za-z]*[0-9]+[A-Za-z0-9./]*")
"""Models, and numbers with their units: no language has them to itself."""

ECHO = re.compile(r"标题|不超过|个字|封面|原文|说法|\b(title|cover|at most|characters|words?|text)\b", re.IGNORECASE)
"""Words of the prompt."""

TWICE = re.compile(
    r"([\u4e00-\u9fff]{2,}).*\1|"
    r"(?<![0-9A-Za-z.])(?=[0-9\u4e00-\u9fff]*[A-Za-z])([0-9A-Za-z\u4e00-\u9fff]{3,}).*(?<![0-9A-Za-z.])\2(?![0-9A-Za-z])"
)
"""Two Chinese characters or more; or three that hold a letter, from the beginning of a code to its end."""

MARKUP = re.compile(r"<[^>]+>|https?://|www\.|&[a-z]+;|[{}<>\\|*_`~^=\[\]]")
CHATTER = re.compile(
    r"嗯|呃|哎|诶|哦|哈哈|那个|这个|那么|然后|就是说|反正|对吧|是吧|好吧|大家|今天|看看|[友人妹]们|直播间|关注|点赞|"
    r"[我你您他她它咱]|这(?![款件套双条只台瓶])|那|[啊呀吧呢吗嘛呗啦哈]$|"
    r"\b(so|um+|uh+|okay|ok|yeah|hey|hi|hello|oh|guys|actually|basically|gonna|let'?s|"
    r"i|i'?m|we|you|you'?re|he|she|it|they|him|her|them|me|us|this|that|these|those|there|here|what|who)\b(?!-)",
    re.IGNORECASE,
)
"""Fillers, and words that address or point at somebody or something: right when said, and no title when read alone.
这款 and its like introduce a product and may stay."""

CHINESE_BROKEN_START = tuple("的了着过也和与及、，：")
CHINESE_BROKEN_END = tuple("的和与及或把被在让给为也、，：")
ENGLISH_BROKEN_END = ENGLISH_FUNCTION_WORDS - {"it", "you", "up", "on", "in"}


@dataclass(frozen=True)
class Limits:
    """Language (zh or en) and the greatest width, in the unit of ``width``."""

    language: str
    max_width: float

    @classmethod
    def of(cls, language: str, max_chars: float | None = None) -> "Limits":
        """The defaults of a language, or another width. Raises ``ValueError`` for other languages."""
        if language not in MAX_WIDTH:
            raise ValueError(f"titles are written in {' or '.join(MAX_WIDTH)}, not in {language!r}")
        return cls(language, max_chars or MAX_WIDTH[language])


def width(text: str, language: str) -> float:
    """Chinese: display width in Chinese characters, a Latin one counts half. English: characters."""
    if language == "en":
        return float(len(text))
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.5 for c in text)


def is_in_language(text: str, language: str) -> bool:
    """Whether a text is written in a language, by the share of Latin letters among its letters."""
    low, high = LATIN_SHARE[language]
    if text.isascii():
        return high == 1.0 and any(map(str.isalpha, text))
    counted = CODE.sub("", text) if language == "zh" else text
    letters = [c for c in counted if c.isalpha() and c not in UNIT_LETTERS]
    latin = sum(c.isascii() or unicodedata.name(c, "").startswith("LATIN") for c in letters)
    chinese = sum(map(len, HAN.findall(counted)))
    if not letters or latin + chinese < len(letters):
        return False
    return low <= latin / len(letters) <= high


def find_faults(title: str, facts: str, limits: Limits, min_width: float | None = None) -> list[str]:
    """Everything that keeps a title from being published; empty when it may be.

    ``facts`` is all that may be claimed, as text. ``min_width`` is the language's unless given.
    """
    language = limits.language
    found = (
        _length(title, limits, MIN_WIDTH[language] if min_width is None else min_width),
        "" if is_in_language(title, language) else f"not in {language}",
        _markup(title),
        _claims(title, facts),
        _forbidden("absolute claim", find_absolute_claim(title, language)),
        _forbidden("unproven effect", find_unproven_effect(title, language)),
        _forbidden("profanity", find_profanity(title, language)),
        _repetition(title, language),
        _unfinished(title, facts, language),
        _echo(title, facts),
    )
    return [fault for fault in found if fault]


def find_repetition(title: str, language: str) -> str:
    """The first word that a title says twice, in Chinese also a longer code (180Hz); empty when there is none."""
    if language == "zh":
        twice = TWICE.search(title)
        return twice[1] or twice[2] if twice else ""
    words = re.findall(r"(?<![a-z0-9])[a-z][a-z0-9]+(?![a-z0-9])", title.lower())  # of a code no part is a word
    counts = Counter(word for word in words if word not in ENGLISH_FUNCTION_WORDS)
    return next((word for word, count in counts.items() if count > 1), "")


def find_chatter(text: str) -> str:
    """The first word that makes a piece of speech talk rather than a title; empty when there is none."""
    found = CHATTER.search(text)
    return found[0] if found else ""


def _length(title: str, limits: Limits, min_width: float) -> str:
    size, words = width(title, limits.language), len(title.split())
    if size > limits.max_width:
        return f"{size:g} wide, at most {limits.max_width:g}"
    if limits.language == "en" and words > MAX_ENGLISH_WORDS:
        return f"{words} words, at most {MAX_ENGLISH_WORDS}"
    if size < min_width:
        return f"{size:g} wide, at least {min_width:g}"
    return ""


def _markup(title: str) -> str:
    odd = [c for c in title if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn", "So")]
    if odd:
        return f"a character that is no text (U+{ord(odd[0]):04X})"
    found = MARKUP.search(title)
    return f"markup {found[0]!r}" if found else ""


def _claims(title: str, facts: str) -> str:
    if unsupported := find_unsupported(title, facts):
        return f"not in the facts: {', '.join(unsupported.numbers + unsupported.words)}"
    mixed = find_mixed(title, facts)
    return f"mixes separate facts: {mixed}" if mixed else ""


def _forbidden(kind: str, found: str) -> str:
    return f"{kind} {found!r}" if found else ""


def _repetition(title: str, language: str) -> str:
    twice = find_repetition(title, language)
    return f"{twice!r} twice" if twice else ""


def _unfinished(title: str, facts: str, language: str) -> str:
    if language == "en":
        last = re.findall(r"[a-z]+", title.lower())[-1:]
        return f"ends in {last[0]!r}" if last and last[0] in ENGLISH_BROKEN_END else ""
    if title.startswith(CHINESE_BROKEN_START) or title.endswith(CHINESE_BROKEN_END):
        return "begins or ends in the middle of a phrase"
    cut = "" if find_unsupported(title, facts) else find_cut_word(title, facts)
    return f"cuts a word: {cut!r}" if cut else ""


def _echo(title: str, facts: str) -> str:
    found = ECHO.search(title)
    return f"repeats the prompt: {found[0]!r}" if found and found[0].lower() not in facts.lower() else ""
