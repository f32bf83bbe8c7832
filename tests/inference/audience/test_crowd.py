from datetime import UTC, datetime

import numpy as np
import pytest

from inference.audience.crowd import MAX_DELAY_S, NO_TASTE, SEGMENTS, TYPICAL, Crowd
from inference.feedback.evidence import FEATURE_NAMES

USUAL = {name: mean for name, (mean, _) in TYPICAL.items()}
START = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def test_the_crowd_knows_every_feature_and_shares_add_up():
    assert set(TYPICAL) == set(FEATURE_NAMES)
    assert sum(segment.share for segment in SEGMENTS) == pytest.approx(1)


def test_tastes_are_what_was_planted():
    crowd = Crowd(seed=1)
    usual = crowd.appeal("v", "c", USUAL)
    larger = crowd.appeal("v", "c", {**USUAL, "product_area": USUAL["product_area"] + 0.15})
    wordier = crowd.appeal("v", "c", {**USUAL, "text_area": USUAL["text_area"] + 0.05})

    assert (larger - usual).tolist() == pytest.approx([segment.tastes["product_area"] for segment in SEGMENTS])
    assert (wordier < usual).tolist() == [True, True, False]


def test_more_than_enough_of_a_feature_gains_nothing():
    crowd = Crowd(seed=1)
    much, more = (crowd.appeal("v", "c", {**USUAL, "product_area": area}) for area in (0.6, 0.9))

    assert much.tolist() == more.tolist()


def test_without_taste_features_do_not_matter_but_videos_and_covers_differ():
    crowd = Crowd(seed=1, segments=NO_TASTE)
    other_features = {name: mean + spread for name, (mean, spread) in TYPICAL.items()}

    assert crowd.appeal("v", "c", USUAL) == crowd.appeal("v", "c", other_features)
    assert len({float(crowd.appeal(v, c, USUAL)[0]) for v in "vw" for c in "cd"}) == 4


def test_the_same_seed_is_the_same_crowd():
    assert Crowd(3).appeal("v", "c", USUAL).tolist() == Crowd(3).appeal("v", "c", USUAL).tolist()
    assert Crowd(3).appeal("v", "c", USUAL).tolist() != Crowd(4).appeal("v", "c", USUAL).tolist()


def test_visits_come_in_order_within_the_day_and_more_in_the_evening():
    visits = Crowd(1).visit(5000, START, 24, np.random.default_rng(0))

    assert len(visits) == 5000
    assert (np.diff(visits.second) >= 0).all()
    assert 0 <= visits.second[0] <= visits.second[-1] <= 24 * 3600
    assert [visits.time(place).hour for place in range(0, 5000, 500)] == visits.hour[::500].tolist()
    assert np.isin(visits.hour, [19, 20, 21, 22]).mean() > 2 * np.isin(visits.hour, [7, 8, 9, 10]).mean()


def test_the_top_of_the_page_is_clicked_most():
    crowd = Crowd(1, NO_TASTE)
    visits = crowd.visit(1, START, 1, np.random.default_rng(0))
    rates = crowd.click_rates(visits, np.zeros(6, int), np.arange(6), np.zeros((6, 1)))

    assert (np.diff(rates) < 0).all()
    assert 0.01 < rates.min() < rates.max() < 0.1


def test_most_clicks_come_soon_some_late_none_never():
    delays = Crowd(1).click_delays(20_000, np.random.default_rng(0))

    assert np.median(delays) < 60
    assert 0.002 < (delays > 1800).mean() < 0.02
    assert 0 < delays.min() < delays.max() <= MAX_DELAY_S
