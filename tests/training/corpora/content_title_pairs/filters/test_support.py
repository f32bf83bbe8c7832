import pytest

from training.corpora.content_title_pairs.filters.support import claims_only_its_content
from training.corpora.content_title_pairs.pair import Pair

EN = "Keeps drinks hot for twelve hours\nThis steel travel flask holds 1,500 ml."
ZH = "装热水十二小时仍有58度\n这只不锈钢杯容量一千五百毫升，六折到手，不漏水。"


@pytest.mark.parametrize(
    ("title", "content", "language"),
    [
        ("12-Hour Hot Travel Flask", EN, "en"),
        ("1500 ml Steel Flask", EN, "en"),
        ("12小时不漏水的不锈钢杯", ZH, "zh"),
        ("1500毫升不锈钢杯", ZH, "zh"),
        ("6折的不锈钢杯", ZH, "zh"),
    ],
)
def test_a_number_may_be_spelled_otherwise(title, content, language):
    pair = Pair(content, title, language, "catalogue")
    assert claims_only_its_content(pair) is pair


@pytest.mark.parametrize(
    ("title", "content", "language", "detail"),
    [
        ("24小时不漏水的不锈钢杯", ZH, "zh", "24 小"),
        ("漏水的不锈钢杯", ZH, "zh", "漏水"),
        ("苹果不锈钢杯", ZH, "zh", "苹果"),
        ("Copper Travel Mug", EN, "en", "copper, mug"),
    ],
)
def test_a_drop_says_what_is_unsupported(title, content, language, detail):
    drop = claims_only_its_content(Pair(content, title, language, "catalogue"))
    assert (drop.rule, drop.detail) == ("unsupported", detail)


def test_a_cleaned_pair_remembers_its_title():
    pair = claims_only_its_content(Pair(EN, "Acme Steel Flask", "en", "catalogue"))
    assert (pair.title, pair.cleaned_from) == ("Steel Flask", "Acme Steel Flask")
