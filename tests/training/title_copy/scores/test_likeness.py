import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.title_copy.scores.likeness import chrf, rouge_l


@pytest.mark.parametrize(
    ("title", "reference", "language", "expected"),
    [
        ("Steel Travel Flask", "Steel Travel Flask", "en", 1.0),
        ("steel, FLASK!", "Steel Travel Flask", "en", 2 * 2 / 5),
        ("Flask Steel", "Steel Flask", "en", 0.5),  # order counts
        ("Steelflask", "Steel Flask", "en", 0.0),  # words, not letters
        ("不锈钢杯", "不锈钢保温杯", "zh", 2 * 4 / 10),
        ("五折的杯", "5折的杯", "zh", 1.0),
        ("", "Steel Flask", "en", 0.0),
    ],
)
def test_rouge_l(title, reference, language, expected):
    assert rouge_l(title, reference, language) == pytest.approx(expected)


@given(st.text("ab ", max_size=20), st.text("ab ", max_size=20))
def test_rouge_l_is_symmetric_and_a_share(one, other):
    assert rouge_l(one, other, "en") == rouge_l(other, one, "en")
    assert 0 <= rouge_l(one, other, "en") <= 1


@pytest.mark.parametrize(
    ("title", "reference", "expected"),
    [
        ("Steel Flask", "steel flask", 1.0),  # spelled alike
        ("不锈钢杯", "不锈钢杯", 1.0),
        ("abc", "xyz", 0.0),
        ("", "Steel Flask", 0.0),
    ],
)
def test_chrf_of_the_same_and_of_nothing(title, reference, expected):
    assert chrf(title, reference) == pytest.approx(expected)


def test_chrf_is_the_f2_score_of_letter_runs():
    """Written out for two letters against four: runs of one and two, the longer ones have no counterpart."""
    precision, recall = (2 / 2 + 1 / 1) / 2, (2 / 4 + 1 / 3) / 2
    assert chrf("ab", "abcd") == pytest.approx(5 * precision * recall / (4 * precision + recall))


def test_chrf_hears_a_word_in_another_form():
    assert 0.5 < chrf("headphone", "headphones") < 1
    assert rouge_l("headphone", "headphones", "en") == 0
