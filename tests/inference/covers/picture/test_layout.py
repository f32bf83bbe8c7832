"""Heads, products and burnt-in lines stay whole, and no word lies on a face, whatever the frame."""

import contextlib
import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.covers.picture.ground import ui_zones
from inference.covers.picture.layout import compose
from inference.covers.picture.style import RATIOS, STYLES, Style, Wording
from inference.media.geometry import Box
from tests.inference.covers.choices import REAL_FRAMES, choose, grab, paint

TITLE = Wording("装修工人不会告诉你的收纳秘密", "zh", "藏起来才好看", "¥99")
ENGLISH = Wording("The Storage Trick Your Builder Never Tells You", "en", "Hide it well", "$12.50")


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("name", REAL_FRAMES)
def test_real_frames_keep_heads_products_and_text_whole(shared_data, name, ratio):
    choice = grab(shared_data, name)
    for style, wording in (("headline", TITLE), ("poster", ENGLISH), ("card", TITLE)):
        layout = compose(choice, wording, ratio, STYLES[style])
        assert_nothing_is_cut(choice, layout)
        assert_text_is_clear(choice, layout)


@st.composite
def frames(draw):
    """A frame with up to two people, a product and a burnt-in line at any place."""
    width, height = draw(st.sampled_from([(640, 360), (360, 640), (480, 480), (480, 640)]))

    def box(least, most):
        across = draw(st.floats(least, most)) * width
        down = draw(st.floats(least, most)) * height
        left, top = draw(st.floats(0, 1)) * (width - across), draw(st.floats(0, 1)) * (height - down)
        return left, top, left + across, top + down

    heads = [Box(*box(0.08, 0.3)) for _ in range(draw(st.integers(0, 2)))]
    faces = [face_in(head) for head in heads]
    product = box(0.1, 0.7) if draw(st.booleans()) else None
    texts = [box(0.05, 0.25)] if draw(st.booleans()) else []
    return choose(paint(width, height), faces, product, texts)


def face_in(head: Box):
    face = head.grown(-0.2 * head.width, -0.3 * head.height, -0.2 * head.width, 0)
    return (face.left, face.top, face.right, face.bottom), (head.left, head.top, head.right, head.bottom)


@given(frames(), st.sampled_from(list(RATIOS)), st.sampled_from(list(STYLES)))
@settings(max_examples=60, deadline=None)
def test_nothing_is_ever_cut_when_the_whole_frame_would_keep_it(choice, ratio, style):
    assert_nothing_is_cut(choice, compose(choice, TITLE, ratio, STYLES[style]))


def test_heads_far_apart_are_fitted_over_an_extension_and_not_cropped():
    ends = [((20, 120, 80, 200), (10, 90, 90, 220)), ((560, 120, 620, 200), (550, 90, 630, 220))]
    layout = compose(choose(paint(640, 360), ends), TITLE, "3:4", STYLES["headline"])
    assert layout.picture.width == layout.width
    assert layout.picture.height < layout.height
    assert layout.title.box.top >= layout.picture.bottom, "the title stands in the free band"


def test_a_head_in_the_middle_is_cropped_to_fill_the_canvas():
    middle = [((290, 100, 350, 180), (270, 70, 370, 210))]
    layout = compose(choose(paint(640, 360), middle), TITLE, "1:1", STYLES["headline"])
    assert layout.picture == Box(0, 0, 1080, 1080)
    assert layout.window.width == pytest.approx(layout.window.height)


def test_a_subtitle_is_cropped_away_where_nothing_is_lost_by_it(shared_data):
    for ratio in RATIOS:
        assert compose(grab(shared_data, "speakers"), TITLE, ratio, STYLES["headline"]).texts == ()


def test_each_ratio_is_laid_out_for_itself(shared_data):
    layouts = [compose(grab(shared_data, "wall"), TITLE, ratio, STYLES["headline"]) for ratio in RATIOS]
    assert len({(layout.window, layout.picture.height / layout.height) for layout in layouts}) == 3
    assert [(layout.width, layout.height) for layout in layouts] == list(RATIOS.values())


