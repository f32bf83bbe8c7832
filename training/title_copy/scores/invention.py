"""What a title says that its content does not: a number, a brand, or any other attribute.

That something is unsupported is told by the rule that also decides what may be published
(``inference/covers/titles/claims.py``). Here it is only sorted, by what an invention costs a shop: a
wrong number is a wrong promise, a wrong brand somebody else's name.

No list of brands is at hand that would fit any shop, so brands are read off the shop's own texts:

* words that titles begin with, and hardly anything else does: ``sony``, ``panasonic``
* words that stand in the contents with a capital only, in the middle of a sentence
* Latin words that stand in no content of the shop at all
* Chinese words that jieba's dictionary has as the name of somebody or something

Where the rule is not sure it says brand rather than attribute: the limit for brands is the stricter one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from inference.covers.titles.claims import ENGLISH_FUNCTION_WORDS, HAN, canonical, find_unsupported, stem
from training.corpora.content_title_pairs.filters.nouns import only_describes, tags_of

LATIN_WORD = re.compile(r"[^\W\d_](?:[\w'&]*\w)?")
HAS_DIGIT = re.compile(r"\d")
LABELLED = re.compile(r"\b([a-z]\w*)[\s-]+(\d+(?:\.\d+)?)(?!\w)")
CAPITALISED_WITHIN = re.compile(r"(?<=[a-z0-9,] )[A-Z][\w'&]+")
"""After a word of the same sentence: where a sentence begins every word has a capital."""

SMALL = re.compile(r"\b[a-z][\w'&]*")

LEADS_IN_GROUPS = 2
"""Groups of near-duplicates in which a word leads a title before it counts as a brand: chance leads once."""

LEADING_SHARE = 0.8
"""Of the titles that hold a brand, those that begin with it, at least; *black* and *portable* stand anywhere."""

NAME_TAGS = frozenset({"nr", "nrt", "nt", "nz"})
"""Of jieba's dictionary (ICTCLAS): people, transcribed names, organisations, other names."""


@dataclass(frozen=True)
class Invention:
    """What a title claims beyond its content. A number is also a part number: ``kdl40x`` promises a model."""

    numbers: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """The brands that a shop's texts name, and the stems of all Latin words of its contents; in lower case."""

    brands: frozenset[str]
    vocabulary: frozenset[str]

    @classmethod
    def of(cls, pairs: Sequence[Mapping[str, Any]]) -> "Names":
        """Read off pairs of content and title; a title's spelling before it was cleaned counts too."""
        titles = [(_words(pair.get("cleaned_from") or pair["title"]), pair["group"]) for pair in pairs]
        contents = [pair["content"] for pair in pairs]
        vocabulary = frozenset(stem(word) for content in contents for word in _words(content))
        brands = _leading(titles, contents) | _always_capitalised(contents)
        return cls(frozenset(filter(_may_be_a_name, brands)), vocabulary)

    def sort(self, title: str, content: str) -> Invention:
        """What a title invents, each thing under one heading."""
        unsupported = find_unsupported(title, content)
        codes = {word for word in unsupported.words if HAS_DIGIT.search(word) and not HAN.search(word)}
        words = [word for word in unsupported.words if word not in codes]
        brands = tuple(word for word in words if self._is_brand(word))
        numbers = [each for each in unsupported.numbers if not _is_labelled_so(each, title, content)]
        numbers += sorted(codes - _joined_codes(content))
        return Invention(tuple(numbers), brands, tuple(word for word in words if word not in brands))

    def _is_brand(self, word: str) -> bool:
        if HAN.search(word):
            return any(tag in NAME_TAGS for tag in tags_of(word))
        return word in self.brands or (stem(word) not in self.vocabulary and _may_be_a_name(word))


def _is_labelled_so(number: str, title: str, content: str) -> bool:
    """Whether the word before a number is that of the content: dect 6.0 is, whatever noun comes after it."""
    value, source = number.split()[0], canonical(content)
    labelled = [m for m in LABELLED.finditer(canonical(title)) if f"{Decimal(m[2]).normalize():f}" == value]
    return any(re.search(rf"\b{re.escape(match[0])}(?!\.?\d)", source) for match in labelled)


def _joined_codes(content: str) -> set[str]:
    """The words of a content as they are without hyphens: nsaw190 is the ns-aw190 that it names."""
    return set(re.findall(r"\w+", re.sub(r"(?<=\w)-(?=\w)", "", canonical(content))))


def _leading(titles: Sequence[tuple[Sequence[str], str]], contents: Sequence[str]) -> set[str]:
    """Words that titles of several groups begin with, that seldom stand elsewhere in one or in contents without it."""
    groups: dict[str, set[str]] = defaultdict(set)
    led, titled, told = (Counter[str]() for _ in range(3))
    for (words, group), content in zip(titles, contents, strict=True):
        if words:
            groups[words[0]].add(group)
            led[words[0]] += 1
        titled.update(set(words))
        told.update(set(_words(content)) - set(words))
    return {
        word
        for word, found in groups.items()
        if len(found) >= LEADS_IN_GROUPS and led[word] >= LEADING_SHARE * titled[word] and told[word] <= led[word]
    }


def _always_capitalised(contents: Sequence[str]) -> set[str]:
    small = {word for content in contents for word in SMALL.findall(content)}
    return {word.lower() for content in contents for word in CAPITALISED_WITHIN.findall(content)} - small


def _words(text: str) -> list[str]:
    """Latin words without digits, in lower case."""
    return [word for word in LATIN_WORD.findall(canonical(text)) if word.isascii() and not HAS_DIGIT.search(word)]


def _may_be_a_name(word: str) -> bool:
    return len(word) > 1 and word not in ENGLISH_FUNCTION_WORDS and not only_describes(word)
