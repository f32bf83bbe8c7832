"""What can be set is set without a broken word or a clipped glyph; what cannot says why."""

import unicodedata

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from inference.covers.picture import typography
from inference.covers.picture.typography import Run, TextBlock
from inference.media.geometry import Box
from inference.models import shelf


@pytest.fixture(scope="module")
def covered() -> set[int]:
    with TTFont(shelf.resolve("noto-sc") / "NotoSansSC-Regular.otf", lazy=True) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize(
    ("given", "set_as"),
    [
        ("  夏天 \n\t 必备 ", "夏天 必备"),
        ("👍爆款👍🏽 家庭装👨‍👩‍👧", "爆款 家庭装"),
        ("\u202e倒着写\u202c的标题\u200b", "倒着写的标题"),
        ("a\x00b\x07c\ufeff", "abc"),
        ("Ｔ恤１２３元", "T恤123元"),
        ("特价￥99。", "特价¥99"),
        ("Cafe\u0301", "Café"),
        ("1️⃣2️⃣件", "12件"),
        ("，！好 ，好", "好，好"),
        (".99", ".99"),
        ("只要 .99 !", "只要 .99!"),
    ],
)
def test_what_cannot_be_seen_or_drawn_is_left_out(given, set_as):
    assert typography.clean(given, "sans") == set_as


@pytest.mark.parametrize("text", ["", " \n ", "👍🔥", "--- !!!", "\u200f\u200e"])
def test_nothing_readable_is_refused(text):
    with pytest.raises(ValueError, match="no readable text"):
        typography.clean(text, "sans")


@pytest.mark.parametrize(
    ("text", "code_point"), [("ราคา", "U+0E23"), ("مرحبا", "U+0627"), ("𠮷野家", "U+20BB7"), ("₸499", "U+20B8")]
)
def test_what_has_no_glyph_but_a_meaning_is_named(text, code_point):
    with pytest.raises(ValueError, match=code_point.replace("+", r"\+")):
        typography.clean(text, "serif")


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_text_is_refused_or_fully_covered_by_the_font(covered, text):
    try:
        cleaned = typography.clean(text, "sans")
    except ValueError:
        return
    assert {ord(c) for c in cleaned} <= covered
    assert not any(unicodedata.category(c)[0] in "CM" for c in cleaned)
    assert cleaned == " ".join(cleaned.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("装修工人不会告诉你的收纳秘密", ("装修工人不会", "告诉你的收纳秘密")),
        ("每天拍一拍，肩颈更轻松", ("每天拍一拍", "肩颈更轻松")),
        ("夏天就穿这一件印花T恤", ("夏天就穿", "这一件印花T恤")),
        ("原价199元，现在只要5折！", ("原价199元", "现在只要5折！")),
        ("免费试用30天，不满意全额退款", ("免费试用30天", "不满意全额退款")),
        ("Tap Away Neck Pain in Five Minutes a Day", ("Tap Away Neck Pain", "in Five Minutes a Day")),
        ("留得住温度的红釉咖啡杯", ("留得住温度的", "红釉咖啡杯")),
        ("杯壁厚6毫米的红釉咖啡杯", ("杯壁厚6毫米的", "红釉咖啡杯")),
        ("免打结的酒红领结套装", ("免打结的", "酒红领结套装")),
        ("How to Choose a City Car", ("How to Choose", "a City Car")),
    ],
)
def test_two_lines_break_where_a_reader_would_pause(text, lines):
    assert typography.break_lines(text, 2, "sans").lines == lines


WORDS = st.sampled_from(
    ["夏天", "99元", "，", "轻松", "的", "《长城》", "T恤", "iPhone", "“真香”", "！", "(new)", "5折"]
)


