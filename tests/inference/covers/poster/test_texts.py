"""Texts are read from lines and JSON alike, and what is wrong with them is named."""

import json

import pytest

from inference.covers.poster.texts import read_texts

LINES = """\ufeff# a comment
brand: 山泉记
Headline：一口山泉的清甜
selling_point: 0添加

selling point: 弱碱性: 更温和
price: ¥2.9
"""


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        (tmp_path / "texts").write_text(text, encoding="utf-8")
        return read_texts(tmp_path / "texts")

    return read


def test_lines_and_json_say_the_same(read):
    wording = read(LINES)
    assert (wording.title, wording.language, wording.price, wording.brand) == ("一口山泉的清甜", "zh", "¥2.9", "山泉记")
    assert wording.selling_points == ("0添加", "弱碱性: 更温和")
    assert wording.names == ("山泉记",)
    as_json = {
        "headline": "一口山泉的清甜",
        "selling_point": ["0添加", "弱碱性: 更温和"],
        "price": "¥2.9",
        "brand": "山泉记",
    }
    assert read(json.dumps(as_json)) == wording


def test_the_language_is_the_headline_s_unless_it_is_said(read):
    assert read("headline: Wake up slowly").language == "en"
    assert read('{"headline": "iPhone 15", "language": "zh", "names": ["iPhone 15"]}').language == "zh"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "headline: there is none"),
        ("price: ¥9", "headline: there is none"),
        ("just words", "line 1: 'just words' is not like"),
        ("headline: a\nslogan: b", "line 2: unknown role 'slogan', known are headline"),
        ("headline:   ", "headline: the text is empty"),
        ("headline: a\nheadline: b", "headline: 2 texts, at most 1"),
        ("headline: a\n" + "selling_point: b\n" * 9, "selling_point: 9 texts, at most 5"),
        ("headline: " + "a" * 900, "900 characters"),
        ('{"headline": 5}', "headline: 5 is no text"),
        ('{"headline": {"a": 1}}', "headline: .* is no text"),
        ('{"title": "a"}', "unknown role 'title'"),
        ('{"headline": "a", "language": "fr"}', "language: 'fr' is neither"),
        ('{"headline": "a"', "texts: Expecting"),
        ('["headline"]', "an object of roles"),
        ("[" * 100_000, "more than|nested"),
        ("[" * 60_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_named(read, text, named):
    with pytest.raises(ValueError, match=named):
        read(text)


def test_another_encoding_is_named(tmp_path):
    (tmp_path / "texts").write_bytes("headline: 清甜".encode("gbk"))
    with pytest.raises(ValueError, match="not UTF-8 from byte 10 on"):
        read_texts(tmp_path / "texts")
