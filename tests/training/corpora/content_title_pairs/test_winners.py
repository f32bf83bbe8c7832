"""Titles of known appeal, shown to people who click by chance and look less the further down a title stands."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.catalog import COVERS, OUTCOMES
from inference.audience.crowd import Crowd
from tests import synthetic
from training.corpora.content_title_pairs.winners import (
    MIN_IMPRESSIONS,
    NO_WINNER,
    SURE,
    TOO_FEW,
    Contest,
    estimate_variance,
    estimate_worth,
    judge,
    read_tally,
)

WORTH = np.array([1, 0.8, 0.6, 0.5, 0.4, 0.3])
FIRST = pd.Timestamp("2026-06-01 12:00", tz="UTC")


def show(rates: np.ndarray, impressions: int, seed: int, simulated: bool = False, first_video: int = 0) -> pd.DataFrame:
    """A tally of titles [contents, titles] that are shown so often each, at all positions alike."""
    rng = np.random.default_rng(seed)
    shown = rng.multinomial(impressions, np.full(len(WORTH), 1 / len(WORTH)), size=rates.shape)
    clicks = rng.binomial(shown, rates[..., None] * WORTH)
    content, title, position = (each.ravel() for each in np.indices(shown.shape))
    return pd.DataFrame(
        {
            "simulated": simulated,
            "video_id": [f"{first_video + number:016x}" for number in content],
            "language": "en",
            "title": [f"title {number}" for number in title],
            "position": position,
            "impressions": shown.ravel(),
            "clicks": clicks.ravel(),
            "first_shown": FIRST,
        }
    )


def row(video: int, title: str, position: int, impressions: int, clicks: int) -> dict:
    return {
        "simulated": False,
        "video_id": f"{video:016x}",
        "language": "en",
        "title": title,
        "position": position,
        "impressions": impressions,
        "clicks": clicks,
        "first_shown": FIRST,
    }


def won(contests: list[Contest]) -> list[Contest]:
    return [contest for contest in contests if not contest.refused]


@pytest.mark.parametrize("titles", [2, 3, 6])
@pytest.mark.parametrize("impressions", [MIN_IMPRESSIONS + 50, 3000])
def test_equal_titles_seldom_win(titles, impressions):
    contents = np.random.default_rng(1).gamma(4, 0.01, (400, 1))
    together = judge(show(np.repeat(contents, titles, 1), impressions, seed=2))
    assert len(together) == 400
    assert len(won(together)) <= 0.01 * 400  # contents that do not differ teach that titles do not
    alone = [contest for seed in range(100) for contest in judge(show(np.full((1, titles), 0.05), impressions, seed))]
    assert len(won(alone)) <= 2 * (1 - SURE) * 100 + 6  # nothing to learn from: 5 %, and three deviations of 100 draws


def test_a_truly_better_title_is_found_and_beats_the_others():
    rates = np.full((60, 3), 0.04)
    rates[:, 1] *= 1.6
    contests = judge(show(rates, 6000, seed=3))
    winners = won(contests)
    assert len(winners) >= 0.9 * len(contests)
    for contest in winners:
        best, *others = contest.titles
        assert best.title == "title 1"
        assert contest.sure >= SURE
        assert {each.title for each in others} == {"title 0", "title 2"}
        assert best.click_rate == pytest.approx(0.064, rel=0.25)
        assert all(each.click_rate == pytest.approx(0.04, rel=0.25) for each in others)


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_the_top_of_the_page_makes_no_winner(seed):
    """One title is always first and the other last: three times the clicks, for the same appeal."""
    rng = np.random.default_rng(seed)
    elsewhere = show(np.full((40, 2), 0.05), 6000, seed)
    placed = pd.DataFrame(
        [
            row(999, "first", 0, 20_000, int(rng.binomial(20_000, 0.05))),
            row(999, "last", 5, 20_000, int(rng.binomial(20_000, 0.05 * WORTH[5]))),
        ]
    )
    (contest,) = [each for each in judge(pd.concat([elsewhere, placed])) if each.video_id.endswith("3e7")]
    assert contest.refused == NO_WINNER
    rates = {each.title: each.click_rate for each in contest.titles}
    assert rates["last"] == pytest.approx(rates["first"], rel=0.25)


def test_positions_that_no_title_connects_are_not_compared():
    placed = pd.DataFrame([row(1, "first", 0, 20_000, 1000), row(1, "last", 5, 20_000, 300)])
    (contest,) = judge(placed)
    assert contest.refused == TOO_FEW
    assert [each.title for each in contest.titles] == ["first"]


def test_the_worth_of_a_position_is_told_from_clicks():
    tally = show(np.random.default_rng(4).gamma(4, 0.01, (50, 3)), 20_000, seed=5)
    title = tally.groupby(["video_id", "title"]).ngroup().to_numpy()
    counts = (tally[name].to_numpy() for name in ("position", "impressions", "clicks"))
    assert estimate_worth(title, *counts) == pytest.approx(WORTH, rel=0.05)


@pytest.mark.parametrize("spread", [0.0, 0.1, 0.4])
def test_the_spread_of_titles_is_told_from_clicks(spread):
    rng = np.random.default_rng(6)
    content = np.repeat(np.arange(500), 4)
    factors = rng.gamma(spread**-2, spread**2, 2000) if spread else np.ones(2000)
    exposure = rng.uniform(500, 5000, 2000)
    clicks = rng.poisson(exposure * 0.04 * factors)
    assert estimate_variance(content, exposure, clicks) == pytest.approx(spread**2, rel=0.15, abs=0.002)


def test_titles_shown_too_seldom_are_no_rivals():
    good = show(np.array([[0.02, 0.08]]), 9000, seed=7)
    rare = pd.DataFrame([row(0, "rare", 0, MIN_IMPRESSIONS - 1, 90)])
    (contest,) = judge(pd.concat([good, rare]))
    assert not contest.refused
    assert [each.title for each in contest.titles] == ["title 1", "title 0"]
    (contest,) = judge(pd.concat([good[good["title"] == "title 0"], rare]))
    assert contest.refused == TOO_FEW
    assert [each.title for each in contest.titles] == ["title 0", "rare"]


def test_simulated_people_are_judged_apart():
    real = show(np.array([[0.02, 0.06]]), 9000, seed=8)
    simulated = show(np.array([[0.06, 0.02]]), 9000, seed=9, simulated=True)
    mixed = judge(pd.concat([real, simulated]))
    assert mixed == [*judge(real), *judge(simulated)]
    assert [(contest.simulated, contest.titles[0].title) for contest in won(mixed)] == [
        (False, "title 1"),
        (True, "title 0"),
    ]


def test_nobody_clicked_and_nothing_shown():
    assert judge(show(np.zeros((3, 2)), 500, seed=0))[0].refused == NO_WINNER
    assert judge(show(np.zeros((0, 2)), 500, seed=0)) == []


def test_outcomes_are_counted_by_title_and_position(lake):
    assert judge(read_tally(lake)) == []
    covers = synthetic.covers(4, per_video=3)
    for number, cover in enumerate(covers):
        cover["title"] = ["双肩包", "双肩包", "轻便旅行双肩包"][number % 3]
    covers[0]["title_source"] = "fallback"
    lake.write(COVERS, covers, "test")
    synthetic.show(lake, Crowd(3), 3000)

    tally = read_tally(lake)

    outcomes = lake.read(OUTCOMES).to_pandas()
    outcomes = outcomes[outcomes["cover_id"] != covers[0]["cover_id"]].merge(pd.DataFrame(covers), on="cover_id")
    for columns in (["title"], ["position"]):
        counted = tally.groupby(columns)[["impressions", "clicks"]].sum()
        expected = outcomes.groupby(columns)["clicked"].agg(["size", "sum"])
        assert counted.to_numpy().tolist() == expected.to_numpy().tolist()
    assert tally["first_shown"].min() == outcomes["shown_at"].min()
    assert tally["simulated"].all()
    titles = [each for contest in judge(tally) for each in contest.titles]
    assert sum(each.impressions for each in titles) == len(outcomes)
