import dataclasses

import pytest

from data_contracts.catalog import TITLE_COPY
from tests.training.promotion.challenges import GATE, facts, scorecard
from training.promotion.challenge import Challenge


def test_lineage_is_the_same_for_the_same_data_and_recipe_only():
    one = facts().lineage
    assert one == dataclasses.replace(facts(), purpose="else", limits=[], rows={}).lineage
    assert one != facts("1" * 64).lineage
    assert one != dataclasses.replace(facts(), recipe={**facts().recipe, "rank": 16}).lineage
    assert one != dataclasses.replace(facts(), base_model=None).lineage


def test_what_was_never_registered_cannot_serve():
    unregistered = Challenge(TITLE_COPY, scorecard(None, 0.4), scorecard(None, 0.3), GATE, "run", facts())
    with pytest.raises(ValueError, match="base model of title_copy is not registered"):
        _ = unregistered.version
