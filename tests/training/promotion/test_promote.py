import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import SERVED_MODELS, Model
from data_contracts.errors import NotBetterThanChampion
from inference.models import registry
from tests.training.promotion.challenges import challenge, scorecard, train
from training import tracking
from training.promotion import promote, status
from training.promotion.gate import NotComparable
from training.promotion.ledger import history
from training.promotion.revert import revert

BASE = scorecard(None, 0.2)
ASKED_NOBODY = {"approved": None, "by": None, "reason": None}


@pytest.fixture
def model(request):
    return Model(request.node.name, "Writes titles.")


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def told(lake, model) -> list[tuple]:
    return [(event.kind, event.from_version, event.version, event.decided_by) for event in history(lake, model)]


def test_a_better_challenger_becomes_champion_and_the_worse_next_one_does_not(lake, model):
    first = challenge(model, 0.3, BASE)
    table = promote.promote_if_better(lake, first, ASKED_NOBODY)
    promote.promote_if_better(lake, first)  # a retried task

    assert registry.champion(model).version == 1
    assert client().get_run(first.run_id).data.tags["gate"] == "promoted"
    (event,) = history(lake, model)
    assert (event.kind, event.decided_by, event.mlflow_run) == ("promoted", "the gate", first.run_id)
    assert event.scores[0]["name"] == "rouge_l"
    assert event.scores[0]["low"] > 0
    assert "content_title_pairs version 7" in event.held_out
    assert table in client().get_run(first.run_id).data.tags["mlflow.note.content"]

    second = challenge(model, 0.29, scorecard(1, 0.3))
    with pytest.raises(NotBetterThanChampion, match=r"version 2 does not replace version 1: rouge_l 0\.34.*not better"):
        promote.promote_if_better(lake, second)

    assert registry.champion_version(model) == 1
    assert client().get_run(second.run_id).data.tags["gate"] == "refused"
    assert told(lake, model) == [("promoted", None, 1, "the gate")]  # the gate's refusals are no news of serving


def test_a_stale_comparison_is_refused(lake, model):
    promote.promote_if_better(lake, challenge(model, 0.3, BASE))
    with pytest.raises(NotComparable, match=r"compare with no version, but version 1 serves now. Evaluate again"):
        promote.promote_if_better(lake, challenge(model, 0.9, BASE))


def test_killed_after_the_alias_was_moved_the_retry_completes_what_is_told(lake, model, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    first = challenge(model, 0.3, BASE)
    with monkeypatch.context() as patch:
        patch.setattr(status, "tell", kill)
        with pytest.raises(Killed):
            promote.promote_if_better(lake, first, {"approved": True, "by": "ada", "reason": ""})
    promote.promote_if_better(lake, first, {"approved": True, "by": "ada", "reason": ""})

    assert told(lake, model) == [("promoted", None, 1, "ada")]
    assert registry.description(model, 1).startswith("**Serves** since")
    assert client().get_run(first.run_id).data.tags["gate.reason"].endswith("(promoted by ada)")


def test_a_person_may_refuse_what_the_gate_lets_pass(lake, model):
    first = challenge(model, 0.3, BASE)
    asked = promote.ask(first)
    assert "shall version 1 serve instead of base model?" in asked
    assert "| rouge_l |" in asked
    assert first.run_id in asked

    refused = {"approved": False, "by": "ada", "reason": "too many brands"}
    for _ in range(2):
        with pytest.raises(NotBetterThanChampion, match=r"ada refused it: too many brands"):
            promote.promote_if_better(lake, first, refused)

    assert registry.champion_version(model) is None
    assert told(lake, model) == [("refused", None, 1, "ada")]
    assert registry.description(model, 1).startswith("Never served: ada refused it: too many brands")


def test_nobody_is_asked_what_the_gate_refuses(model):
    assert promote.ask(challenge(model, 0.1, BASE)) == ""


def test_what_was_rolled_back_is_not_promoted_again(lake, model):
    promote.promote_if_better(lake, challenge(model, 0.3, BASE))
    second = challenge(model, 0.4, scorecard(1, 0.3), digest="ab" * 32)
    promote.promote_if_better(lake, second)
    revert(lake, model, "it shouts", "ada", "run")

    with pytest.raises(NotBetterThanChampion, match=r"version 2.*was taken back by ada at .* UTC: it shouts"):
        promote.promote_if_better(lake, second)  # the promoting task, cleared
    same = challenge(model, 0.4, scorecard(1, 0.3), digest="ab" * 32)
    with pytest.raises(NotBetterThanChampion, match=r"of the same data and recipe, was taken back"):
        promote.promote_if_better(lake, same)  # the next training on the same data
    assert registry.champion_version(model) == 1

    other = challenge(model, 0.4, scorecard(1, 0.3))
    promote.promote_if_better(lake, other)
    assert registry.champion_version(model) == other.version


def test_every_version_has_a_card_whichever_way_it_fell(lake, model):
    first = challenge(model, 0.3, BASE)
    promote.promote_if_better(lake, first)
    second = challenge(model, 0.1, scorecard(1, 0.3))
    with pytest.raises(NotBetterThanChampion):
        promote.promote_if_better(lake, second)

    for made, line in ((first, "**Serves** since "), (second, "Never served.")):
        path = client().download_artifacts(made.run_id, promote.CARD)
        with open(path, encoding="utf-8") as file:
            card = file.read()
        description = registry.description(model, made.version)
        assert description.startswith(line)
        assert description.endswith(card)
        assert f"# {model.name}, version {made.version}" in card


def test_a_third_version_ends_what_the_second_says_of_itself(lake, model):
    promote.promote_if_better(lake, challenge(model, 0.3, BASE))
    promote.promote_if_better(lake, challenge(model, 0.4, scorecard(1, 0.3)))
    assert registry.description(model, 1).startswith("Served from ")
    assert "then version 2 promoted over version 1" in registry.description(model, 1)
    assert "## What it is for" in registry.description(model, 1)  # its card is still there
    assert "**Version 2 serves** since" in registry.description(model)
    assert registry.tags_of(model)["serving"] == "version 2"


def test_the_row_is_checked_before_anything_is_moved(lake, model):
    first = challenge(model, 0.3, BASE)
    with pytest.raises(ValueError, match=r"decided_by"):
        promote.promote_if_better(lake, first, {"approved": True, "by": "a" * 201, "reason": ""})
    assert registry.champion_version(model) is None
    assert lake.read(SERVED_MODELS).num_rows == 0


def test_an_alias_set_by_hand_meanwhile_asks_for_a_new_evaluation(lake, model):
    promote.promote_if_better(lake, challenge(model, 0.3, BASE))
    train(model)
    tracking.set_alias(model, 2, registry.CHAMPION)
    with pytest.raises(NotComparable, match=r"compare with version 1, but version 2 serves"):
        promote.promote_if_better(lake, challenge(model, 0.9, scorecard(1, 0.3)))