@given(st.lists(WORDS, min_size=2, max_size=9), st.integers(1, 3))
@settings(max_examples=2000, deadline=None)
def test_lines_keep_every_character_and_obey_punctuation(words, count):
    try:
        text = typography.clean("".join(words), "sans")
    except ValueError:
        return
    broken = typography.break_lines(text, count, "sans")
    if broken is None:
        assert len(typography.split_units(text)) < count
        return
    assert len(broken.lines) == count
    assert bare("".join(broken.lines)) == bare(text)
    for line in broken.lines[1:]:
        assert line[0] not in "，。！？；：、）》」』】”’…,.!?;:)的"
    for line in broken.lines[:-1]:
        assert line[-1] not in "（《「『【“‘(¥$"


@given(st.lists(WORDS, min_size=2, max_size=8), st.integers(2, 3))
@settings(max_examples=300, deadline=None)
def test_a_widow_stands_only_where_every_break_leaves_one(words, count):
    try:
        text = typography.clean("".join(words), "sans")
    except ValueError:
        return
    broken = typography.break_lines(text, count, "sans")
    if broken and typography.is_widow(broken.lines[-1]):
        units = typography.split_units(text)
        tails = ["".join(unit.text for unit in units[at:]) for at in range(count - 1, len(units))]
        assert all(typography.is_widow(tail) for tail in tails)


@pytest.mark.parametrize(
    ("text", "is_widow"),
    [("好", True), ("好！", True), ("好物", False), ("Now", True), ("Now!", True), ("a Day", False), ("99元", False)],
)
def test_a_widow_is_one_character_or_one_short_word(text, is_widow):
    assert typography.is_widow(text) == is_widow


@pytest.mark.parametrize(
    ("text", "wanted", "font"),
    [("夏日清凉", "serif", "serif"), ("𰻞𰻞面", "serif", "sans"), ("䶶", "sans", "serif"), ("ราคา", "sans", "sans")],
)
def test_a_font_that_lacks_a_glyph_gives_way_to_one_that_has_it(text, wanted, font):
    assert typography.choose_font([text], wanted) == font


def test_a_long_title_is_cut_between_words():
    text = "轻松收纳" * 40
    shown = typography.shorten(text, limit=10, max_lines=2, font="sans")
    assert text.startswith(shown)
    assert len(shown) % 2 == 0, "every word here has two characters"
    assert 16 <= len(shown) <= 20


def test_a_cut_title_does_not_end_on_a_word_that_leans_on_the_next():
    assert typography.shorten("A bag for the road and the sea", 7, 1, "sans") == "A bag"


def test_a_word_wider_than_a_line_is_refused():
    with pytest.raises(ValueError, match="too long for a line"):
        typography.shorten("x" * 60, limit=16, max_lines=3, font="sans")


@pytest.mark.parametrize("font", ["sans", "serif"])
@pytest.mark.parametrize("text", ["夏日清凉，T恤", "Quick jaguars", "《疆》¥99"])
def test_no_ink_falls_outside_its_box(font, text):
    run = Run(text, 60, 180, 96)
    box = typography.ink_box(run, font, "title")
    ink = typography.rasterise(TextBlock("title", font, (run,), box), Box(0, 0, 1000, 260))
    rows, columns = np.nonzero(ink)
    assert box.left - 1 <= columns.min() < box.left + 2
    assert box.right - 2 < columns.max() <= box.right + 1
    assert box.top - 1 <= rows.min() < box.top + 2
    assert box.bottom - 2 < rows.max() <= box.bottom + 1


def test_titles_are_bolder_than_the_font():
    run = Run("清凉一夏", 20, 120, 100)
    bold = typography.rasterise(TextBlock("title", "sans", (run,), Box(0, 0, 1, 1)), Box(0, 0, 460, 160))
    font = ImageFont.truetype(shelf.resolve("noto-sc") / "NotoSansSC-Regular.otf", 100)
    regular = Image.new("L", (460, 160))
    ImageDraw.Draw(regular).text((20, 120), run.text, fill=255, font=font, anchor="ls")
    assert 1.2 < bold.sum() / np.asarray(regular).sum() < 1.9


def bare(text: str) -> str:
    return "".join(c for c in text if c not in " ，、；：,;:")
