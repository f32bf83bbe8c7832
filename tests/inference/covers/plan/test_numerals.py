import re

import pytest

from inference.covers.plan.numerals import AMOUNT, COUNT, to_amount, to_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8),
        ("八", 8),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("两", 2),
        ("九十九", 99),
        ("一百二十", 120),
        ("一百零五", 105),
        ("二〇", 20),
        ("twelve", 12),
        ("a dozen", 12),
    ],
)
def test_numbers_are_read_as_they_are_written(text, value):
    assert re.fullmatch(COUNT, text)
    assert to_number(text) == value


@pytest.mark.parametrize(("text", "value"), [("99", 99), ("1,299", 1299), ("19.99", 19.99), ("九十九", 99)])
def test_sums_are_read_as_they_are_written(text, value):
    assert re.fullmatch(f"{AMOUNT}|{COUNT}", text)
    assert to_amount(text) == value


def test_a_number_too_long_to_mean_anything_is_none():
    assert re.search(COUNT, "9" * 50) is None
    assert re.search(AMOUNT, "9" * 50) is None
