import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import Model
from data_contracts.errors import NotBetterThanChampion
from inference.models import registry
from training import promotion, tracking
from training.promotion import Gate, Guard, Scores

GATE = Gate("rouge_l", guards=(Guard("unsupported", max_rise=0.05),))
BASE = Scores("base model", {"rouge_l": 0.2, "unsupported": 0.02})


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture(autouse=True)
def one_database(database, own_home, monkeypatch):
    """Making MLflow's tables takes longer than the tests."""
    own_home.mkdir()
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", f"sqlite:///{database / 'mlflow.db'}")


def train(model: Model) -> tuple[int, str]:
    with tracking.run(model, "trained") as run:
        weights = settings.load().home / "weights.bin"
        weights.write_bytes(run.run_id.encode())
        return run.register(weights), run.run_id


def kept_tags(run_id: str) -> dict[str, str]:
    return MlflowClient(tracking_uri=settings.load().mlflow).get_run(run_id).data.tags


def test_a_better_challenger_becomes_champion_and_the_worse_next_one_does_not():
    model = Model("better_then_worse")
    first, first_run = train(model)
    better = Scores("version 1", {"rouge_l": 0.3, "unsupported": 0.04}, first)

    promotion.promote_if_better(model, better, BASE, GATE, first_run)
    promotion.promote_if_better(model, better, BASE, GATE, first_run)  # a retried task

    assert registry.champion(model).version == first
    assert kept_tags(first_run)["gate"] == "promoted"

    second, second_run = train(model)
    worse = Scores("version 2", {"rouge_l": 0.29, "unsupported": 0.0}, second)
    with pytest.raises(NotBetterThanChampion, match=r"rouge_l 0\.2900 does not beat 0\.3000"):
        promotion.promote_if_better(model, worse, better, GATE, second_run)

    assert registry.champion_version(model) == first
    assert kept_tags(second_run)["gate"] == "refused"


def test_a_stale_comparison_is_refused():
    model = Model("stale")
    first, run_id = train(model)
    promotion.promote_if_better(model, Scores("v1", {"rouge_l": 0.3, "unsupported": 0.0}, first), BASE, GATE, run_id)
    second, run_id = train(model)

    with pytest.raises(RuntimeError, match="Evaluate again"):
        promotion.promote_if_better(
            model, Scores("v2", {"rouge_l": 0.9, "unsupported": 0.0}, second), BASE, GATE, run_id
        )


@pytest.mark.parametrize(
    ("scores", "fault"),
    [
        ({"rouge_l": 0.21, "unsupported": 0.07}, ""),
        ({"rouge_l": 0.20, "unsupported": 0.0}, "rouge_l"),
        ({"rouge_l": 0.90, "unsupported": 0.08}, "unsupported"),
        ({"rouge_l": float("nan"), "unsupported": 0.0}, "rouge_l"),
        ({"rouge_l": 0.90, "unsupported": float("nan")}, "unsupported"),
    ],
)
def test_the_gate(scores, fault):
    faults = promotion.find_faults(Scores("challenger", scores), BASE, GATE)
    assert faults.startswith(fault)
    assert bool(faults) == bool(fault)


def test_lower_can_be_better():
    gate = Gate("log_loss", higher_is_better=False)
    assert not promotion.find_faults(Scores("new", {"log_loss": 0.1}), Scores("old", {"log_loss": 0.2}), gate)
    assert promotion.find_faults(Scores("new", {"log_loss": 0.3}), Scores("old", {"log_loss": 0.2}), gate)
