import json
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import CLICKS, IMPRESSIONS, OUTCOMES, QUARANTINE
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from inference.feedback.join import join

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
WINDOW = timedelta(minutes=30)


def impression(name: str, minutes_ago: float, simulated: bool = False) -> dict:
    return {
        "impression_id": name,
        "request_id": f"request of {name}",
        "video_id": "a" * 16,
        "cover_id": "b" * 16,
        "candidates": ["b" * 16, "c" * 16],
        "policy_version": "p1",
        "propensity": 0.5,
        "position": 2,
        "network": "wifi",
        "device": "phone",
        "hour": 12,
        "shown_at": NOW - timedelta(minutes=minutes_ago),
        "simulated": simulated,
    }


def click(name: str, impression_id: str, minutes_ago: float, simulated: bool = False) -> dict:
    return {
        "click_id": name,
        "impression_id": impression_id,
        "clicked_at": NOW - timedelta(minutes=minutes_ago),
        "simulated": simulated,
    }


def outcomes(lake: Lake) -> dict[str, bool]:
    return {row["impression_id"]: row["clicked"] for row in lake.read(OUTCOMES).to_pylist()}


def refused(lake: Lake) -> dict[str, str]:
    """Click id → rule."""
    return {json.loads(row["row"])["click_id"]: row["rule"] for row in lake.read(QUARANTINE).to_pylist()}


def test_only_closed_windows_become_outcomes(lake):
    lake.write(IMPRESSIONS, [impression("old", 31), impression("edge", 30), impression("young", 29)], "test")
    lake.write(CLICKS, [click("c1", "old", 20), click("c2", "young", 20)], "test")

    done = join(lake, WINDOW, NOW, "test")

    assert outcomes(lake) == {"old": True, "edge": False}
    assert (done["new"], done["corrected"], done["clicked"], done["refused_clicks"]) == (2, 0, 1, {})
    assert lake.read(OUTCOMES).to_pylist()[0]["position"] == 2

    assert join(lake, WINDOW, NOW + timedelta(minutes=1), "test")["new"] == 1
    assert outcomes(lake)["young"] is True


def test_clicks_that_fit_no_impression_are_kept_in_quarantine_with_the_reason(lake):
    lake.write(IMPRESSIONS, [impression("shown", 120), impression("another", 120)], "test")
    clicks = [
        click("counts", "shown", 110),
        click("duplicate", "shown", 109),
        click("late", "another", 89.99),
        click("hasty", "another", 121),
        click("orphan", "never shown", 100),
        click("maybe on the way", "not yet here", 10),
    ]
    lake.write(CLICKS, clicks, "test")

    done = join(lake, WINDOW, NOW, "run 7")

    assert outcomes(lake) == {"shown": True, "another": False}
    rules = {"duplicate": "duplicate", "late": "after_window", "hasty": "before_impression", "orphan": "no_impression"}
    assert refused(lake) == rules
    assert done["refused_clicks"] == dict.fromkeys(rules.values(), 1)
    row = lake.read(QUARANTINE, where="rule = 'after_window'").to_pylist()[0]
    assert (row["contract"], row["run"]) == ("clicks", "run 7")
    assert "after the attribution window had closed" in row["reason"]


def test_the_last_moment_of_the_window_counts(lake):
    lake.write(IMPRESSIONS, [impression("shown", 120)], "test")
    lake.write(CLICKS, [click("in time", "shown", 90)], "test")

    join(lake, WINDOW, NOW, "test")

    assert outcomes(lake) == {"shown": True}


def test_a_simulated_click_cannot_touch_a_real_impression(lake):
    lake.write(IMPRESSIONS, [impression("real", 120)], "test")
    lake.write(CLICKS, [click("fake", "real", 110, simulated=True)], "test")

    join(lake, WINDOW, NOW, "test")

    assert outcomes(lake) == {"real": False}
    assert refused(lake) == {"fake": "no_impression"}


def test_joining_again_changes_nothing(lake):
    lake.write(IMPRESSIONS, [impression("shown", 120)], "test")
    lake.write(CLICKS, [click("c1", "shown", 110), click("c2", "shown", 100)], "test")
    join(lake, WINDOW, NOW, "test")
    versions = [lake.version(dataset) for dataset in (OUTCOMES, QUARANTINE)]

    with pytest.raises(NothingToDo, match="no impression matured"):
        join(lake, WINDOW, NOW, "test")

    assert [lake.version(dataset) for dataset in (OUTCOMES, QUARANTINE)] == versions


def test_a_click_log_that_lags_still_turns_the_outcome(lake):
    lake.write(IMPRESSIONS, [impression("shown", 120), impression("other", 120)], "test")
    join(lake, WINDOW, NOW, "test")
    lake.write(CLICKS, [click("delivered late", "shown", 110)], "test")

    done = join(lake, WINDOW, NOW, "test")

    assert outcomes(lake) == {"shown": True, "other": False}
    assert (done["new"], done["corrected"]) == (0, 1)


def test_an_empty_lake_has_nothing_to_join(lake):
    with pytest.raises(NothingToDo):
        join(lake, WINDOW, NOW, "test")
