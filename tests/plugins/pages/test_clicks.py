"""Click rates and how sure they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from data_contracts.catalog import OUTCOMES
from plugins.pages import clicks
from plugins.pages.clicks import Clicks, clicks_by_cover
from tests.plugins.pages import sample


@given(st.integers(1, 5000), st.data())
def test_the_interval_is_wilsons(impressions, data):
    clicked = data.draw(st.integers(0, impressions))
    expected = binomtest(clicked, impressions).proportion_ci(0.95, method="wilson")
    assert Clicks(impressions, clicked, False).interval == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_nothing_shown_nothing_counted(lake):
    assert clicks_by_cover(lake) == {}


@pytest.mark.parametrize("rows_at_once", [1 << 20, 100])
def test_every_outcome_counts_once(lake, covers, monkeypatch, rows_at_once):
    monkeypatch.setattr(clicks, "ROWS_AT_ONCE", rows_at_once)
    rows = sample.outcome_rows(covers)
    rows[0]["simulated"], rows[-1]["simulated"] = False, True
    lake.write(OUTCOMES, rows, run="test")
    counted = clicks_by_cover(lake)
    for cover_id in {row["cover_id"] for row in rows}:
        own = [row for row in rows if row["cover_id"] == cover_id]
        simulated = any(row["simulated"] for row in own)
        assert counted[cover_id] == Clicks(len(own), sum(row["clicked"] for row in own), simulated)


def test_new_outcomes_are_counted_at_once(lake, covers):
    rows = sample.outcome_rows(covers[:1])
    lake.write(OUTCOMES, rows[:10], run="test")
    assert clicks_by_cover(lake)[covers[0]["cover_id"]].impressions == 10
    lake.write(OUTCOMES, rows[:12], run="test")
    assert clicks_by_cover(lake)[covers[0]["cover_id"]].impressions == 12
