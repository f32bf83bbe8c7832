"""The sample catalogue teaches the title model, so it must never teach it to invent."""

import re
from itertools import combinations
from pathlib import Path
from unicodedata import east_asian_width

import pytest

import infra.samples
from data_contracts.catalog import PRODUCTS
from data_contracts.contract import load
from inference.media.catalogue import read_products

SAMPLES = Path(infra.samples.__path__[0])
ROWS = read_products(str(SAMPLES / "products.csv"))
IN = {language: [row for row in ROWS if row["language"] == language] for language in ("zh", "en")}

MIN_PRODUCTS = 60
ZH_WIDTH = (6, 14)
"""Shortest and longest, in Chinese characters; a digit is half as wide."""
EN_WORDS = (3, 7)
EN_MAX_CHARACTERS = 42
"""What a cover holds: a 3:4 picture, two lines, readable on a telephone."""
NEAR_DUPLICATE = 0.3
"""Jaccard similarity of character 3-grams."""

ABSOLUTE = {
    "zh": (
        "最",
        "第一",
        "唯一",
        "首选",
        "顶级",
        "极致",
        "极品",
        "国家级",
        "绝对",
        "永久",
        "完美",
        "万能",
        "100%",
        "百分百",
    ),
    "en": ("best", "no.1", "no. 1", "#1", "number one", "ultimate", "perfect", "guaranteed", "unbeatable", "world's"),
}
"""Absolute claims, which advertising law forbids (in China: article 9 of the Advertising Law)."""

ZH_NUMERALS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九十")} | {"两": 2, "半": 0.5}
EN_NUMERALS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
EN_NUMERALS |= {"zero": 0, "once": 1, "twice": 2, "ten": 10, "half": 0.5}
FUNCTION_WORDS = {"zh": set("的能也还都就"), "en": {"a", "and", "at", "in", "of", "on", "or", "per", "the", "to"}}
STEM = 4
"""Letters of an English word that must agree: "clearing" is supported by "clear", "sided" by "sides"."""


def test_every_product_stands_in_both_languages():
    assert len(IN["zh"]) == len(IN["en"]) >= MIN_PRODUCTS
    for zh, en in zip(IN["zh"], IN["en"], strict=True):
        assert {key: zh[key] for key in ("product_id", "category", "videos")} == {
            key: en[key] for key in ("product_id", "category", "videos")
        }
        assert (zh["currency"], en["currency"]) == ("CNY", "USD")


def test_the_contract_refuses_nothing():
    table, refusals = load(PRODUCTS).check(ROWS)
    assert not refusals
    assert table.num_rows == len(ROWS)


def test_categories_are_broad_enough_to_learn_from():
    categories = [row["category"] for row in IN["zh"]]
    assert len(set(categories)) >= 8
    assert all(categories.count(category) >= 4 for category in set(categories))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['product_id']}-{row['language']}")
def test_row_keeps_the_rules(row):
    language, title, content = row["language"], row["title"], content_of(row)
    if language == "zh":
        assert ZH_WIDTH[0] <= display_width(title) <= ZH_WIDTH[1]
        assert re.fullmatch(r".+的.+", title), "the house style is: benefit 的 product"
    else:
        assert EN_WORDS[0] <= len(title.split()) <= EN_WORDS[1]
        assert len(title) <= EN_MAX_CHARACTERS
    assert 3 <= len(row["selling_points"]) <= 4
    assert 2 <= sentences(row["description"]) <= 3
    assert row["price"] > 0
    assert not absolute_claims(f"{title} {content}", language)
    assert not numbers(title) - numbers(content)
    assert not unsupported_words(title, content, language)
    assert title.lower() not in content.lower(), "a title copied from its content teaches copying"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_two_products_are_near_duplicates(language):
    for part in (lambda row: row["title"], content_of):
        grams = {row["product_id"]: trigrams(part(row)) for row in IN[language]}
        pairs = {(a, b): jaccard(grams[a], grams[b]) for a, b in combinations(grams, 2)}
        assert max(pairs.values()) < NEAR_DUPLICATE, max(pairs, key=pairs.get)


def test_both_languages_state_the_same_figures():
    for zh, en in zip(IN["zh"], IN["en"], strict=True):
        assert sorted(figures(content_of(zh))) == sorted(figures(content_of(en))), zh["product_id"]


@pytest.mark.parametrize("script", sorted((SAMPLES / "scripts").glob("*.txt")), ids=lambda path: path.stem)
def test_a_script_says_nothing_that_the_catalogue_does_not(script):
    text = script.read_text(encoding="utf-8")
    language = "zh" if any(east_asian_width(character) == "W" for character in text) else "en"
    (row,) = [row for row in IN[language] if f"{script.stem}.mp4" in row["videos"]]
    assert 2 <= sentences(text) <= 4
    assert not absolute_claims(text, language)
    assert not numbers(text) - numbers(content_of(row))


def test_the_checks_see_what_they_are_for():
    assert numbers("三面补光，12小时，1.5米") == {3, 12, 1.5}
    assert numbers("One press, 30-Litre, 3D") == {1, 30, 3}
    assert not numbers("someone often phoned")
    assert absolute_claims("全网最低价", "zh") == ["最"]
    assert absolute_claims("The Best Cup", "en") == ["best"]
    assert unsupported_words("静音水壶", "水壶不吵", "zh") == {"静", "音"}
    assert unsupported_words("Quiet Steel Kettle", "The kettle is steel.", "en") == {"quiet"}
    assert display_width("12小时保温") == 5
    assert jaccard(trigrams("折叠露营椅"), trigrams("折叠露营椅")) == 1


def content_of(row: dict) -> str:
    return "\n".join((*row["selling_points"], row["description"]))


def display_width(text: str) -> float:
    """Width in Chinese characters."""
    return sum(1 if east_asian_width(character) in "WF" else 0.5 for character in text)


def sentences(text: str) -> int:
    return len(re.findall(r"[。？！]|[.?!](?=\s|$)", text))


def figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", text)


def numbers(text: str) -> set[float]:
    """Every number a text names, in digits or in words."""
    words = re.findall(r"[a-z]+", text.lower())
    return (
        {float(figure) for figure in figures(text)}
        | {ZH_NUMERALS[character] for character in text if character in ZH_NUMERALS}
        | {EN_NUMERALS[word] for word in words if word in EN_NUMERALS}
    )


def absolute_claims(text: str, language: str) -> list[str]:
    return [claim for claim in ABSOLUTE[language] if claim in text.lower()]


def unsupported_words(title: str, content: str, language: str) -> set[str]:
    """Characters (zh) or words (en) of a title that its content does not hold."""
    if language == "zh":
        return set(title) - set(content) - FUNCTION_WORDS["zh"]
    words = set(re.findall(r"[a-z]+", title.lower())) - FUNCTION_WORDS["en"]
    return {word for word in words if word[:STEM] not in content.lower()}


def trigrams(text: str) -> set[str]:
    return {text[start : start + 3] for start in range(len(text) - 2)}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)
