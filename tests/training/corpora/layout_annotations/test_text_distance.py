"""The character error rate: known distances, and what two texts may differ in for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.corpora.layout_annotations.text_distance import character_error_rate, comparable, edit_distance

TEXTS = st.text("abc限时", max_size=8)


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("限时特价", "限时特惠", 1), ("ab", "ba", 2), ("x", "x", 0)],
)
def test_known_distances(one, other, edits):
    assert edit_distance(one, other) == edit_distance(other, one) == edits


@given(TEXTS, TEXTS, TEXTS)
def test_it_is_a_distance(one, two, three):
    assert (edit_distance(one, two) == 0) == (one == two)
    assert edit_distance(one, three) <= edit_distance(one, two) + edit_distance(two, three)


@pytest.mark.parametrize(
    ("truth", "read", "rate"),
    [
        ("限时特价", "限时特惠", 0.25),
        ("限时 特价", "限时特价\n", 0.0),
        ("￥９９", "¥99", 0.0),
        ("ab", "abcdef", 2.0),
        ("", "", 0.0),
        (" ", "x", 1.0),
        ("abcd", "", 1.0),
        ("Sale", "sale", 0.25),
    ],
)
def test_rates(truth, read, rate):
    assert character_error_rate(truth, read) == rate


def test_what_is_compared():
    assert comparable(" Ｆree\u3000ship ping ") == "Freeshipping"
