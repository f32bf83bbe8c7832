"""Where a Chinese word ends, and what a Chinese product is called.

The dictionary of ``jieba`` knows no 充电宝 and no 瑜伽垫: it ends a word before the last character,
and a title cut there would begin with 宝. So a place is trusted only where neither side could be
part of the other: a lone character is one, unless it begins the text as a verb or ends the name of a
product. A digit holds on to its unit, and a lone letter to what it stands before (V领).
"""

import logging
import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from inference.covers.titles.claims import CHINESE_FUNCTION_CHARACTERS, CHINESE_NEGATIONS, CHINESE_NUMERAL, HAN
from inference.covers.titles.word_lists import WORDS, read_words

FREE_CHARACTERS = CHINESE_FUNCTION_CHARACTERS | frozenset(
    "男女用带配含送可并但而若如因从自向朝对跟替比按以于其各每某本该此全总共只仅约近超已正才却便更最太极仍是有"
)
"""A word by itself wherever it stands: pronouns, prepositions, adverbs, and for whom a thing is."""

PREFIXES = frozenset("大小新老多高低长短厚薄宽深浅重轻双单超全特")
STARTING = FREE_CHARACTERS | CHINESE_NEGATIONS

JOINING = frozenset("-–./+&%×°℃")
"""Signs within a name or a quantity: i-Size, 3-4人, 1.8×2米."""

STRETCH = re.compile(r"[0-9a-z\u4e00-\u9fff.%°℃×/+-]+")
QUANTITY = re.compile(f"(?:[0-9.]+|{CHINESE_NUMERAL.pattern})(?:[a-z%°℃]+|[\u4e00-\u9fff])?")
PRICE_UNITS = frozenset("元块")
NAME = re.compile(r"[0-9A-Za-z\u4e00-\u9fff.+&-]+(?: [0-9A-Za-z\u4e00-\u9fff.+&-]+)*")
"""What may be one name: a blank may stand within, any other sign ends it."""


def find_cut_word(title: str, facts: str) -> str:
    """The first stretch of a title, from sign to sign, that holds half a word of the facts; empty if none does.

    A stretch must be put together from pieces of the facts that begin and end where words do.
    Numbers that the facts spell otherwise (5折, 五折) and function characters may stand between.
    """
    known = _plain(facts)
    stretches = (found[0].strip("-/") for found in STRETCH.finditer(_plain(title)))
    return next((each for each in stretches if HAN.search(each) and not _is_whole(each, known)), "")


@lru_cache(maxsize=1024)
def find_edges(text: str) -> frozenset[int]:
    """Places in a text at which a word surely begins or ends, 0 and its length among them."""
    # Without HMM: words that it guesses (布直 in 科技布直排沙发) are no words too often.
    words = ["", *(word for word, _, _ in _dictionary().tokenize(text, HMM=False))]
    edges, place = {0, len(text)}, 0
    for number in range(1, len(words) - 1):
        place += len(words[number])
        if _ends_between(words[number - 1], words[number], words[number + 1]):
            edges.add(place)
    return frozenset(edges)


def find_names(title: str) -> list[str]:
    """What a product may be called: its title up to the first word for a product, longest first.

    夏季收腰V领雪纺连衣裙女 gives 夏季收腰V领雪纺连衣裙, 收腰V领雪纺连衣裙 and so on to 连衣裙. Empty
    when no such word is in the title.
    """
    for chunk in (found[0] for found in NAME.finditer(title)):
        edges = sorted(find_edges(chunk))
        noun, end = _find_noun(chunk, edges)
        names = (chunk[start:end].strip() for start in edges if start <= noun and not _is_within_code(chunk, start))
        if end:
            return list(dict.fromkeys(names))
    return []


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _ends_between(earlier: str, before: str, after: str) -> bool:
    """Whether one word surely ends between two tokens; ``earlier`` is the one before both."""
    left, right = before[-1], after[0]
    if right in JOINING or (left in JOINING and right.isascii()):
        return left.isspace() or right.isspace()
    if not (left.isalnum() and right.isalnum()) or left in JOINING:
        return True
    if left.isascii() or right.isascii():
        return _ends_beside_latin(earlier, before, after)
    if before in CHINESE_NEGATIONS or CHINESE_NUMERAL.fullmatch(before):
        return False
    if after in STARTING or CHINESE_NUMERAL.fullmatch(after) or (len(after) > 1 and after in _product_nouns()):
        return True
    if len(after) == 1:
        return before in _product_nouns() and after not in _product_nouns()
    is_verb = not earlier[-1:].isalnum() and before not in PREFIXES  # 装热水
    return len(before) > 1 or before in FREE_CHARACTERS or before in _product_nouns() or is_verb


def _ends_beside_latin(earlier: str, before: str, after: str) -> bool:
    """Digits keep their unit, a lone letter what follows it; a lone character keeps to the letters beside it."""
    if before[-1].isascii() and after[0].isascii():
        return False
    if before[-1].isdigit():
        return False
    if before[-1].isascii():
        is_unit = earlier[-1:].isdigit()
        return (len(before) > 1 or is_unit) and (len(after) > 1 or after in FREE_CHARACTERS)
    return len(before) > 1 or before in FREE_CHARACTERS or len(earlier) > 1


def _is_whole(stretch: str, known: str) -> bool:
    """Whether pieces of the known text, function characters and respelled numbers make up the stretch."""
    reached = [True] + [False] * len(stretch)
    for start in range(len(stretch)):
        if not reached[start]:
            continue
        after_digit = stretch[start - 1 : start].isdigit()
        if stretch[start] in CHINESE_FUNCTION_CHARACTERS or (after_digit and stretch[start] in PRICE_UNITS):
            reached[start + 1] = True
        quantity = QUANTITY.match(stretch, start)
        if quantity and quantity[0] not in known:
            reached[quantity.end()] = True
        for end in _ends_of_pieces(stretch, start, known):
            reached[end] = True
    return reached[-1]


def _ends_of_pieces(stretch: str, start: int, known: str) -> set[int]:
    edges = find_edges(known)
    ends = set()
    for place in (place for place in edges if known.startswith(stretch[start], place)):
        length = 0
        while start + length < len(stretch) and known[place + length : place + length + 1] == stretch[start + length]:
            length += 1
            if place + length in edges:
                ends.add(start + length)
    return ends


def _find_noun(chunk: str, edges: list[int]) -> tuple[int, int]:
    """Where the first word for a product begins, and where those end that follow it at once (月饼礼盒); or 0, 0."""
    begins = ends = 0
    for start, end in pairwise(edges):
        word = chunk[start:end]
        if ends and word not in _product_nouns():
            break
        if len(word) > 1 and not QUANTITY.fullmatch(word) and word.lower().endswith(tuple(_product_nouns())):
            begins, ends = begins if ends else start, end
    return begins, ends


def _is_within_code(chunk: str, place: int) -> bool:
    """苹果17手机壳 is no 17手机壳."""
    return place > 0 and chunk[place].isdigit() and bool(HAN.match(chunk[place - 1]))


@cache
def _dictionary() -> Any:
    """jieba's words and ours, apart from the dictionary that others in this process use."""
    import jieba

    jieba.setLogLevel(logging.WARNING)  # it greets on stderr
    dictionary = jieba.Tokenizer()
    for noun in _product_nouns():
        if len(noun) > 1:
            dictionary.add_word(noun)
    return dictionary


@cache
def _product_nouns() -> frozenset[str]:
    nouns, _ = read_words(WORDS / "product_nouns.zh.txt")
    return frozenset(nouns)
