"""What a title claims, and whether the facts bear it out.

A title may say less than the facts, in their own words, and nothing else: every number with its
unit, every Latin word and every Chinese phrase must stand in them, negated if it is negated there.
So a rewording is refused along with an invention. That is the price of never publishing one: half a
billion weights invent freely, and no model here could tell the two apart.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import prod

CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CHINESE_POWERS = {"十": 10, "百": 100, "千": 1000}
CHINESE_MYRIADS = {"万": 10_000, "亿": 100_000_000}
DIGITS = "".join(CHINESE_DIGITS)
CHINESE_NUMERAL = re.compile(f"[{''.join((*CHINESE_DIGITS, *CHINESE_POWERS, *CHINESE_MYRIADS))}]+")
CHINESE_DECIMAL = re.compile(f"([{DIGITS}]|[{DIGITS}]?十[{DIGITS}]?)点([{DIGITS}]+)(?![十百千万])")
"""二点五 is 2.5; the time 八点二十 is none."""

MIXED_NUMERAL = re.compile(r"(\d+(?:\.\d+)?)\s*([百千万亿]+)")
"""1.5万, and 5千克, in which the power counts for the number and the unit alike."""

FORMAL_DIGITS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億", "一二三四五六七八九十百千万亿")
FORMAL_NUMERAL = re.compile("[壹贰叁肆伍陆柒捌玖拾佰仟萬億]{2,}")
"""Two characters or more: 陆 alone is the mainland and 伍 a name."""
UNITS_OF_ONE = "折元块件套对双盒瓶袋包箱年月周天小分秒米克升斤公"
"""一 alone counts only before these: 一件 is a number, 一按 (as soon as pressed) is not."""

ENGLISH_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
} | {"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100}
ENGLISH_NUMERAL = re.compile(rf"\b({'|'.join(ENGLISH_NUMBERS)})\b")
PERCENT = re.compile(r"百分之([\d.]+|[零一二三四五六七八九十百]+)")
THOUSANDS_COMMA = re.compile(r",(?<=\d,)(?=\d{3}(?!\d))")

SPELLINGS: tuple[tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    ((",",), THOUSANDS_COMMA, ""),
    (tuple(ENGLISH_NUMBERS), ENGLISH_NUMERAL, lambda match: str(ENGLISH_NUMBERS[match[1]])),
    (("¥", "$", "€", "£"), re.compile(r"([¥$€£])\s*(\d+(?:\.\d+)?)"), r"\2\1"),
    (("元", "块", "圆", "rmb", "cny", "yuan"), re.compile(r"(?<=\d)\s*(元|块|圆|rmb\b|cny\b|yuan\b)"), "¥"),
    (("television",), re.compile(r"\btelevision(?=s?\b)"), "tv"),
    (("hdtv",), re.compile(r"\bhdtv(?=s?\b)"), "hd tv"),
    (("usd", "dollar"), re.compile(r"(?<=\d)\s*(usd|dollars?)\b"), "$"),
)
"""What is written in several ways: signs, one of which stands in every text to change; how; into what."""

BOUND = "不到|不足|不低于|不高于|不超过|不少于|不多于|少于|多于|低于|高于|小于|大于|超过|至少|最多"
"""What changes a Chinese number that it stands before: 249克 is more than 不到249克."""

NUMBER = re.compile(rf"({BOUND})?\s*(\d(?<![a-z0-9.]\d)\d*(?:\.\d+)?)[\s-]*(%|°\s?c|[¥$€£]|[a-z]+|[\u4e00-\u9fff])?")
WORD = re.compile(r"[a-z][a-z0-9]*(?:'[a-z]+)?")
SENTENCE_END = re.compile(r"[\n。！？!?；;]|\.\s")
STRETCH_END = re.compile(r"[，、：:；;|·–—的]|,\s")
HAN = re.compile(r"[\u4e00-\u9fff]+")
PHRASES = re.compile(r"[0-9a-z]*[\u4e00-\u9fff][0-9a-z\u4e00-\u9fff]*")
"""Digits and letters belong to a phrase: of 背1天 and X光 the single 背 and 光 could not be found again."""

FUNCTION_WORDS = (
    "a an and are as at be by for from in into is it its of on or over per so that the this to up with you your"
)
ENGLISH_FUNCTION_WORDS = frozenset(FUNCTION_WORDS.split())
CHINESE_FUNCTION_CHARACTERS = frozenset("的了着过也都就还很能会要让把被和与及在给你它这那又再到里上")
ENGLISH_NEGATIONS = frozenset({"no", "not", "non", "without", "never", "nor", "cannot"})
ENGLISH_NEGATING_ENDINGS = frozenset({"free", "proof", "resistant", "less"})
CHINESE_NEGATIONS = frozenset("不无没免未非防别")


@dataclass(frozen=True)
class Unsupported:
    """The numbers and the words of a title that the facts do not bear out."""

    numbers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.numbers or self.words)


def find_unsupported(title: str, facts: str) -> Unsupported:
    """What a title claims beyond the facts, both in Chinese or English or mixed."""
    text, source = canonical(title), canonical(facts)
    known = _known(source)
    numbers = tuple(
        f"{bound}{value:f} {unit}".strip()
        for bound, value, unit in _numbers(text)
        if ((bound, value, unit) not in known.quantities if unit else (bound, value) not in known.values)
    )
    words = tuple(word for word, stem in zip(*_words(text), strict=True) if stem not in known.stems)
    if text.isascii():
        return Unsupported(numbers, words)
    phrases = (phrase for run in PHRASES.finditer(text) for phrase in _unknown_phrases(text, run, source))
    return Unsupported(numbers, (*words, *phrases))


def find_mixed(title: str, facts: str) -> str:
    """The first stretch of a title whose words stand in the facts, but in no single sentence; else empty.

    Cotton bag and beech blocks do not make cotton blocks. Stretches end at punctuation and at 的,
    which ties what precedes it to the whole product.
    """
    sentences = SENTENCE_END.split(facts)
    for stretch in STRETCH_END.split(title):
        if not any(not find_unsupported(stretch, sentence) for sentence in sentences):
            return stretch.strip()
    return ""


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """One spelling for what means the same: width, case, digits (五折 is 5折), currency (¥99 is 99元)."""
    if not text.isascii():
        text = _in_arabic_numerals(unicodedata.normalize("NFKC", text))
    text = text.lower()
    for signs, pattern, spelling in SPELLINGS:
        if any(sign in text for sign in signs):
            text = pattern.sub(spelling, text)
    return text


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """An English word without its inflection; crude, but equal for forms of one word."""
    word = word.removesuffix("'s")
    for ending in ("ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    word = word.removesuffix("e") if len(word) > 3 else word
    return f"{word[:-1]}i" if word.endswith("y") and len(word) > 3 else word


def _in_arabic_numerals(text: str) -> str:
    text = FORMAL_NUMERAL.sub(lambda m: m[0].translate(FORMAL_DIGITS), THOUSANDS_COMMA.sub("", text))
    text = PERCENT.sub(lambda m: f"{_digits(m[1])}%", text)
    text = CHINESE_DECIMAL.sub(lambda m: f"{_digits(m[1])}.{_digits(m[2])}", text)
    text = MIXED_NUMERAL.sub(lambda m: f"{(Decimal(m[1]) * _product(m[2])).normalize():f}", text)
    return CHINESE_NUMERAL.sub(lambda m: _in_digits(m, text), text)


def _in_digits(match: re.Match[str], text: str) -> str:
    numeral, following = match[0], text[match.end() : match.end() + 1]
    if numeral == "一" and following not in UNITS_OF_ONE:
        return numeral
    return _digits(numeral)


def _product(powers: str) -> int:
    """万 → 10000, 百万 → 1000000."""
    return prod((CHINESE_POWERS | CHINESE_MYRIADS)[power] for power in powers)


def _digits(numeral: str) -> str:
    """二十 → 20, 一百二十 → 120, 两万 → 20000, 二零二六 → 2026. Digits stay."""
    if numeral[0].isdigit() and numeral.isascii():
        return numeral
    if all(c in CHINESE_DIGITS for c in numeral):
        return "".join(str(CHINESE_DIGITS[c]) for c in numeral)
    total = section = digit = 0
    for character in numeral:
        if character == "亿":
            total, section, digit = (total + section + digit or 1) * CHINESE_MYRIADS["亿"], 0, 0
        elif character == "万":
            total, section, digit = total + (section + digit or 1) * CHINESE_MYRIADS["万"], 0, 0
        elif character in CHINESE_POWERS:
            section, digit = section + (digit or 1) * CHINESE_POWERS[character], 0
        else:
            digit = CHINESE_DIGITS[character]
    return str(total + section + digit)


def _numbers(text: str) -> Iterator[tuple[str, Decimal, str]]:
    """Values between their bounds and their units; a Chinese unit is known by its first character."""
    for bound, value, unit in NUMBER.findall(text):
        yield bound, Decimal(value).normalize(), "" if unit in ENGLISH_FUNCTION_WORDS else stem(unit.replace(" ", ""))


@dataclass(frozen=True)
class _Known:
    """What facts hold: bounds with values and units or without, and the stems of words as ``_words`` gives them."""

    quantities: frozenset[tuple[str, Decimal, str]]
    values: frozenset[tuple[str, Decimal]]
    stems: frozenset[str]


@lru_cache(maxsize=1024)
def _known(source: str) -> _Known:
    quantities = frozenset(_numbers(source))
    _, stems = _words(source)
    return _Known(quantities, frozenset((bound, value) for bound, value, _ in quantities), frozenset(stems))


def _words(text: str) -> tuple[list[str], list[str]]:
    """The Latin words, and of each its stem, after ``no`` where it is negated (no drip, drip-free)."""
    words = [word for word in WORD.findall(text) if word not in ENGLISH_FUNCTION_WORDS]
    if ENGLISH_NEGATIONS.isdisjoint(words) and ENGLISH_NEGATING_ENDINGS.isdisjoint(words):
        return words, [stem(word) for word in words]
    told = [
        (word, before in ENGLISH_NEGATIONS or after in ENGLISH_NEGATING_ENDINGS)
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
        if word not in ENGLISH_NEGATIONS
    ]
    return [word for word, _ in told], [f"no {stem(word)}" if negated else stem(word) for word, negated in told]


def _unknown_phrases(text: str, run: re.Match[str], source: str) -> Iterator[str]:
    """Stretches of a run of Chinese characters, letters and digits that no phrase of the source covers."""
    unknown, place = "", run.start()
    while place < run.end():
        length = _longest_known(text, place, run.end(), source)
        if length or _needs_no_support(text, place):
            if unknown:
                yield unknown
            unknown, place = "", place + max(length, 1)
        else:
            unknown, place = unknown + text[place], place + 1
    if unknown:
        yield unknown


def _longest_known(text: str, start: int, limit: int, source: str) -> int:
    """Length of the longest phrase from ``start``, two characters or more, that the source has as it is."""
    length, negated = 2, _is_negated(text, start)
    if start + length > limit:
        return 0
    places = [place for place in _places(text[start : start + length], source) if _is_negated(source, place) == negated]
    if not places:
        return 0
    while places and start + length < limit:
        places = [place for place in places if source[place + length : place + length + 1] == text[start + length]]
        length += bool(places)
    return length


def _places(phrase: str, source: str) -> Iterator[int]:
    place = source.find(phrase)
    while place >= 0:
        yield place
        place = source.find(phrase, place + 1)


def _is_negated(text: str, place: int) -> bool:
    before = text[max(0, place - 2) : place]
    return before[-1:] in CHINESE_NEGATIONS or (before[-1:] == "有" and before[:1] in CHINESE_NEGATIONS)


def _needs_no_support(text: str, place: int) -> bool:
    """A function character; or a Latin word, or a number and its unit, which are checked on their own."""
    character = text[place]
    return character in CHINESE_FUNCTION_CHARACTERS or character.isascii() or text[place - 1 : place].isdigit()
