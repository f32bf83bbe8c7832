import pytest

from training.corpora.content_title_pairs.filters.clean_chinese import without_unsupported_clauses

CONTENT = "装热水12小时仍有58度\n五折到手\n这只不锈钢杯靠真空双层保温，容量500毫升，不漏水。\n¥99"


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("苹果 不锈钢杯", "不锈钢杯"),
        ("【苹果】不锈钢杯", "不锈钢杯"),
        ("不锈钢杯，24小时保温", "不锈钢杯"),
        ("24小时保温，不锈钢杯，不漏水", "不锈钢杯，不漏水"),
        ("不锈钢杯（送杯刷）", "不锈钢杯"),
        ("不锈钢杯｜抗菌", "不锈钢杯"),
        ("三折！不锈钢杯", "不锈钢杯"),
        ("真空双层保温、抗菌、不锈钢杯", "真空双层保温、不锈钢杯"),
        ("不锈钢杯 XK-900", "不锈钢杯"),
    ],
)
def test_a_clause_that_the_content_lacks_goes_whole(title, cleaned):
    assert without_unsupported_clauses(title, CONTENT) == cleaned


@pytest.mark.parametrize(
    "title",
    [
        "24小时保温的不锈钢杯",  # one clause
        "抗菌的，杯",  # too little is left
        "24小时保温抗菌防摔杯子，不漏水",  # most of it was about something else
        "不锈钢的，抗菌杯",  # no thing is left
        "漏水，保温瓶",
    ],
)
def test_what_no_longer_reads_is_no_title(title):
    assert without_unsupported_clauses(title, CONTENT) is None
