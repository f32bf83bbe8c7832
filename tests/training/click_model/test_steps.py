"""What the steps hand on."""

from data_contracts.catalog import CLICK_MODEL, COVERS, OUTCOMES
from inference.audience.crowd import NO_TASTE, Crowd
from inference.models import registry
from tests import synthetic
from training.click_model import steps


def test_outcomes_are_announced_whether_or_not_a_model_was_better(lake):
    lake.write(COVERS, synthetic.covers(4), "test")
    synthetic.show(lake, Crowd(4, NO_TASTE), impressions=4_000)
    assert registry.champion_version(CLICK_MODEL) is None

    assert steps.announce_champion() == {"version": 0, "outcomes_version": lake.version(OUTCOMES)}
