from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.corpora.content_title_pairs.duplicates import find_duplicates
from training.corpora.content_title_pairs.pair import Pair

EN = Pair(
    "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml and fits every cup holder "
    "of a car or a bicycle, and its lid unscrews with one hand while the other one holds the wheel.",
    "12-Hour Steel Travel Flask",
    "en",
    "catalogue",
)
ZH = Pair(
    "装热水12小时仍有58度，五折到手，这只不锈钢杯靠真空双层保温，容量500毫升，不漏水，杯盖一按就开，单手也能喝，"
    "放进背包侧袋或车里的杯架都合适，杯底有硅胶垫，放在桌上没有声音，也不会刮花桌面。",
    "12小时保温的不锈钢杯",
    "zh",
    "catalogue",
)


def drops_of(*pairs: Pair) -> dict[int, tuple[str, str]]:
    found = find_duplicates(pairs, [f"id {place}" for place in range(len(pairs))])
    return {place: (drop.rule, drop.detail) for place, drop in found.drops.items()}


@pytest.mark.parametrize("pair", [EN, ZH], ids=["en", "zh"])
def test_of_equal_pairs_the_first_is_kept_whatever_case_and_blanks(pair):
    spaced = replace(pair, content=f"  {pair.content.upper()}", title=pair.title.upper())
    assert drops_of(pair, pair, spaced) == {1: ("duplicate", "id 0"), 2: ("duplicate", "id 0")}


@pytest.mark.parametrize(
    ("pair", "content"),
    [(EN, EN.content.replace("500 ml", "500ml,")), (ZH, ZH.content.replace("也不会刮花桌面。", "也不会刮花桌面!"))],
    ids=["en", "zh"],
)
def test_a_pair_that_differs_by_a_sign_is_dropped_and_names_the_one_kept(pair, content):
    assert drops_of(pair, replace(pair, content=content)) == {1: ("near_duplicate", "id 0")}


def test_another_title_for_the_same_content_is_kept_in_the_same_cluster():
    found = find_duplicates([EN, replace(EN, title="Leak-Proof Flask for Cars and Bicycles"), ZH], ["b", "a", "c"])
    assert not found.drops
    assert found.clusters == ["a", "a", "c"]


def test_a_copy_of_a_dropped_copy_is_measured_against_what_is_kept():
    once = replace(EN, content=EN.content.replace("one hand", "1 hand"))
    twice = replace(
        once, content=once.content.replace("every cup holder", "any cupholder").replace("steel travel", "tin")
    )
    assert drops_of(EN, once) == {1: ("near_duplicate", "id 0")}
    assert drops_of(EN, once, twice) == {1: ("near_duplicate", "id 0")}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([EN, ZH, replace(EN, title="Flask for Cars"), replace(ZH, title="不漏水的杯子")])))
def test_one_of_each_pair_is_kept_in_any_order(pairs):
    kept = [pair for place, pair in enumerate(pairs) if place not in drops_of(*pairs)]
    assert kept == list(dict.fromkeys(pairs))
