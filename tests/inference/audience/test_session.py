import shutil
from datetime import UTC, datetime, timedelta

import pyarrow.compute as pc
import pytest

from data_contracts.catalog import CLICKS, COVERS, IMPRESSIONS
from data_contracts.errors import NothingToDo
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.audience import session
from inference.audience.crowd import Crowd
from tests import synthetic

WHERE = Settings(simulated_generations=2, simulated_impressions=600)


@pytest.fixture
def made(lake):
    """A lake with covers of four videos."""
    lake.write(COVERS, synthetic.covers(4), "test")
    return lake


def serve(lake: Lake, where: Settings = WHERE):
    return session.serve(lake, where, Crowd(1), "test")


def test_impressions_and_clicks_land_stamped_simulated_with_closed_windows(made):
    done = serve(made)
    impressions, clicks = made.read(IMPRESSIONS), made.read(CLICKS)

    assert done["impressions"] == impressions.num_rows == 600
    assert 0 < done["clicks"] == clicks.num_rows < 120
    assert pc.all(impressions["simulated"]).as_py()
    assert pc.all(clicks["simulated"]).as_py()
    assert set(clicks["impression_id"].to_pylist()) <= set(impressions["impression_id"].to_pylist())
    newest = pc.max(impressions["shown_at"]).as_py()
    assert newest + timedelta(minutes=WHERE.attribution_window_minutes) < datetime.now(UTC)
    assert pc.max(clicks["clicked_at"]).as_py() < datetime.now(UTC)


def test_a_retry_after_a_crash_between_the_two_writes_completes_the_same_rows(made):
    serve(made)
    impressions, clicks = made.read(IMPRESSIONS), made.read(CLICKS)
    shutil.rmtree(made.dataset_uri(IMPRESSIONS))  # the crash came before they were written

    serve(made)

    assert made.read(IMPRESSIONS).sort_by("impression_id") == impressions.sort_by("impression_id")
    assert made.read(CLICKS).sort_by("click_id") == clicks.sort_by("click_id")


def test_a_generation_is_shown_once(made):
    serve(made)

    with pytest.raises(NothingToDo, match="generation 1 was shown already"):
        serve(made)


def test_the_next_generation_is_shown_beside_the_one_before(made):
    serve(made)
    made.write(COVERS, synthetic.covers(3, generation=2), "test")

    assert serve(made)["generation"] == 2

    covers = {row["cover_id"]: row["generation"] for row in made.read(COVERS).to_pylist()}
    second = made.read(IMPRESSIONS).slice(600).to_pylist()
    offered = {len(row["candidates"]): {covers[cover] for cover in row["candidates"]} for row in second}
    assert offered == {12: {1, 2}, 6: {1}}  # the fourth video got no second generation


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (Settings(simulated_generations=0), "COVERLOOP_SIMULATED_GENERATIONS"),
        (Settings(simulated_generations=1), "generation 2 lies beyond the 1"),
    ],
)
def test_the_crowd_stays_out_when_it_is_not_wanted(made, where, reason):
    made.write(COVERS, synthetic.covers(1, generation=2), "test")

    with pytest.raises(NothingToDo, match=reason):
        serve(made, where)


def test_without_covers_there_is_nothing_to_show(lake):
    with pytest.raises(NothingToDo, match="no cover was made yet"):
        serve(lake)
