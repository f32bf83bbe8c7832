"""Names, quoted titles and measures are never entered by a line break; nothing else is lost by it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.covers.picture.words import split_units


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("喜羊羊与灰太狼书包", "灰太狼"),
        ("留得住温度的红釉咖啡杯", "红釉"),
        ("《万里长城永不倒》纪录片", "《万里长城永不倒》"),
        ("和“小太阳取暖器”过冬", "“小太阳取暖器”"),
        ("The 500 ml Bottle", "500 ml"),
        ("原价199元", "199元"),
        ("夏天的T恤", "T恤"),
    ],
)
def test_what_belongs_together_is_one_piece(text, whole):
    assert any(whole in unit.text for unit in split_units(text))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("泡泡玛特盲盒上新", "泡泡玛特"),
        ("全新小米手环开售", "新小米手"),
        ("The New iPhone 15 Pro Max", "iPhone 15 Pro"),
    ],
)
def test_names_stay_whole(text, name):
    assert not any(name in unit.text for unit in split_units(text))
    assert any(name in unit.text for unit in split_units(text, (name,)))


def test_a_sentence_of_short_words_can_still_be_broken():
    assert len(split_units("你来我往他去她留")) > 1


PIECES = st.sampled_from(
    ["灰太狼", "和", "99元", " ", "，", "《长城》", "T恤", "“真香”", "500 ml", "的", "我", "泡泡玛特"]
)


@given(st.lists(PIECES, min_size=1, max_size=9), st.sampled_from([(), ("泡泡玛特", "灰太狼和"), ("的我",)]))
@settings(max_examples=300, deadline=None)
def test_names_only_take_places_to_break_away(pieces, names):
    text = " ".join("".join(pieces).split())
    free, bound = split_units(text), split_units(text, names)
    joined = "".join(" " * (unit.space_before and n > 0) + unit.text for n, unit in enumerate(bound))
    assert joined == text
    assert ends(bound) <= ends(free)


def ends(units) -> set[int]:
    return set(itertools.accumulate(len(unit.text.replace(" ", "")) for unit in units))
