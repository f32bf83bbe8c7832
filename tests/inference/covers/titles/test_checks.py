import pytest

from inference.covers.titles.checks import Limits, find_chatter, find_faults, find_repetition, is_in_language, width

ZH = "装热水12小时仍有58度，真空保温\n五折到手\n不锈钢保温杯靠真空双层保温，容量500毫升，不漏水。\n第一批五折\n¥99"
EN = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis leak-proof steel travel flask is the best, of 500 ml.\n$15.9"


@pytest.mark.parametrize("title", ["热水12小时，真空保温", "五折的不锈钢保温杯", "容量500毫升，不漏水"])
def test_a_good_chinese_title_has_no_fault(title):
    assert find_faults(title, ZH, Limits.of("zh")) == []


@pytest.mark.parametrize("title", ["Leak-Proof Steel Travel Flask", "Drinks Hot for 12 Hours"])
def test_a_good_english_title_has_no_fault(title):
    assert find_faults(title, EN, Limits.of("en")) == []


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("保温杯", "at least 5"),
        ("不锈钢保温杯靠真空双层保温不漏水", "at most 14"),
        ("Steel flask", "not in zh"),
        ("不锈钢保温杯<b>", "markup"),
        ("不锈钢保温杯🔥", "no text"),
        ("24小时真空保温", "not in the facts: 24"),
        ("第一批五折", "absolute claim '第一'"),
        ("卧槽这杯子", "profanity '卧槽'"),
        ("真空保温真空保温", "twice"),
        ("的不锈钢保温杯", "middle of a phrase"),
        ("不锈钢保温杯和", "middle of a phrase"),
        ("装热水12小时仍有58度的不锈", "cuts a word"),
        ("标题：不锈钢保温杯", "repeats the prompt"),
    ],
)
def test_a_chinese_title_with_a_fault(title, fault):
    assert any(fault in each for each in find_faults(title, ZH, Limits.of("zh")))


@pytest.mark.parametrize(
    ("title", "fault"),
    [
        ("Flask", "at least 12"),
        ("This Steel Travel Flask Holds Hot Drinks for 12 Hours", "at most 42"),
        ("A lid is the lid on the flask it", "words, at most 8"),
        ("不锈钢保温杯", "not in en"),
        ("Steel *Travel* Flask", "markup"),
        ("Copper Travel Flask", "not in the facts: copper"),
        ("The Best Steel Flask", "absolute claim 'Best'"),
        ("Flask, Steel Flask", "'flask' twice"),
        ("Travel Flask for the", "ends in 'the'"),
        ("Cover title: flask", "repeats the prompt"),
    ],
)
def test_an_english_title_with_a_fault(title, fault):
    assert any(fault in each for each in find_faults(title, EN, Limits.of("en")))


def test_another_least_width():
    assert find_faults("保温杯", ZH, Limits.of("zh"), min_width=1) == []


def test_no_titles_in_other_languages():
    with pytest.raises(ValueError, match="'fr'"):
        Limits.of("fr")


def test_width_is_what_is_seen():
    assert width("保温杯 500ml", "zh") == 6.0
    assert width("保温杯", "en") == 3.0


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("USB供电小夜灯", True, False),
        ("Night lamp", False, True),
        ("12345", False, False),
        ("ночник", False, False),
        ("16 Ω", False, False),
        ("Night lamp, 5 µm", False, True),
        ("读速170MB/s", True, False),
    ],
)
def test_languages(text, zh, en):
    assert (is_in_language(text, "zh"), is_in_language(text, "en")) == (zh, en)


@pytest.mark.parametrize(
    "text", ["嗯，开始吧", "那个杯子很好", "然后倒进去", "蛮好看的啊", "So we mix it", "Okay, there", "Look at him"]
)
def test_talk_is_told(text):
    assert find_chatter(text)


@pytest.mark.parametrize(
    "text", ["这款登山包有30升容量", "后背用网架撑开", "A steel flask holds 500 ml", "Solid beech wood"]
)
def test_what_describes_a_product_is_no_talk(text):
    assert not find_chatter(text)


@pytest.mark.parametrize(
    ("title", "language", "word"),
    [
        ("Flask, Steel flask", "en", "flask"),
        ("Remote Control mx850 mx850", "en", "mx850"),
        ("LG 47lg50 17mm to 85mm Lens", "en", ""),
        ("Lid for the Flask with the Cup", "en", ""),
        ("f/4 zoom f/5", "en", ""),
        ("真空保温，真空杯", "zh", "真空"),
        ("保温杯，水杯", "zh", ""),
        ("180Hz显示器，180Hz高刷", "zh", "180Hz"),
        ("国AA级台灯，照度国AA级", "zh", "国AA级"),
        ("10000毫安，20000毫秒", "zh", ""),
        ("20Hz低频，50Hz高频", "zh", ""),
    ],
)
def test_repetition(title, language, word):
    assert find_repetition(title, language) == word
