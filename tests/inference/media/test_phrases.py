import string

import pytest

from inference.media.phrases import LONGEST_QUOTE, NAMED, PHRASES, join, list_times, name_source, quote, say, say_when


@pytest.mark.parametrize("phrase", PHRASES)
def test_both_languages_say_the_same_things(phrase):
    said = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in PHRASES[phrase]]
    assert said[0] == said[1]
    values = dict.fromkeys(said[0], "x")
    assert any("\u4e00" <= character <= "\u9fff" for character in say(phrase, "zh", **values))
    assert say(phrase, "en", **values).isascii() or "“" in say(phrase, "en", **values)


def test_the_same_time_is_named_once_and_the_rest_is_counted():
    assert list_times([5.25, 5.17, 1.0], "en") == "5.2 s, 1.0 s"
    assert list_times(range(NAMED + 2), "zh").endswith(f"等{NAMED + 2}处")
    assert list_times(range(NAMED + 2), "en").endswith("and 2 more")
    assert list_times(range(NAMED), "en").count(" s") == NAMED


def test_what_has_no_time_says_none():
    assert say_when((), "zh") == say_when((), "en") == ""
    assert say_when([1.0], "en") == ", at 1.0 s"


def test_quotations_and_sources_are_named():
    assert quote(["a", "b"], "en") == "“a”, “b”"
    assert quote(["字" * 500], "zh") == f"“{'字' * LONGEST_QUOTE}…”"
    assert (name_source("screen", "zh"), name_source("speech", "en")) == ("屏幕文字", "in speech")
    assert join(["一。", "二。"], "zh") == "一。二。"
    assert join(["One.", "Two."], "en") == "One. Two."
