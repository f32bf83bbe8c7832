from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import MEMORY_CRITERIA
from inference.memory import criteria
from inference.memory.criteria import Criterion

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
LARGER = Criterion(
    criterion_id="a" * 16,
    feature="product_area",
    low=0.25,
    high=None,
    scope="all",
    effect=0.02,
    interval_low=0.01,
    interval_high=0.03,
    support=30_000,
    need="better_to_have",
    valid_until=NOW + timedelta(days=1),
    sentence_zh="封面商品占比更大",
    sentence_en="Covers with a larger product …",
    simulated=True,
)
SHORTER = replace(LARGER, criterion_id="b" * 16, feature="title_length", low=None, high=9.0, effect=0.005)


def row(criterion: Criterion, status: str = "active") -> dict:
    rest = {"status": status, "valid_from": NOW - timedelta(days=9), "click_model": "1", "outcomes_version": 2}
    return {**vars(criterion), **rest}


@pytest.mark.parametrize(
    ("criterion", "value", "met"),
    [(LARGER, 0.25, True), (LARGER, 0.249, False), (SHORTER, 8.9, True), (SHORTER, 9.0, False)],
)
def test_a_criterion_is_met_from_its_lower_end_to_just_below_its_upper(criterion, value, met):
    assert criterion.met({criterion.feature: value}) is met


def test_a_cover_without_the_feature_is_a_mistake_not_a_miss():
    with pytest.raises(KeyError, match="product_area"):
        LARGER.met({"title_length": 5.0})


def test_the_score_adds_the_effects_of_what_is_met():
    asked = [LARGER, SHORTER]

    assert criteria.score({"product_area": 0.3, "title_length": 5}, asked) == pytest.approx(0.025)
    assert criteria.score({"product_area": 0.3, "title_length": 12}, asked) == pytest.approx(0.02)
    assert criteria.score({"product_area": 0.1, "title_length": 12}, asked) == 0


def test_a_category_own_criterion_stands_in_for_the_general_one():
    smaller_for_toys = replace(LARGER, scope="toys", low=None, high=0.4)
    asked = [LARGER, SHORTER, smaller_for_toys]

    assert criteria.relevant(asked, "toys") == [SHORTER, smaller_for_toys]
    assert criteria.relevant(asked, "bags") == [LARGER, SHORTER]
    assert criteria.relevant(asked, None) == [LARGER, SHORTER]


def test_the_key_tells_what_is_asked_not_how_strongly():
    restated = replace(LARGER, low=0.27, effect=0.03, criterion_id="c" * 16)

    assert criteria.key([]) == "none"
    assert criteria.key([LARGER, SHORTER]) == criteria.key([SHORTER, restated])
    assert len({criteria.key(asked) for asked in ([LARGER], [SHORTER], [replace(LARGER, low=None, high=0.3)])}) == 3


def test_only_criteria_in_force_are_active_strongest_first(lake):
    assert criteria.active(lake, NOW) == []

    lapsed = replace(LARGER, criterion_id="c" * 16, feature="warmth", valid_until=NOW)
    retired = replace(LARGER, criterion_id="d" * 16, feature="contrast")
    lake.write(MEMORY_CRITERIA, [row(SHORTER), row(LARGER), row(lapsed), row(retired, "retired")], "test")

    assert criteria.active(lake, NOW) == [LARGER, SHORTER]
    assert criteria.active(lake, NOW + timedelta(days=2)) == []
