"""Chinese products written for the evaluation of titles, and what is wrong with a title for one of them.

What is wrong is told from marks that a person set, by none of the code that writes or judges titles.

python -m tests.inference.covers.titles.chinese_products [WIDTH]
"""

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from rich import box
from rich.console import Console
from rich.table import Table

from inference.covers.titles.copy import write_titles_for
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import TitleCandidate
from inference.models import profile
from inference.models.language import LanguageModel

PRODUCTS = Path(__file__).parent / "products.zh.yaml"
MARK = "|"
SIGNS = frozenset(" ,、:!|-–+·×/()《》的和与")
"""May stand between two words of a title."""

COUNTING = re.compile(r"\d|^[二两兩三四五六七八九十]")
"""A word that holds a number; of those only the ones that are listed may be in a title."""


@dataclass(frozen=True)
class Product:
    """A shop's product with its words marked, the quantities a title may name, and what none may say."""

    name: str
    marked: Mapping[str, Any]
    numbers: tuple[str, ...]
    never: tuple[str, ...]

    @property
    def facts(self) -> Facts:
        row = {name: _unmarked(self.marked[name]) for name in ("title", "description", "category")}
        points = tuple(map(_unmarked, self.marked["selling_points"]))
        price, currency = self.marked["price"], self.marked.get("currency", "CNY")
        return Facts(selling_points=points, price=price, currency=currency, **row)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word a title may be put together from."""
        texts = [self.marked["title"], *self.marked["selling_points"], self.marked["description"]]
        marked = re.split(r"[\s,。、:;!?()《》|·]+", _plain(" ".join([*texts, self.marked["category"]])))
        listed = {_plain(number) for number in self.numbers}
        price = self.marked["price"]
        listed |= {f"{price:g}元", f"¥{price:g}"} if price else set()
        return frozenset({word for word in marked if word and not COUNTING.search(word)} | listed)


def read_products() -> list[Product]:
    """All products of the file."""
    return [
        Product(row["id"], row, tuple(row["numbers"]), tuple(row["never"]))
        for row in yaml.safe_load(PRODUCTS.read_text(encoding="utf-8"))
    ]


def write(products: Sequence[Product], width: float | None, model: LanguageModel | None) -> list[list[TitleCandidate]]:
    """Candidates for each product, best first."""
    return write_titles_for([each.facts for each in products], ["zh"] * len(products), width, model=model)


def find_errors(title: str, product: Product, width: float) -> Iterator[str]:
    """Everything that should have kept a title of at most ``width`` Chinese characters from being published."""
    wide = sum(1.0 if ord(character) > 0x2E7F else 0.5 for character in title)
    if wide > width:
        yield f"{wide:g} wide"
    if not _is_of_words(_plain(title), product.words):
        yield "not put together from words of the shop's text"
    for word in product.never:
        if _plain(word) in _plain(title):
            yield f"says {word}"


def as_table(products: Sequence[Product], written: Sequence[Sequence[TitleCandidate]]) -> Table:
    """What is published for each product, who wrote it, and how many of the model's titles could have been."""
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for column in ("product", "published", "by", "score", "model's, fit", "rules', fit"):
        table.add_column(column)
    for product, titles in zip(products, written, strict=True):
        fit = Counter(each.source for each in titles if each.kept)
        all_of = Counter(each.source for each in titles)
        counts = (f"{fit[source]} of {all_of[source]}" for source in ("model", "rule"))
        table.add_row(product.name, titles[0].text, titles[0].source, f"{titles[0].score:.2f}", *counts)
    winners = Counter(titles[0].source for titles in written)
    table.caption = ", ".join(f"{source}: {count}" for source, count in winners.most_common())
    return table


def _is_of_words(text: str, words: frozenset[str]) -> bool:
    reached = [True] + [False] * len(text)
    for start in range(len(text)):
        if reached[start]:
            reached[start + 1] |= text[start] in SIGNS
            for word in words:
                if text.startswith(word, start):
                    reached[start + len(word)] = True
    return reached[-1]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _unmarked(text: str) -> str | None:
    return text.replace(MARK, "") or None


def main() -> None:
    products = read_products()
    width = float(sys.argv[1]) if len(sys.argv) > 1 else None
    written = write(products, width, profile.language_model())
    Console(width=140).print(as_table(products, written))


if __name__ == "__main__":
    main()
