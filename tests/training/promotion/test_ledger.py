"""The record and the alias, interrupted between any two writes."""

import itertools
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import SERVED_MODELS, Model
from data_contracts.settings import REPOSITORY
from inference.models import registry
from tests.training.promotion.challenges import train
from training import tracking
from training.promotion.ledger import Event, Ledger, history, open_ledger

EARLY = datetime(2026, 1, 1, tzinfo=UTC)
KILLS = 3


class Killed(BaseException):
    """As a kill does it: nothing catches it."""


def promoted(model: Model, version: int | None, before: int | None, run: str = "run", **changes) -> Event:
    fields = {"kind": "promoted", "happened_at": EARLY, "why": "better", "decided_by": "the gate", "run": run}
    return Event(model.name, version=version, from_version=before, **fields | changes)


@pytest.fixture
def model(request, lake):
    """A model with two versions, of which the first serves."""
    model = Model(request.node.name)
    train(model), train(model)
    with open_ledger(lake, model) as ledger:
        ledger.serve(promoted(model, 1, None))
    return model


def told(lake, model) -> list[tuple]:
    return [(event.kind, event.from_version, event.version) for event in history(lake, model)]


def test_an_event_moves_the_alias_and_is_one_row(lake, model):
    assert registry.champion_version(model) == 1
    (row,) = lake.read(SERVED_MODELS).to_pylist()
    assert (row["model"], row["version"], row["from_version"], row["why"]) == (model.name, 1, None, "better")


@pytest.mark.parametrize("place", range(4), ids=[f"before the {what}" for what in ("mark", "alias", "row", "end")])
@pytest.mark.parametrize("to", [2, None], ids=["to a version", "to none"])
def test_killed_between_two_writes_the_next_one_puts_it_right(lake, model, monkeypatch, place, to):
    event = promoted(model, to, 1, "killed", kind="promoted" if to else "rolled_back")
    alias = "set_alias" if to else "remove_alias"
    owner, name = [(tracking, "annotate"), (tracking, alias), (Ledger, "_write"), (tracking, "remove_tag")][place]

    def kill(*_args, **_kwargs):
        raise Killed

    with open_ledger(lake, model) as ledger, monkeypatch.context() as patch:
        patch.setattr(owner, name, kill)
        with pytest.raises(Killed):
            ledger.serve(event)
    moved = place >= 2
    assert registry.champion_version(model) == (to if moved else 1)

    with open_ledger(lake, model) as ledger:  # anybody's next look, a retry or not
        assert ledger.serving == ledger.events[-1].version == (to if moved else 1)
        if ledger.serving != to:
            ledger.serve(event)  # the retry
    assert registry.champion_version(model) == to
    assert told(lake, model) == [("promoted", None, 1), (event.kind, 1, to)]
    with open_ledger(lake, model):
        pass
    assert len(told(lake, model)) == 2
    assert registry.tags_of(model) == {}


def test_an_alias_moved_by_hand_is_told_and_not_hidden(lake, model):
    tracking.set_alias(model, 2, registry.CHAMPION)
    with open_ledger(lake, model) as ledger:
        assert ledger.events[-1].why == ("found that version 2 serves: no promotion and no rollback of ours set it")
        assert ledger.previous() == 1
    assert told(lake, model) == [("promoted", None, 1), ("bootstrap", 1, 2)]


def test_a_champion_from_before_there_was_a_record_gets_a_row(lake):
    model = Model("older")
    train(model)
    tracking.set_alias(model, 1, registry.CHAMPION)
    for _ in range(2):
        with open_ledger(lake, model) as ledger:
            assert ledger.previous() is None
    assert told(lake, model) == [("bootstrap", None, 1)]


def test_a_model_never_trained_has_no_history_and_no_database(lake, own_home, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", "")
    with open_ledger(lake, Model("unknown")) as ledger:
        assert (ledger.serving, ledger.events, ledger.previous()) == (None, [], None)
    assert not (own_home / "mlflow.db").exists()


def test_rows_are_in_order_whatever_the_clock_says(lake, model):
    with open_ledger(lake, model) as ledger:
        ledger.serve(promoted(model, 2, 1, happened_at=EARLY - timedelta(days=1)))
    assert [event.version for event in history(lake, model)] == [1, 2]


def test_what_the_record_would_refuse_changes_nothing(lake, model):
    with open_ledger(lake, model) as ledger, pytest.raises(ValueError, match=r"nothing was changed.*fewer than 1 char"):
        ledger.serve(promoted(model, 2, 1, why=""))
    assert registry.champion_version(model) == 1
    assert told(lake, model) == [("promoted", None, 1)]


def test_one_step_back_leads_past_what_was_taken_back(lake, model):
    train(model)
    with open_ledger(lake, model) as ledger:
        ledger.serve(promoted(model, 2, 1))
        ledger.serve(promoted(model, 1, 2, "a", kind="rolled_back"))
        assert (ledger.previous(), bool(ledger.taken_back(2)), ledger.taken_back(1)) == (None, True, None)
        ledger.serve(promoted(model, 3, 1, "b"))
        assert ledger.previous() == 1
        ledger.serve(promoted(model, 2, 3, "c", kind="rolled_back"))  # asked for by its number
        assert (ledger.previous(), ledger.taken_back(2), bool(ledger.taken_back(3))) == (1, None, True)


def test_whenever_writers_are_killed_the_record_is_a_chain_that_ends_at_the_alias(lake, model, own_home):
    """Two processes promote at once; one after the other is killed, at any place, for good."""
    chance = random.Random(0)
    for turn in range(KILLS):
        writers = [start_toggling(model, f"{turn}{who}") for who in ("ada", "grace")]
        for writer in writers:
            assert writer.stdout.readline() == b"promoted\n"
        for writer in writers:
            time.sleep(chance.uniform(0, 1))
            writer.kill()
            writer.wait()
        with open_ledger(lake, model) as ledger:
            assert ledger.events[-1].version == registry.champion_version(model)

    events = history(lake, model)
    assert len(events) > 2 * KILLS  # each writer promoted once at least
    assert len({event.event_id for event in events}) == len(events)
    assert {event.kind for event in events} == {"promoted"}
    for before, after in itertools.pairwise(events):
        assert (after.from_version, after.version) == (before.version, 3 - before.version)


def start_toggling(model: Model, who: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "tests.training.promotion.toggling", model.name, who]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE)
