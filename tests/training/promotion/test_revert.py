import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import CLICK_MODEL, Model
from inference.models import registry
from tests.training.promotion.challenges import challenge, scorecard, train
from training import tracking
from training.promotion import status, steps
from training.promotion.ledger import history
from training.promotion.promote import promote_if_better
from training.promotion.revert import revert


@pytest.fixture
def model(request, lake):
    """Three versions, each promoted over the one before."""
    model = Model(request.node.name, "Writes titles.")
    incumbent = scorecard(None, 0.2)
    for number in (1, 2, 3):
        made = challenge(model, 0.2 + number / 10, incumbent)
        promote_if_better(lake, made)
        incumbent = made.challenger
    return model


def test_each_rollback_is_one_step_back_and_the_last_one_takes_the_alias_off(lake, model):
    served = [revert(lake, model, "worse in the shop", "ada", f"run {number}").version for number in range(3)]
    assert served == [2, 1, None]
    assert registry.champion_version(model) is None
    assert registry.champion(model) is None
    with pytest.raises(ValueError, match=r"no version of .* serves, there is nothing to roll back"):
        revert(lake, model, "worse", "ada", "run 4")
    assert [event.kind for event in history(lake, model)] == ["promoted"] * 3 + ["rolled_back"] * 3


def test_a_retried_rollback_is_one_rollback(lake, model, monkeypatch):
    def fail(*_):
        raise ConnectionError("MLflow is away")

    with monkeypatch.context() as patch:
        patch.setattr(status, "tell", fail)
        with pytest.raises(ConnectionError):
            revert(lake, model, "worse", "ada", "run")
    again = revert(lake, model, "worse", "ada", "run")

    assert (again.version, registry.champion_version(model)) == (2, 2)
    assert [event.kind for event in history(lake, model)] == ["promoted"] * 3 + ["rolled_back"]


def test_everybody_can_read_what_was_rolled_back_by_whom_and_why(lake, model):
    revert(lake, model, "it shouts\n| loudly", "ada", "run")
    assert registry.description(model, 3).startswith("Served from ")
    assert "rolled back from version 3 to version 2: it shouts | loudly" in registry.description(model, 3)
    assert registry.description(model, 2).startswith("**Serves** since ")
    assert "| rolled back from version 3 to version 2 | it shouts / loudly | ada |" in registry.description(model)
    run_id = MlflowClient(tracking_uri=settings.load().mlflow).get_model_version(model.name, "3").run_id
    assert tracking.finished(run_id).tags["rolled_back"].endswith("UTC by ada: it shouts\n| loudly")
    assert history(lake, model)[-1].mlflow_run != run_id  # the row is of the version that serves from now on


def test_any_version_that_served_may_be_asked_for(lake, model):
    assert revert(lake, model, "the first was best", "ada", "run 1", version=1).version == 1
    assert revert(lake, model, "no, the third", "ada", "run 2", version=3).version == 3
    assert revert(lake, model, "none", "ada", "run 3", version=0).version is None
    assert revert(lake, model, "the third after all", "ada", "run 4", version=3).version == 3
    train(model)
    for version, words in ((3, "version 3 of .* serves already"), (4, "version 4 of .* never served; .*: 1, 2, 3")):
        with pytest.raises(ValueError, match=words):
            revert(lake, model, "?", "ada", "run 5", version=version)
    assert registry.champion_version(model) == 3


def test_a_reason_is_required(lake, model):
    with pytest.raises(ValueError, match=r"say why"):
        revert(lake, model, "  ", "ada", "run")
    assert registry.champion_version(model) == 3


def test_the_step_takes_what_a_form_gives(lake):
    promote_if_better(lake, challenge(CLICK_MODEL, 0.3, scorecard(None, 0.2)))
    returned = steps.revert_champion("click_model", 618, None, "manual__1")
    assert returned == {"model": "click_model", "version": 0, "from_version": 1, "reverted_by": "manual__1"}
    assert (history(lake, CLICK_MODEL)[-1].why, history(lake, CLICK_MODEL)[-1].decided_by) == (
        "618",
        "somebody unnamed",
    )
