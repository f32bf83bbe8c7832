import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.title_copy.scores import Scored, as_table, baselines, gain, rouge_l, score

CONTENT = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml."


def pair(title: str, content: str = CONTENT, language: str = "en", group: str = "g") -> dict:
    return {"title": title, "content": content, "language": language, "group": group}


@pytest.mark.parametrize(
    ("title", "reference", "language", "expected"),
    [
        ("Steel Travel Flask", "Steel Travel Flask", "en", 1.0),
        ("steel, FLASK!", "Steel Travel Flask", "en", 2 * 2 / 5),
        ("Flask Steel", "Steel Flask", "en", 0.5),  # order counts
        ("Steelflask", "Steel Flask", "en", 0.0),  # words, not letters
        ("不锈钢杯", "不锈钢保温杯", "zh", 2 * 4 / 10),
        ("五折的杯", "5折的杯", "zh", 1.0),
        ("", "Steel Flask", "en", 0.0),
    ],
)
def test_rouge_l(title, reference, language, expected):
    assert rouge_l(title, reference, language) == pytest.approx(expected)


@given(st.text("ab ", max_size=20), st.text("ab ", max_size=20))
def test_rouge_l_is_symmetric_and_a_share(one, other):
    assert rouge_l(one, other, "en") == rouge_l(other, one, "en")
    assert 0 <= rouge_l(one, other, "en") <= 1


def test_each_score_sees_its_fault():
    pairs = [pair("Steel Travel Flask")] * 5
    titles = [
        "Steel Travel Flask",
        "24-Hour Travel Flask",
        "Copper Travel Flask",
        "Steel " * 9,
        'Title: "Leak-Proof Lid"',
    ]
    scores = score("system", titles, pairs).scores
    assert scores["unsupported_numbers"].tolist() == [0, 1, 0, 0, 0]
    assert scores["unsupported_words"].tolist() == [0, 0, 1, 0, 0]
    assert scores["length_ok"].tolist() == [1, 1, 1, 0, 1]
    assert scores["publishable"].tolist() == [1, 0, 0, 0, 1]
    assert scores["rouge_l"][0] == 1


def test_means_are_told_by_language():
    pairs = [pair("Steel Flask"), pair("不锈钢杯", "这只不锈钢杯容量500毫升", "zh")]
    means = score("system", ["Steel Flask", "杯"], pairs).means(pairs)
    assert (means["rouge_l_en"], means["rouge_l_zh"]) == (1.0, 0.4)
    assert means["rouge_l"] == pytest.approx(0.7)


def test_what_needs_no_model():
    train = [pair("Wool Socks", "Warm merino wool socks"), pair("Steel Mug", CONTENT + " New.")]
    first, nearest = baselines([pair("Steel Travel Flask")], train)
    assert first.titles == ["Keeps drinks hot for 12 hours"]
    assert nearest.titles == ["Steel Mug"]


def scored(values: list[float]) -> Scored:
    return Scored("system", [""] * len(values), {"rouge_l": np.array(values)})


def test_the_interval_of_a_gain_draws_groups_not_pairs():
    values = [0.0, 0.4] * 20
    apart = [pair("t", group=str(i)) for i in range(40)]
    twins = [pair("t", group=str(i // 4)) for i in range(40)]
    nothing = scored([0.0] * 40)
    mean, low, high = gain(scored(values), nothing, apart)
    assert mean == pytest.approx(0.2)
    assert low < 0.2 < high
    assert gain(scored(values), nothing, twins)[1:] == pytest.approx((0.2, 0.2))  # every group has the same mean
    assert gain(scored(values), scored(values), apart) == (0, 0, 0)


def test_the_table_names_systems_and_pairs():
    pairs = [pair("Steel Flask")]
    table = as_table([score("base", ["Steel Flask"], pairs), score("trained", ["Flask"], pairs)], pairs)
    assert table.splitlines()[0] == "| on 1 held-out pairs | base | trained |"
    assert "| rouge_l | 1.000 | 0.667 |" in table
