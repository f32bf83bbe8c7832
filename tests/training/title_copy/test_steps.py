import json
from pathlib import Path

import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TITLE_COPY
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.settings import REPOSITORY
from inference.media.catalogue import read_products
from inference.models import registry
from training import tracking
from training.corpora.content_title_pairs.steps import build_pairs
from training.title_copy import evaluate, steps
from training.title_copy.job import Job, Result


SYSTEMS = ("base_model", "base_model_published", "trained_published", "first_six_words", "nearest_training_title")


@pytest.fixture
def products(lake, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    rows = read_products(str(REPOSITORY / "infra" / "samples" / "products.csv"))
    lake.write(PRODUCTS, rows, "run")
    return rows


def metrics(run_id: str) -> dict[str, float]:
    return MlflowClient(tracking_uri=settings.load().mlflow).get_run(run_id).data.metrics


def test_too_few_pairs_teach_nothing(lake, products):
    with pytest.raises(NothingToDo, match=r"0 pairs to train on and 0 held out.*at least 20 and 5"):
        steps.prepare_examples("run 1")


def test_from_pairs_to_a_verdict_and_not_again_from_the_same(lake, products, caplog):
    assert steps.announce_champion("run 0") == {"version": 0, "base_model": "tiny-qwen2", "reviewed_by": "run 0"}
    pairs = build_pairs("run 1")
    prepared = steps.prepare_examples("run 1")
    assert prepared == steps.prepare_examples("run 1")  # a retried task
    assert lake.open(CONTENT_TITLE_PAIRS).tags.list()["title_copy-run_1"]["version"] == pairs["version"]

    trained = steps.train_adapter(prepared)
    evaluated = steps.evaluate_adapter(trained)
    assert (trained["version"], evaluated["incumbent"]["version"]) == (1, None)
    assert len(json.dumps(evaluated)) < 2000  # a reference, no rows
    logged = metrics(trained["run_id"])
    assert logged["held_out/pairs"] == pairs["held_out"]
    assert logged["held_out/trained/rouge_l"] == evaluated["scores"]["rouge_l"]
    assert {f"held_out/{name}/rouge_l" for name in SYSTEMS} < set(logged)
    assert logged["gain_low"] <= logged["gain"] <= logged["gain_high"]

    caplog.clear()
    assert steps.evaluate_adapter(trained) == evaluated
    assert not [told for told in caplog.messages if "prompts answered" in told], "titles were generated anew"

    _the_gate_judges(trained, evaluated)
    with pytest.raises(NothingToDo, match="run 1 trained tiny on the same pairs"):
        steps.prepare_examples("run 2")
    announced = [steps.announce_champion(run) for run in ("run 2", "run 3")]
    assert [each["version"] for each in announced] == [1, 1]
    assert announced[0] != announced[1]

    lake.write(PRODUCTS, [row | {"description": f"{row['description']} 7"} for row in products[:6]], "run")
    assert build_pairs("run 4")["version"] > pairs["version"]
    again = steps.prepare_examples("run 4")
    assert again["work"] != prepared["work"]
    _the_champion_is_compared_with(trained, again["work"])


def _the_gate_judges(trained, evaluated):
    """Random weights win nothing; so the gate is shown the scores of a better and of a worse adapter."""
    incumbent = evaluated["incumbent"]["scores"]
    worse = evaluated | {"scores": incumbent | {"rouge_l": incumbent["rouge_l"] - 0.01}}
    with pytest.raises(NotBetterThanChampion, match="does not beat"):
        steps.promote_if_better(worse)
    inventing = {"rouge_l": 0.9, "unsupported_numbers": incumbent["unsupported_numbers"] + 0.06}
    with pytest.raises(NotBetterThanChampion, match="unsupported_numbers rose"):
        steps.promote_if_better(evaluated | {"scores": incumbent | inventing})
    assert registry.champion_version(TITLE_COPY) is None

    better = evaluated | {"scores": incumbent | {"rouge_l": incumbent["rouge_l"] + 0.01}}
    assert steps.promote_if_better(better) == {"version": 1, "run_id": trained["run_id"]}
    assert registry.champion_version(TITLE_COPY) == 1
    assert registry.newest_run(TITLE_COPY).tags["gate"] == "promoted"


def _the_champion_is_compared_with(trained, work):
    """The same weights under another number gain nothing on what serves."""
    job = Job.read(Path(work))
    assert job.serving_model == "tiny-qwen2"
    with_champion = evaluate.evaluate(Path(work), Result(trained["run_id"], _register_again(trained)))
    assert with_champion["incumbent"]["version"] == 1
    assert with_champion["gain"] == (0, 0, 0)


def _register_again(trained) -> int:
    with tracking.resume(TITLE_COPY, trained["run_id"]) as run:
        return run.register(registry.fetch(TITLE_COPY, trained["version"]))


def test_an_adapter_for_another_model_is_not_promoted(own_home):
    work = own_home / "work"
    work.mkdir(parents=True)
    with pytest.raises(NotBetterThanChampion, match="is for tiny-qwen2, the profile serves qwen2"):
        steps.promote_if_better({"work": str(work), "model": "tiny-qwen2"})
    assert (work / "judged").exists()
