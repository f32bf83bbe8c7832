import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inference.covers.titles.claims import canonical, find_mixed, find_unsupported, stem

ZH = "装热水12小时仍有58度，五折到手。真空双层保温，容量共500毫升，不漏水。¥99"
EN = "Keeps drinks hot for 12 hours. Leak-proof lid, no drip. This steel flask holds 500 ml. $15.90"


@pytest.mark.parametrize(
    "title",
    ["12小时保温", "5折的双层", "五折", "99元", "￥99", "不漏水", "容量共500毫升", "共500毫升"],
)
def test_supported_in_chinese(title):
    assert not find_unsupported(title, ZH)


@pytest.mark.parametrize(
    ("title", "numbers", "words"),
    [
        ("24小时保温", ("24 小",), ()),
        ("12天保温", ("12 天",), ()),
        ("3折", ("3 折",), ()),
        ("漏水", (), ("漏水",)),  # the facts deny it
        ("抗菌", (), ("抗菌",)),
        ("苹果500毫升", (), ("苹果",)),
    ],
)
def test_unsupported_in_chinese(title, numbers, words):
    found = find_unsupported(title, ZH)
    assert (found.numbers, found.words) == (numbers, words)


@pytest.mark.parametrize("title", ["12-Hour Hot Drinks", "Leak-Proof Steel Flask", "A Flask for $15.9", "twelve hours"])
def test_supported_in_english(title):
    assert not find_unsupported(title, EN)


@pytest.mark.parametrize(
    ("title", "numbers", "words"),
    [
        ("24-Hour Flask", ("24 hour",), ()),
        ("Flask for $9", ("9 $",), ()),
        ("Copper Flask", (), ("copper",)),
        ("Drip Flask", (), ("drip",)),  # the facts say no drip
    ],
)
def test_unsupported_in_english(title, numbers, words):
    found = find_unsupported(title, EN)
    assert (found.numbers, found.words) == (numbers, words)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("五折", "5折"),
        ("一百二十元", "¥120"),
        ("两万", "20000"),
        ("百分之二十", "20%"),
        ("２０％", "20%"),
        ("1,299 dollars", "$1299"),
        ("Ｈｅｌｌｏ", "hello"),
        ("1.5万毫安", "15000毫安"),
        ("五千克", "5千克"),
        ("三百万", "3百万"),
        ("一亿两千万", "120000000"),
        ("二点五升", "2.5升"),
        ("贰佰元", "200元"),
        ("六折", "6折"),
        ("HDTV, Televisions", "hd tv, tvs"),
    ],
)
def test_one_spelling_for_what_means_the_same(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(("text", "same"), [("八点二十", "8点20"), ("大陆", "大陆"), ("一按就停", "一按就停")])
def test_what_only_looks_like_a_numeral_is_none(text, same):
    assert canonical(text) == same


@pytest.mark.parametrize(
    "forms", [("keep", "keeps"), ("hold", "holding"), ("battery", "batteries"), ("stop", "stopped")]
)
def test_forms_of_a_word_share_a_stem(forms):
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("title", "facts", "supported"),
    [
        ("不到249克", "机身不到249克", True),
        ("249克的机身", "机身不到249克", False),
        ("不低于40%", "粗蛋白不低于40%", True),
        ("粗蛋白40%", "粗蛋白不低于40%", False),
        ("至少12小时", "可用12小时", False),
        ("防X光", "防水防X光", True),
        ("国AA级护眼", "国AA级护眼台灯", True),
        ("X线", "防水防X光", False),
    ],
)
def test_bounds_belong_to_numbers_and_letters_to_characters(title, facts, supported):
    assert bool(find_unsupported(title, facts)) != supported


def test_words_from_two_sentences_do_not_make_a_claim():
    facts = "Beech wood blocks\nCotton storage bag"
    assert find_mixed("Cotton blocks", facts) == "Cotton blocks"
    assert not find_mixed("Beech blocks, cotton bag", facts)


LONE = re.compile(r"(?<![\u4e00-\u9fff0-9])[\u4e00-\u9fff](?![\u4e00-\u9fff0-9])")
"""A single character is no phrase: 杯 stands in 不锈钢杯 and in 世界杯."""


@given(st.text(max_size=60))
def test_what_is_copied_is_never_unsupported(text):
    assume(not LONE.search(canonical(text)))
    assert not find_unsupported(text, text)


@given(st.integers(10, 9999), st.integers(10, 9999))
def test_a_number_is_supported_by_itself_alone(said, known):
    assert bool(find_unsupported(f"{said}克", f"重{known}克").numbers) == (said != known)
