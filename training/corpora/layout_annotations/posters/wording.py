"""What a poster says: written by a small grammar, a different poster for every seed.

A template holds ``{noun}``, filled from the list of that name, and ``{3..9}`` or ``{30..90/5}``,
filled with a whole number of that range and step. Templates, words and prices were written for this.
"""

import re
from collections.abc import Mapping, Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

Bank = Mapping[str, Sequence[str]]

SHARED = "shared"
DIVIDER = " / "


@dataclass(frozen=True)
class Price:
    """What it costs now, what it cost before, and the words in front, as shown: ``¥59.9``, ``¥99``, ``到手价``."""

    now: str
    was: str = ""
    label: str = ""


@dataclass(frozen=True)
class Wording:
    """The words of a poster; ``language`` is zh or en. What is empty is not shown.

    In Chinese, ``|`` marks where a line may end; without any, a line may end after every character.
    """

    language: str
    headline: str
    subheadline: str = ""
    points: tuple[str, ...] = ()
    price: Price | None = None
    action: str = ""
    brand: str = ""


def write(random: Random, language: str, trades: Sequence[str] = ()) -> Wording:
    """Words for a poster about something a shop sells, of one of these trades if the language has any."""
    banks = read_phrases(language)
    bank = banks[random.choice([name for name in trades if name in banks] or list(banks))]
    points = _different(random, bank, random.choice((1, 2, 2, 3, 3, 3, 4)))
    return Wording(
        language,
        headline=fill(random, "{headline}", bank),
        subheadline=fill(random, "{subheadline}", bank) if random.random() < 0.85 else "",
        points=points if random.random() < 0.9 else (),
        price=_price(random, language, bank) if random.random() < 0.8 else None,
        action=fill(random, "{action}", bank) if random.random() < 0.8 else "",
        brand=fill(random, "{brand}", bank) if random.random() < 0.8 else "",
    )


@cache
def read_phrases(language: str) -> dict[str, Bank]:
    """The phrases of each trade, by its name, together with those of every shop."""
    file = ConfigParser(interpolation=None, delimiters=("=",))
    file.read(Path(__file__).with_name(f"phrases_{language}.ini"), encoding="utf-8")
    sections = {name: {key: _split(text) for key, text in file[name].items()} for name in file.sections()}
    shared = sections.pop(SHARED)
    return {name: {**shared, **own} for name, own in sections.items()}


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\n", " ").split(DIVIDER))


def fill(random: Random, template: str, bank: Bank) -> str:
    """A template with every brace filled, those in what is filled in too."""
    while found := re.search(r"\{([^{}]+)\}", template):
        template = template[: found.start()] + _value(random, found[1], bank) + template[found.end() :]
    return template


def _value(random: Random, name: str, bank: Bank) -> str:
    if span := re.fullmatch(r"(\d+)\.\.(\d+)(?:/(\d+))?", name):
        first, last, step = int(span[1]), int(span[2]), int(span[3] or 1)
        return str(random.randrange(first, last + 1, step))
    return random.choice(bank[name])


def _different(random: Random, bank: Mapping[str, Sequence[str]], count: int) -> tuple[str, ...]:
    """So many points of different templates, the category's own before those any shop has."""
    own = random.sample(list(bank["point"]), min(count, len(bank["point"])))
    general = random.sample(list(bank["service"]), 1) if count > 1 and random.random() < 0.5 else []
    chosen = own[: count - len(general)] + general
    return tuple(fill(random, template, bank) for template in chosen)


def _price(random: Random, language: str, bank: Bank) -> Price:
    sign = "¥" if language == "zh" else random.choice("$$$£€")
    amount = round(10 ** random.uniform(0.8, 3.4))
    endings = ("9", "9", "8", "5", "99", "90") if language == "zh" else ("99", "99", "95", "50", "49")
    now = f"{sign}{_amount(random, amount, endings)}"
    was = f"{sign}{_amount(random, round(amount * random.uniform(1.2, 2.4)) + 1)}"
    label = random.choice(bank["price_label"]) if random.random() < 0.6 else ""
    return Price(now, was if random.random() < 0.4 else "", label)


def _amount(random: Random, amount: int, endings: Sequence[str] = ()) -> str:
    """A price as shops write them: 59.9, 19.99, 1,299."""
    if not endings or amount >= 300 or random.random() < 0.35:
        return f"{amount:,}" if amount >= 1000 and random.random() < 0.4 else str(amount)
    return f"{amount}.{random.choice(endings)}"
