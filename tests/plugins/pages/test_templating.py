"""Numbers as people read them."""

import pytest
from jinja2 import ChainableUndefined

from plugins.pages import templating

ABSENT = ChainableUndefined(name="absent")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("number", 1234567, "1,234,567"),
        ("number", 0.5, "0.5"),
        ("number", 100.0, "100"),
        ("number", True, "1"),
        ("number", "soft", "soft"),
        ("number", None, "–"),
        ("score", 0.9, "0.90"),
        ("percent", 0.1234, "12.3 %"),
        ("points", 0.0123, "+1.23"),
        ("points", -0.002, "−0.20"),
        ("points", -0.00001, "0"),
        ("moment", 75.25, "1:15.2"),
        ("moment", 59.99, "1:00.0"),
        ("words", "cross_fade", "cross fade"),
    ],
)
def test_values_are_shown(name, value, shown):
    assert getattr(templating, name)(value) == shown


@pytest.mark.parametrize("name", ["number", "score", "percent", "points", "moment"])
def test_an_absent_value_is_shown_as_nothing(name):
    assert getattr(templating, name)(ABSENT) == "–"


@pytest.mark.parametrize(
    ("value", "of", "length"),
    [(0.25, 1.0, 25.0), (3, 4, 75.0), (2, 1, 100.0), (-1, 1, 0.0), (1, 0, 0.0), (ABSENT, 1, 0.0), (1, ABSENT, 0.0)],
)
def test_a_bar_never_leaves_its_track(value, of, length):
    assert templating.share(value, of) == length
