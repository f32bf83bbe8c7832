"""Seeded rows as shops have them, zh and en, with what is wrong with some and which repeat others known.

Words are made up, so that two products share none by chance and a planted near-duplicate is the only one.
"""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

EXACT_SHARE, NEAR_SHARE, BAD_SHARE = 0.05, 0.10, 0.10
MOST_CHANGED = 6
"""Words of a near-duplicate that differ at most: similarities are 0.6 to 0.98."""

CONSONANTS, VOWELS = "bcdfghklmnprstvz", "aeiou"
EN_NOUNS = ("flask", "backpack", "lamp", "kettle", "pillow", "blanket", "speaker", "keyboard", "umbrella", "toaster")
ZH_NOUNS = ("保温杯", "登山包", "台灯", "电水壶", "枕头", "毛毯", "音箱", "键盘", "雨伞", "面包机")
ZH_CHARACTERS = (
    "山水木石花草云雨风雪天地日月星光明亮清新柔软轻便厚实细密平整圆润方正长短高低大小深浅红黄蓝绿白黑灰紫金银铜铁"
    "布丝棉麻皮革竹藤瓷陶玻璃纸板杯盘碗筷刀叉锅盖壶瓶桌椅床柜门窗灯扇镜梳鞋帽衣裤裙袜包袋箱盒车船轮桥路家园田林"
)
WORDS_EN, WORDS_ZH = 26, 38


class Row(NamedTuple):
    """``copy_of`` is the row that this one repeats, ``bad`` the kind of what is wrong with it."""

    row_id: str
    content: str
    title: str
    language: str
    copy_of: str | None = None
    bad: str | None = None


def rows(count: int, seed: int = 0) -> Iterator[Row]:
    """As many rows, the same at every call; every second one Chinese."""
    dice = random.Random(seed)
    good: list[Row] = []
    for number in range(count):
        row_id, share = f"row-{number:07}", dice.random()
        if good and share < EXACT_SHARE:
            original = dice.choice(good)
            yield original._replace(row_id=row_id, copy_of=original.row_id)
        elif good and share < EXACT_SHARE + NEAR_SHARE:
            yield _near(dice, dice.choice(good), row_id)
        elif share < EXACT_SHARE + NEAR_SHARE + BAD_SHARE:
            kind = dice.choice(list(SPOILERS))
            yield SPOILERS[kind](_good(dice, row_id, number))._replace(bad=kind)
        else:
            good.append(_good(dice, row_id, number))
            yield good[-1]


def _good(dice: random.Random, row_id: str, number: int) -> Row:
    return (_good_zh if number % 2 else _good_en)(dice, row_id)


def _good_en(dice: random.Random, row_id: str) -> Row:
    words = [_word_en(dice) for _ in range(WORDS_EN)]
    one, two, noun = _distinct(lambda: (_word_en(dice), _word_en(dice), dice.choice(EN_NOUNS)))
    content = f"{_sentence(words[:8])}\n{_sentence(words[8:18])} This {one} {two} {noun} holds {_sentence(words[18:])}"
    return Row(row_id, content, f"{one} {two} {noun}".title(), "en")


def _good_zh(dice: random.Random, row_id: str) -> Row:
    words = [_word_zh(dice) for _ in range(WORDS_ZH)]
    title = "".join(_distinct(lambda: tuple(_word_zh(dice) + _word_zh(dice) + dice.choice(ZH_NOUNS))))
    content = f"{''.join(words[:8])}。\n{''.join(words[8:20])}，这款{title}，{''.join(words[20:])}。"
    return Row(row_id, content, title, "zh")


def _distinct(draw: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """The first draw that has nothing twice: a title that says a word twice is a bad one."""
    while len(set(drawn := draw())) < len(drawn):
        pass
    return drawn


def _near(dice: random.Random, original: Row, row_id: str) -> Row:
    """The original with other words in its content, not in what its title draws on."""
    is_chinese = original.language == "zh"
    before, sign, last = original.content.rpartition("，" if is_chinese else " holds ")
    words, new = (list(last), _word_zh) if is_chinese else (last.split(" "), _word_en)
    for place in dice.sample(range(len(words)), dice.randint(1, MOST_CHANGED)):
        words[place] = new(dice)
    return original._replace(
        row_id=row_id, content=f"{before}{sign}{('' if is_chinese else ' ').join(words)}", copy_of=original.row_id
    )


def _word_en(dice: random.Random) -> str:
    return "".join(dice.choice(CONSONANTS) + dice.choice(VOWELS) for _ in range(dice.randint(2, 4)))


def _word_zh(dice: random.Random) -> str:
    return dice.choice(ZH_CHARACTERS) + dice.choice(ZH_CHARACTERS)


def _sentence(words: list[str]) -> str:
    return f"{' '.join(words)}.".capitalize()


SPOILERS: dict[str, Callable[[Row], Row]] = {
    "language": lambda row: row._replace(language="fr"),
    "markup": lambda row: row._replace(title=f"<script>{row.title}</script>"),
    "contact": lambda row: row._replace(content=f"{row.content} 加微信 shop12345"),
    "personal data": lambda row: row._replace(content=f"{row.content} a.b@example.com"),
    "profanity": lambda row: row._replace(content=f"{row.content} fuck 他妈的"),
    "title language": lambda row: row._replace(title="Ручной чайник"),
    "content length": lambda row: row._replace(content=row.title),
    "number": lambda row: row._replace(title=f"{row.title} 999 km" if row.language == "en" else f"999公里{row.title}"),
    "title length": lambda row: row._replace(title=f"{row.title} " * 12),
    "copy": lambda row: row._replace(title=row.content.split("\n")[0][:40]),
    "broken": lambda row: row._replace(title=f"{row.title} \ufffd"),
}
