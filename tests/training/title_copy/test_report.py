import numpy as np

from training.title_copy.report import Report
from training.title_copy.scores import SCORES, score
from training.title_copy.scores.invention import Names

PAIRS = [
    {"content": f"Steel flask of {size} ml", "title": "Steel Flask", "language": "en", "group": f"{size}"}
    for size in (300, 500, 700, 900)
]


def report(titles=("Steel | Flask", "Steel", "Flask", "12 Flasks")) -> Report:
    names = Names.of(PAIRS)
    systems = [
        score("base model", ["Flask"] * 4, PAIRS, names),
        score("champion (version 3), published", list(titles), PAIRS, names),
    ]
    near = np.array([True, False, False, False])
    return Report(systems[1], systems[:1], systems, PAIRS, {"all": near | True, "far": ~near, "near": near}, 18)


def test_the_page_shows_every_score_of_every_system_and_part():
    page = report().page("**Verdict.**")
    assert "**Verdict.**" in page
    for name in SCORES:
        assert f"| {name} " in page
        assert f"`{name}`: {SCORES[name].about}" in page
    assert "| all | 4 | 0.667 [0.67, 0.67] |" in page
    assert "| near | 1 |" in page
    assert "| score | against base model |" in page
    assert "Steel \\| Flask" in page  # a title breaks no table
    assert "at most 18 tokens" in page


def test_metrics_bear_a_system_s_name_without_its_version():
    metrics = report().metrics()
    assert metrics["held_out/base_model/rouge_l"] == metrics["held_out/base_model/rouge_l_en"]
    assert metrics["held_out/champion_published/unsupported_numbers"] == 0.25
    assert metrics["held_out/pairs"] == 4


def test_what_has_no_mean_is_no_metric():
    metrics = report(titles=[""] * 4).metrics()
    assert "held_out/champion_published/distinct_1" not in metrics
    assert not any(np.isnan(value) for value in metrics.values())
    assert "| distinct_1 ↑ | 0.250 [0.25, 0.25] | – |" in report(titles=[""] * 4).page("")


def test_tables_have_a_row_for_each_thing_told():
    made = report()
    assert {len(column) for column in made.scores().values()} == {2 * len(SCORES)}
    differences = made.differences()
    assert set(differences["trained against"]) == {"base model"}
    place = differences["score"].index("unsupported_numbers")
    assert differences["difference"][place] == 0.25
    by_distance = made.by_distance()
    assert {len(column) for column in by_distance.values()} == {3 * 2 * len(SCORES)}
    assert set(zip(by_distance["part"], by_distance["pairs"], strict=True)) == {("all", 4), ("far", 3), ("near", 1)}
    titles = made.titles(np.array([0.1, 0.2, 0.3, 0.4]))
    assert titles["base model"] == ["Flask"] * 4
    assert titles["shop's title"] == ["Steel Flask"] * 4


def test_the_figure_has_a_panel_for_each_score_and_one_for_the_far_part():
    panels = report().figure().axes
    assert [panel.get_title().split(" ")[0] for panel in panels] == [*SCORES, "rouge_l"]
    assert panels[-1].get_title().endswith("far")
