"""Which criteria hold, and the axis they are drawn on."""

from hypothesis import given
from hypothesis import strategies as st

from plugins.pages.criteria import TICKS, draw_axis, open_criteria


def test_the_strongest_criteria_for_all_videos_come_first(filled):
    active = open_criteria(filled).active
    assert [row["feature"] for row in active] == ["product_area", "text_area", "title_y", "warmth"]


def test_retired_and_expired_criteria_no_longer_hold(filled):
    assert {row["feature"] for row in open_criteria(filled).retired} == {"contrast", "sharpness"}


def test_what_there_is_to_learn_from_is_counted(filled, lake):
    assert open_criteria(filled).data == {"videos": 3, "covers": 24, "outcomes": 2 * 2 * (400 + 3 * 120)}


effects = st.floats(-1, 1, allow_nan=False)


@given(st.lists(effects))
def test_the_axis_holds_zero_and_every_value(values):
    axis = draw_axis(values)
    places = [axis.place(value) for value in (0.0, *values)]
    assert all(-0.01 <= place <= 100.01 for place in places)
    assert places[0] in [axis.place(tick) for tick in axis.ticks if abs(tick) < axis.step / 2]


@given(st.lists(effects))
def test_the_marks_are_few_round_and_can_be_told_apart(values):
    axis = draw_axis(values)
    assert 2 <= len(axis.ticks) <= TICKS + 3
    labels = [f"{tick * 100:.{axis.digits}f}" for tick in axis.ticks]
    assert len(set(labels)) == len(labels)
