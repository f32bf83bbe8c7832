"""The same pair in other words: what a title must copy is exchanged, what it need not mention is left out.

Of a few hundred pairs a model soon knows the part numbers and brands by heart and writes them where
they do not belong. So from the second epoch on it meets each pair with another part number and
another brand, the same in content and title, and with a stretch of the content gone that the title
does not draw on. Nothing but the content can tell it then what to write. Data augmentation by exchanged
entities, as Dai and Adel 2020 (arXiv:2010.11683) do for named entities.
"""

import random
import re
import string
from collections.abc import Mapping, Sequence
from typing import Any

from inference.covers.titles.claims import HAN, canonical, find_unsupported

CODE = re.compile(r"(?<![^\W_])(?:[^\W\d_]+\d[^\W_]*\d[^\W_]*(?![^\W_])|\d{6,}(?![^\W_]|[\u4e00-\u9fff]))", re.ASCII)
"""A part number: letters, then two digits or more among them, or a long number. Of ``1080p`` and ``4gb`` the
number comes first: they say what a thing can do."""

WORDS = re.compile(r"\w+")
MIN_CODE = 5
MOST_LEFT_OUT = 0.4
"""Share of a content's words."""

MIN_WORDS = 12
"""A shorter content is left whole."""

Pair = Mapping[str, Any]


def vary(pair: Pair, epoch: int, brands: Sequence[str]) -> Pair:
    """The pair as it is in the first epoch (0), a variant of it in every later one; the same call gives the same.

    ``brands`` are Latin words in lower case, to exchange one for another. What the title claims is
    borne out by the content in a variant as well.
    """
    if epoch == 0:
        return pair
    chance = random.Random(f"{pair['example_id']}/{epoch}")
    content, title = _with_another_brand(pair["content"], pair["title"], brands, chance)
    content, title = _with_other_codes(content, title, chance)
    content = _with_a_stretch_left_out(content, title, chance)
    varied = {**pair, "content": content, "title": title}
    return varied if _claims_no_more(varied, pair) else pair


def _with_another_brand(content: str, title: str, brands: Sequence[str], chance: random.Random) -> tuple[str, str]:
    """Every brand of the title by one that neither text names."""
    named = [brand for brand in brands if _word(brand).search(title)]
    others = [brand for brand in brands if not _word(brand).search(f"{title}\n{content}")]
    for brand in named:
        if others:
            other = chance.choice(others)
            content, title = (_word(brand).sub(lambda m, new=other: _cased(new, m[0]), t) for t in (content, title))
    return content, title


def _with_other_codes(content: str, title: str, chance: random.Random) -> tuple[str, str]:
    """All part numbers in one cipher, so that dscw150 remains the beginning of dscw150b."""
    letters, digits = list(string.ascii_lowercase), list(string.digits)
    chance.shuffle(letters)
    chance.shuffle(digits)
    cipher = str.maketrans(
        string.ascii_lowercase + string.ascii_uppercase + string.digits,
        "".join(letters) + "".join(letters).upper() + "".join(digits),
    )

    def encipher(match: re.Match[str]) -> str:
        return match[0].translate(cipher) if len(match[0]) >= MIN_CODE else match[0]

    return CODE.sub(encipher, content), CODE.sub(encipher, title)


def _with_a_stretch_left_out(content: str, title: str, chance: random.Random) -> str:
    """Words in a row that the title holds none of; Chinese clauses are such words too."""
    parts = re.findall(r"\S+\s*", content) if " " in content else re.findall(r"[^，。；\n]+[，。；\n]*", content)
    if len(parts) < (MIN_WORDS if " " in content else 2):
        return content
    start, size = chance.randrange(len(parts)), chance.randint(1, max(1, int(MOST_LEFT_OUT * len(parts))))
    end = start
    while end < min(len(parts), start + size) and not _draws_on(title, parts[end]):
        end += 1
    return "".join(parts[:start] + parts[end:]).strip()


def _draws_on(title: str, part: str) -> bool:
    """Whether they share a word, in Chinese two characters in a row. What is shared otherwise the last check finds."""
    one, other = canonical(title), canonical(part)
    if HAN.search(part):
        return any(other[place : place + 2] in one for place in range(len(other) - 1))
    return bool(set(WORDS.findall(one)) & set(WORDS.findall(other)))


def _claims_no_more(varied: Pair, pair: Pair) -> bool:
    before = find_unsupported(pair["title"], pair["content"])
    after = find_unsupported(varied["title"], varied["content"])
    return len(after.numbers) <= len(before.numbers) and len(after.words) <= len(before.words)


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)


def _cased(word: str, like: str) -> str:
    if like.isupper():
        return word.upper()
    return word.capitalize() if like[:1].isupper() else word
