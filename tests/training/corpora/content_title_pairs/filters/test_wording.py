import pytest

from training.corpora.content_title_pairs.filters.wording import claims_nothing_absolute, holds_no_profanity
from training.corpora.content_title_pairs.pair import Pair


@pytest.mark.parametrize(
    ("filter_", "title", "language", "rule"),
    [
        (claims_nothing_absolute, "The Best Flask", "en", "absolute_claim"),
        (claims_nothing_absolute, "销量第一的水杯", "zh", "absolute_claim"),
        (holds_no_profanity, "Shitty Flask", "en", "profanity"),
        (holds_no_profanity, "他妈的水杯", "zh", "profanity"),
    ],
)
def test_forbidden_words_drop_a_pair(filter_, title, language, rule):
    assert filter_(Pair("content", title, language, "catalogue")).rule == rule


@pytest.mark.parametrize(
    ("filter_", "title", "language"),
    [
        (claims_nothing_absolute, "Best-Before Stamp", "en"),
        (claims_nothing_absolute, "100%棉毛巾", "zh"),
        (holds_no_profanity, "Cocktail Shaker", "en"),
        (holds_no_profanity, "鸡尾酒摇壶", "zh"),
    ],
)
def test_other_words_pass(filter_, title, language):
    pair = Pair("content", title, language, "catalogue")
    assert filter_(pair) is pair


def test_a_claim_counts_in_the_title_only_and_profanity_everywhere():
    pair = Pair("the best shit", "Steel Flask", "en", "catalogue")
    assert claims_nothing_absolute(pair) is pair
    assert holds_no_profanity(pair).rule == "profanity"
