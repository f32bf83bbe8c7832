import itertools
from datetime import UTC, datetime

import numpy as np
import pytest

from data_contracts.catalog import COVERS, IMPRESSIONS, OUTCOMES
from data_contracts.store import Lake
from inference.feedback.compare import compare_generations
from tests import synthetic

SHOWN_AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
VIDEOS = 6


@pytest.fixture
def made(lake):
    """A lake with two generations of covers."""
    for generation in (1, 2):
        lake.write(COVERS, synthetic.covers(VIDEOS, per_video=2, generation=generation), "test")
    return lake


def show(lake: Lake, rates: dict[int, float], times: int, offered=(1, 2), seed: int = 0) -> list[dict]:
    """Show chosen and other covers with unequal propensities; chosen ones are clicked at the generation's rate."""
    rng = np.random.default_rng(seed)
    numbers = itertools.count(lake.read(IMPRESSIONS).num_rows)
    impressions, outcomes = [], []
    covers = lake.read(COVERS).to_pylist()
    for video in sorted({cover["video_id"] for cover in covers}):
        mine = [each for each in covers if each["video_id"] == video and each["generation"] in offered]
        for policy in (1, 2):
            chances = rng.dirichlet(np.full(len(mine), 4))
            for place in rng.choice(len(mine), times // 2, p=chances):
                cover = mine[place]
                shared = {
                    "impression_id": f"i{next(numbers)}",
                    "video_id": video,
                    "cover_id": cover["cover_id"],
                    "policy_version": f"p{policy}",
                    "propensity": float(chances[place]),
                    "position": 0,
                    "network": "wifi",
                    "device": "phone",
                    "hour": 12,
                    "shown_at": SHOWN_AT,
                    "simulated": True,
                }
                candidates = [each["cover_id"] for each in mine]
                impressions.append({**shared, "request_id": "r", "candidates": candidates})
                rate = rates[cover["generation"]] if cover["chosen"] else 0.5
                outcomes.append({**shared, "clicked": bool(rng.random() < rate)})
    lake.write(IMPRESSIONS, impressions, "test")
    lake.write(OUTCOMES, outcomes, "test")
    return outcomes


def test_click_rates_are_those_of_always_showing_the_chosen_cover(made):
    outcomes = show(made, {1: 0.05, 2: 0.2}, times=600)
    chosen = {row["cover_id"]: row["generation"] for row in made.read(COVERS).to_pylist() if row["chosen"]}

    found = compare_generations(made)

    for place, generation in enumerate((1, 2)):
        mine = [row for row in outcomes if chosen.get(row["cover_id"]) == generation]
        weights = [1 / row["propensity"] for row in mine]
        assert found["click_rates"][place] == pytest.approx(
            np.average([row["clicked"] for row in mine], weights=weights)
        )
    assert found["videos"] == VIDEOS
    assert found["interval"][0] < found["difference"] < found["interval"][1]


def test_a_clear_difference_is_called_one_and_called_simulated(made):
    show(made, {1: 0.05, 2: 0.3}, times=800)

    found = compare_generations(made)

    assert found["decided"]
    assert found["more_impressions"] is None
    assert found["sentence"].startswith("Simulated: chosen covers of generation 2")
    assert found["sentence"].endswith("Generation 2 is better.")


def test_no_difference_cannot_be_told_and_says_what_it_would_take(made):
    show(made, {1: 0.1, 2: 0.11}, times=400, seed=3)

    found = compare_generations(made)

    assert not found["decided"]
    assert found["interval"][0] < 0 < found["interval"][1]
    assert "Cannot tell yet" in found["sentence"]


def test_showing_as_many_more_as_it_asked_for_would_decide(made):
    show(made, {1: 0.1, 2: 0.16}, times=200, seed=1)
    before = compare_generations(made)
    low, high = before["interval"]

    assert f"needs about {before['more_impressions']:,} more impressions" in before["sentence"]
    shrunk = (high - low) / 2 * (before["impressions"] / (before["impressions"] + before["more_impressions"])) ** 0.5
    assert shrunk <= abs(before["difference"]) * 1.05


def test_days_on_which_only_one_generation_was_offered_say_nothing(made):
    show(made, {1: 0.9}, times=200, offered=(1,))
    side_by_side = show(made, {1: 0.1, 2: 0.1}, times=400)

    found = compare_generations(made)

    assert found["impressions"] < len(side_by_side)
    assert found["click_rates"][0] < 0.3


def test_one_generation_has_nothing_to_be_compared_with(lake):
    lake.write(COVERS, synthetic.covers(3), "test")

    assert compare_generations(lake) == {
        "sentence": "Fewer than two generations of covers were shown so far.",
        "videos": 0,
    }


def test_a_generation_never_shown_cannot_be_compared(made):
    assert compare_generations(made)["videos"] == 0
    show(made, {1: 0.1}, times=100, offered=(1,))
    assert compare_generations(made)["sentence"].startswith("Fewer than two generations")


def test_a_newer_generation_that_nobody_saw_does_not_hide_the_comparison(made):
    show(made, {1: 0.1, 2: 0.3}, times=200)
    before = compare_generations(made)
    made.write(COVERS, synthetic.covers(VIDEOS, generation=3), "test")
    assert compare_generations(made) == before
    assert before["generations"] == [1, 2]