@pytest.mark.parametrize("placement", ["top", "middle", "bottom"])
def test_on_a_calm_frame_the_title_stands_where_the_style_wants_it(placement):
    layout = compose(choose(paint(480, 640)), TITLE, "3:4", Style(placement=placement))
    middle = layout.card.centre[1] / layout.height
    assert {"top": middle < 0.35, "middle": abs(middle - 0.5) < 0.05, "bottom": middle > 0.65}[placement]


def test_titles_take_two_lines_in_chinese_and_three_in_english_at_most():
    for style in STYLES.values():
        for ratio in RATIOS:
            choice = choose(paint(480, 640))
            assert len(compose(choice, TITLE, ratio, style).title.runs) <= 2
            assert len(compose(choice, ENGLISH, ratio, style).title.runs) <= 3


def test_a_title_too_long_is_cut_and_says_so():
    layout = compose(choose(paint(640, 360)), Wording("轻松收纳" * 50, "zh"), "3:4", STYLES["headline"])
    assert layout.shortened
    assert layout.wording.title == "轻松收纳" * (len(layout.wording.title) // 4)
    assert not compose(choose(paint(640, 360)), TITLE, "3:4", STYLES["headline"]).shortened


HOSTILE = [
    "字" * 500,
    "word " * 400,
    "x" * 60,
    "a" * 20 + " " + "b" * 60,
    "👍🔥",
    "\u202e\u200b 反 \u202c",
    "\x00",
    "",
    "，，，好",
    "1" * 40,
    "好！" * 60,
    "—" * 30 + "好",
    "W" * 16,
    "《" * 12,
]


@pytest.mark.parametrize("title", HOSTILE)
@pytest.mark.parametrize("ratio", RATIOS)
def test_hostile_titles_are_set_inside_the_margins_or_refused(title, ratio):
    choice = choose(paint(640, 360))
    for language, style in itertools.product(("zh", "en"), ("billboard", "label", "quiet")):
        with contextlib.suppress(ValueError):
            layout = compose(choice, Wording(title, language, title, title[:20]), ratio, STYLES[style])
            assert_text_is_clear(choice, layout)


@pytest.mark.parametrize("title", ["", "👍🔥", "x" * 60, "\x00"])
def test_a_title_that_cannot_be_set_is_refused_with_a_reason(title):
    with pytest.raises(ValueError, match=r"no readable text|too long for a line"):
        compose(choose(paint(640, 360)), Wording(title, "en"), "3:4", STYLES["headline"])


@pytest.mark.parametrize("title", ["字" * 500, "word " * 400, "\u202e\u200b 反 \u202c", "，，，好", "1" * 20])
def test_a_title_that_can_be_set_in_part_is(title):
    for language in ("zh", "en"):
        assert compose(choose(paint(640, 360)), Wording(title, language), "3:4", STYLES["billboard"]).title.runs


def test_a_selling_point_that_does_not_fit_is_dropped_and_costs():
    wording = Wording("好物", "zh", "无比" * 60)
    layout = compose(choose(paint(640, 360)), wording, "3:4", STYLES["headline"])
    assert layout.block("selling_point") is None
    assert layout.costs["selling_point_dropped"] > 0


def test_the_same_input_gives_the_same_layout():
    choice = choose(paint(640, 360), product=(200, 100, 400, 300))
    first = compose(choice, TITLE, "1:1", STYLES["poster"])
    assert compose(choice, TITLE, "1:1", STYLES["poster"]) == first
    assert math.isfinite(first.cost)


@pytest.mark.parametrize("size", [(1080, 1920), (1200, 300), (320, 200), (2400, 3600)])
def test_any_size_is_laid_out_inside_its_margins(size):
    choice = choose(paint(640, 360), product=(200, 60, 440, 320))
    layout = compose(choice, TITLE, size, STYLES["headline"])
    assert (layout.width, layout.height, layout.ratio) == (*size, f"{size[0]}x{size[1]}")
    assert_nothing_is_cut(choice, layout)
    assert_text_is_clear(choice, layout)


@pytest.mark.parametrize("size", [(0, 100), (-5, 900), (159, 400), (9000, 9000), (8000, 8000), (4000, 400)])
def test_sizes_that_no_picture_should_have_are_refused(size):
    with pytest.raises(ValueError, match="canvas of"):
        compose(choose(paint(64, 36)), TITLE, size, STYLES["headline"])


def test_words_keep_clear_of_platform_badges():
    layout = compose(choose(paint(480, 640)), TITLE, "3:4", STYLES["headline"])
    badges = ui_zones("3:4", layout.width, layout.height)
    assert all(block.outer.intersection(badge).area == 0 for block in layout.blocks for badge in badges)
    poster = compose(choose(paint(480, 640)), TITLE, (1081, 1440), STYLES["headline"])
    assert poster.card.bottom > layout.card.bottom, "a poster has no badges to keep clear of"


def test_a_poster_s_texts_all_find_their_place():
    wording = Wording("一口山泉的清甜", "zh", "0添加", "¥2.9", "天然水源", ("弱碱性",), "立即抢购", "山泉记")
    layout = compose(choose(paint(640, 640)), wording, (1080, 1920), STYLES["poster"])
    roles = [block.role for block in layout.blocks]
    assert sorted(roles) == ["brand", "call_to_action", "price", "selling_point", "subheadline", "title"]
    assert layout.title.role == "title"
    boxes = [block.outer for block in layout.blocks]
    assert all(one.intersection(other).area == 0 for one, other in itertools.combinations(boxes, 2))
    assert "".join(run.text for run in layout.block("selling_point").runs) == "0添加 · 弱碱性"


@pytest.mark.parametrize("role", ["price", "selling_point"])
def test_what_is_emphasised_is_set_larger(role):
    choice = choose(paint(480, 640))
    usual = compose(choice, TITLE, "3:4", Style())
    larger = compose(choice, TITLE, "3:4", Style(emphasis=role))
    sizes = [layout.block(role).runs[-1].size / layout.title.runs[0].size for layout in (usual, larger)]
    assert sizes[1] > 1.3 * sizes[0]


def test_a_title_with_a_rare_glyph_is_set_in_the_font_that_has_it():
    layout = compose(choose(paint(480, 640)), Wording("𰻞𰻞面", "zh"), "3:4", STYLES["quiet"])
    assert layout.style.font == layout.title.font == "sans"


def test_an_unknown_ratio_is_refused():
    with pytest.raises(ValueError, match="known are 3:4, 1:1, 16:9"):
        compose(choose(paint(64, 36)), TITLE, "2:1", STYLES["headline"])


def assert_nothing_is_cut(choice, layout):
    """The product lies in the window; burnt-in lines and heads lie in it or wholly beyond it, large heads in it."""
    frame = Box(0, 0, choice.frame.width, choice.frame.height)
    assert layout.window.covered_by(frame) > 0.999
    for face in choice.faces:
        inside = face.head.covered_by(layout.window)
        is_large = face.head.area > 0.5 * max(other.head.area for other in choice.faces)
        assert inside == pytest.approx(1) or (inside == 0 and not is_large)
    if choice.product:
        assert choice.product.covered_by(layout.window) >= 0.98
    for line in choice.texts:
        assert line.box.covered_by(layout.window) in (0, pytest.approx(1))
    scale = layout.picture.width / layout.window.width
    assert layout.picture.height == pytest.approx(scale * layout.window.height)


def assert_text_is_clear(choice, layout):
    """Text keeps to the canvas's margins and off every face and burnt-in line."""
    short = min(layout.width, layout.height)
    inside = Box(0, 0, layout.width, layout.height).grown(*[-0.05 * short] * 4)
    scale = layout.picture.width / layout.window.width
    for block in layout.blocks:
        assert block.outer.covered_by(inside) > 0.999
        for box in [*(face.box for face in choice.faces), *(line.box for line in choice.texts)]:
            moved = box.moved(-layout.window.left, -layout.window.top).scaled(scale)
            moved = moved.moved(layout.picture.left, layout.picture.top).intersection(layout.picture)
            assert moved.intersection(block.outer).area == 0
