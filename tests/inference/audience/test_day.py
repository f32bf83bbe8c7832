from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from inference.audience.crowd import PAGE_SLOTS, Crowd
from inference.audience.day import Day
from inference.distribution.policy import CoverPolicy
from tests import synthetic

START = datetime(2026, 11, 1, 9, tzinfo=UTC)


def live_a_day(window: timedelta, impressions: int = 4000, videos: int = 8, seed: int = 5):
    crowd = Crowd(seed)
    candidates, appeals = {}, {}
    for row in synthetic.covers(videos):
        features = {each["name"]: each["value"] for each in row["features"]}
        candidates.setdefault(row["video_id"], []).append(row["cover_id"])
        appeals[row["cover_id"]] = crowd.appeal(row["video_id"], row["cover_id"], features)
    rng = np.random.default_rng(seed)
    return Day(crowd, CoverPolicy(0.1, seed), candidates, appeals, impressions, START, window, rng).run(), appeals


@pytest.fixture(scope="module")
def day():
    return live_a_day(timedelta(minutes=30))


def test_as_many_impressions_as_asked_each_video_once_a_page(day):
    shown, _ = day
    pages = {}
    for visit, position, video in zip(shown.visit, shown.position, shown.video_id, strict=True):
        pages.setdefault(visit, {})[position] = video

    assert len(shown) == len(shown.second) == len(shown.delay_s) == 4000
    assert all(len(set(page.values())) == len(page) <= PAGE_SLOTS for page in pages.values())


def test_the_policy_learns_during_the_day(day):
    shown, appeals = day
    versions = list(dict.fromkeys(decision.policy_version for decision in shown.decision))
    taste = np.array([appeals[decision.cover_id].mean() for decision in shown.decision])

    assert len(versions) > 8
    assert taste[-1000:].mean() > taste[:1000].mean()


def test_it_learns_from_mature_outcomes_only():
    shown, _ = live_a_day(timedelta(hours=24))

    assert len({decision.policy_version for decision in shown.decision}) == 1


def test_a_day_can_be_lived_again(day):
    again, _ = live_a_day(timedelta(minutes=30))

    assert again.decision == day[0].decision
    assert np.array_equal(again.delay_s, day[0].delay_s, equal_nan=True)


def test_fewer_videos_than_slots_and_rounds_without_visitors():
    shown, _ = live_a_day(timedelta(minutes=30), impressions=9, videos=2)

    assert len(shown) == 9
    assert set(shown.position) == {0, 1}
