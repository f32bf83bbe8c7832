import numpy as np
import pytest

from training.title_copy.scores import SCORES, Scored, score
from training.title_copy.scores.invention import Names

CONTENT = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml."


def pair(title: str, content: str = CONTENT, language: str = "en", group: str = "g") -> dict:
    return {"title": title, "content": content, "language": language, "group": group}


def scored(titles: list[str], pairs: list[dict], name: str = "system") -> Scored:
    return score(name, titles, pairs, Names.of(pairs))


def test_each_score_sees_its_fault():
    titles = [
        "Steel Travel Flask",
        "24-Hour Travel Flask",
        "Contigo Travel Flask",
        "Drinks Travel Mugs",
        "Steel " * 9,
        'Title: "Leak-Proof Lid"',
        "最好的旅行杯",
        "The Best Steel Travel Flask",
    ]
    pairs = [pair("Steel Travel Flask"), pair("Best Mugs", "Two mugs", group="h")]
    found = score("system", titles, [pairs[0]] * len(titles), Names.of(pairs)).values
    assert found["unsupported_numbers"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert found["unsupported_brands"].tolist()[:6] == [0, 0, 1, 0, 0, 0]
    assert found["unsupported_attributes"].tolist()[:6] == [0, 0, 0, 1, 0, 0]
    assert found["length_ok"].tolist() == [1, 1, 1, 1, 0, 1, 1, 1]
    assert found["language_ok"].tolist() == [1, 1, 1, 1, 1, 1, 0, 1]
    assert found["forbidden"].tolist() == [0, 0, 0, 0, 0, 0, 0, 1]
    assert found["publishable"].tolist() == [1, 0, 0, 0, 0, 1, 0, 0]
    assert found["rouge_l"][0] == found["chrf"][0] == 1
    assert tuple(found) == tuple(SCORES)


def test_no_title_at_all_has_every_score():
    found = scored([""], [pair("Steel Flask")])
    assert found.values["length_ok"][0] == found.values["publishable"][0] == 0
    assert np.isnan(found.means()["distinct_1"])  # of no words none is different


def test_distinct_is_different_n_grams_over_all_of_them():
    titles = ["black phone", "black camera case", "black phone"]
    means = scored(titles, [pair("x")] * 3).means()
    assert means["distinct_1"] == pytest.approx(4 / 7)
    assert means["distinct_2"] == pytest.approx(3 / 4)
    assert scored(["same title"] * 10, [pair("x")] * 10).means()["distinct_1"] == pytest.approx(2 / 20)


def test_means_are_told_by_language():
    pairs = [pair("Steel Flask"), pair("不锈钢杯", "这只不锈钢杯容量500毫升", "zh")]
    means = scored(["Steel Flask", "杯"], pairs).means(["en", "zh"])
    assert (means["rouge_l_en"], means["rouge_l_zh"]) == (1.0, 0.4)
    assert means["rouge_l"] == pytest.approx(0.7)


def test_a_gain_is_paired_and_drawn_by_groups():
    pairs = [pair("Steel Flask", group=str(place // 2)) for place in range(40)]
    better = scored(["Steel Flask", "Steel"] * 20, pairs)
    worse = scored(["Steel", "Steel"] * 20, pairs)
    mean, low, high = better.gain(worse)
    assert mean == pytest.approx((1 - 2 / 3) / 2)
    assert (low, high) == (pytest.approx(mean), pytest.approx(mean))  # every group has the same gain
    first = np.arange(40) < 2
    assert better.gain(worse, part=first).mean == pytest.approx(mean)
    assert better.interval("rouge_l", first).mean == pytest.approx((1 + 2 / 3) / 2)
