from collections import Counter
from dataclasses import replace

import pytest

from inference.covers.attempts import Course
from inference.covers.drafts import PLAIN_STYLES, TITLES_USED, Draft, draw_up
from inference.covers.picture.style import STYLES
from inference.covers.plan import read_requirement
from tests.inference.covers.choices import choose, paint
from tests.inference.covers.conftest import FACTS
from tests.inference.covers.samples import title

FRAMES = [choose(paint(64, 48, seed=seed)) for seed in range(3)]
TITLES = [title(text) for text in ("随行保温杯", "12小时保温，早上泡晚上喝", "单手就能开盖", "第四个标题不用")]


def draw(size: int = 24, requirement: str = "", seed: str = "seed", **changes) -> list[Draft]:
    course = replace(Course.of(read_requirement(requirement), len(FRAMES)), **changes)
    return draw_up(FRAMES, TITLES, FACTS, "zh", course, size, seed)


@pytest.mark.parametrize("size", [12, 24, 25])
def test_every_choice_is_drawn_equally_often(size):
    drafts = draw(size)
    columns = (
        ([id(draft.frame) for draft in drafts], len(FRAMES)),
        ([draft.title.text for draft in drafts], TITLES_USED),
        ([draft.style for draft in drafts], len(STYLES)),
        ([draft.wording.price for draft in drafts], 2),
    )
    for column, kinds in columns:
        counts = Counter(column).values()
        assert len(counts) == kinds
        assert max(counts) - min(counts) <= 1


def test_the_same_seed_draws_the_same_and_another_seed_another_pool():
    def chosen(seed):
        return [(id(draft.frame), draft.wording, draft.style) for draft in draw(seed=seed)]

    assert chosen("one") == chosen("one")
    assert chosen("one") != chosen("two")


def test_styles_and_frames_are_not_tied_to_each_other():
    drafts = draw(240)
    styles_of = {id(frame): {draft.style for draft in drafts if draft.frame is frame} for frame in FRAMES}
    assert all(styles == STYLES.keys() for styles in styles_of.values())


@pytest.mark.parametrize(
    ("requirement", "prices"), [("", {None, "¥129"}), ("不标价格", {None}), ("必须标出价格", {"¥129"})]
)
def test_the_requirement_decides_on_the_price(requirement, prices):
    assert {draft.wording.price for draft in draw(requirement=requirement)} == prices


def test_a_selling_point_that_the_title_says_is_not_repeated():
    for draft in draw():
        said = FACTS.selling_points[0] in draft.title.text
        assert not (said and draft.wording.selling_point)
    assert any(draft.wording.selling_point for draft in draw())


def test_of_a_product_without_a_price_none_is_shown():
    course = Course.of(read_requirement("必须标出价格"), 3)
    (draft,) = draw_up(FRAMES, TITLES, type(FACTS)(title="杯"), "zh", course, 1, "seed")
    assert (draft.wording.price, draft.wording.selling_point) == (None, None)


def test_a_plain_short_and_bare_attempt_says_less_and_says_it_plainly():
    drafts = draw(plain=True, short=True, bare=True)
    assert {draft.style for draft in drafts} == set(PLAIN_STYLES)
    assert len({draft.title.text for draft in drafts}) == 1
    assert {draft.wording.selling_point for draft in drafts} == {None}


def test_what_must_be_said_stands_on_every_draft():
    for draft in draw(said=("618", "保温杯")):
        assert "618" in draft.wording.selling_point
        assert "保温杯" in draft.title.text + draft.wording.selling_point


def test_a_selling_point_that_must_not_be_said_is_left_out():
    assert {draft.wording.selling_point for draft in draw(avoided=("12小时",))} == {None}


def test_placement_and_emphasis_are_for_the_layout():
    for draft in draw(placement="middle", emphasis="title"):
        dressed = draft.dress(draft.style)
        assert dressed.placement == "middle"
        assert dressed.scale > STYLES[draft.style].scale
    assert {draft.dress("card").emphasis for draft in draw(emphasis="price")} == {"price"}
