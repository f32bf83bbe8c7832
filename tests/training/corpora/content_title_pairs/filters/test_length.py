import pytest

from training.corpora.content_title_pairs.filters.length import has_a_title_of_its_length, has_enough_content
from training.corpora.content_title_pairs.pair import Pair


@pytest.mark.parametrize(
    ("title", "language", "kept"),
    [
        ("保温水杯", "zh", True),
        ("保温杯", "zh", False),
        ("保温杯" * 10, "zh", True),
        ("保温杯" * 10 + "a", "zh", False),
        ("USB灯abc", "zh", True),  # four wide: a Latin letter is half a character
        ("USB灯ab", "zh", False),
        ("Big Mugs", "en", True),
        ("Big Mug", "en", False),
        ("a" * 100, "en", True),
        ("a" * 101, "en", False),
    ],
)
def test_title(title, language, kept):
    result = has_a_title_of_its_length(Pair("content", title, language, "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "title_length"


@pytest.mark.parametrize(
    ("content", "language", "kept"),
    [
        ("杯" * 20, "zh", True),
        ("杯" * 19, "zh", False),
        ("a" * 40, "zh", True),
        ("a" * 39, "zh", False),
        ("a" * 40, "en", True),
        ("a" * 39, "en", False),
    ],
)
def test_content(content, language, kept):
    result = has_enough_content(Pair(content, "title", language, "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "content_length"
