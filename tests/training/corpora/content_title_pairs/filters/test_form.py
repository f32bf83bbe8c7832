import pytest

from training.corpora.content_title_pairs.filters.form import (
    is_no_copy,
    is_no_list_of_codes,
    names_a_thing,
    says_nothing_twice,
)
from training.corpora.content_title_pairs.pair import Pair


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("VCT-80AV TS-MR1640 KDL46XBR6", False),
        ("XJ-100 XJ-200 XJ-300 杯", False),
        ("023272329396 cable", False),
        ("sony tripod vct80av", True),
        ("Full HD 1080p 500GB 12-Cup", True),
        ("2nd Generation 4K TV", True),
        ("IPX7防水蓝牙音箱", True),
        ("316不锈钢保温杯500ml", True),
    ],
)
def test_lists_of_codes(title, kept):
    result = is_no_list_of_codes(Pair("content", title, "en", "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "codes"


@pytest.mark.parametrize(
    ("title", "language", "kept"),
    [
        ("Portable Wireless Black", "en", False),
        ("Black/Silver", "en", False),
        ("Portable Black Speaker", "en", True),
        ("Digital Camera in Black", "en", True),
        ("轻薄又柔软的", "zh", False),
        ("很轻很软", "zh", False),
        ("轻薄柔软的围巾", "zh", True),
    ],
)
def test_titles_without_a_noun(title, language, kept):
    result = names_a_thing(Pair("content", title, language, "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "no_noun"


@pytest.mark.parametrize(
    ("title", "content", "kept"),
    [
        ("Keeps Drinks Hot", "Keeps drinks hot for 12 hours\nSteel flask", False),
        ("keeps-drinks hot!", "Keeps drinks hot for 12 hours\nSteel flask", False),
        ("装热水12小时", "装热水12小时仍有58度\n不锈钢杯", False),
        ("Steel Flask", "Keeps drinks hot for 12 hours\nSteel flask", True),
        ("12小时保温的不锈钢杯", "装热水12小时仍有58度\n不锈钢杯", True),
    ],
)
def test_copies_of_the_first_line(title, content, kept):
    result = is_no_copy(Pair(content, title, "en", "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "copy"


@pytest.mark.parametrize(
    ("title", "language", "left"),
    [
        ("Remote Control - mx850 mx850", "en", "Remote Control - mx850"),
        ("Steel Flask 24 - 24", "en", "Steel Flask 24"),
        ("Steel Flask with a Lid", "en", "Steel Flask with a Lid"),
        ("保温杯，不漏水", "zh", "保温杯，不漏水"),
        ("Black Ink Cartridge Black", "en", None),
        ("真空保温，真空杯", "zh", None),
    ],
)
def test_repetition(title, language, left):
    result = says_nothing_twice(Pair("content", title, language, "catalogue"))
    if left is None:
        assert result.rule == "repetition"
    else:
        assert (result.title, result.cleaned_from) == (left, None if left == title else title)
