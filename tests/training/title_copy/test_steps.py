import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts

from data_contracts import settings
from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, TITLE_COPY
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.settings import REPOSITORY
from inference.media.catalogue import read_products
from inference.models import registry
from training import tracking
from training.corpora.content_title_pairs.steps import build_pairs
from training.finetune.job import Job, Result
from training.promotion.scorecard import Scorecard
from training.title_copy import evaluate, steps
from training.title_copy.promote import CHALLENGER_FILE, INCUMBENT_FILE
from training.title_copy.recipes import TitleRecipe

SYSTEMS = ("base_model", "base_model_published", "trained_published", "first_six_words", "nearest_training_title")


@pytest.fixture
def products(lake, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    rows = read_products(str(REPOSITORY / "infra" / "samples" / "products.csv"))
    lake.write(PRODUCTS, rows, "run")
    return rows


def metrics(run_id: str) -> dict[str, float]:
    return MlflowClient(tracking_uri=settings.load().mlflow).get_run(run_id).data.metrics


def artifact(run_id: str, name: str) -> str:
    where = settings.load().mlflow
    return Path(download_artifacts(run_id=run_id, artifact_path=name, tracking_uri=where)).read_text()


def test_too_few_pairs_teach_nothing(lake, products):
    with pytest.raises(NothingToDo, match=r"0 pairs to train on and 0 held out.*at least 20 and 5"):
        steps.prepare_examples("run 1")


def test_from_pairs_to_a_verdict_and_not_again_from_the_same(lake, products, caplog):
    assert steps.announce_champion("run 0") == {"version": 0, "base_model": "tiny-qwen2", "reviewed_by": "run 0"}
    pairs = build_pairs("run 1")
    prepared = steps.prepare_examples("run 1")
    assert prepared == steps.prepare_examples("run 1")  # a retried task
    assert lake.open(CONTENT_TITLE_PAIRS).tags.list()["title_copy-run_1"]["version"] == pairs["version"]

    checked = steps.check_examples(prepared, "run 1")
    trained = steps.train_adapter(checked)
    evaluated = steps.evaluate_adapter(trained)
    incumbent = Scorecard.read(Path(evaluated["work"]) / INCUMBENT_FILE)
    assert (trained["version"], incumbent.version, incumbent.name) == (1, None, "base model")
    assert len(json.dumps(evaluated)) < 2000  # a reference, no rows
    logged = metrics(trained["run_id"])
    assert logged["held_out/pairs"] == pairs["held_out"]
    assert logged["held_out/trained/rouge_l"] == evaluated["rouge_l"]
    assert {f"held_out/{name}/rouge_l" for name in SYSTEMS} < set(logged)
    assert logged["held_out/gain_low"] <= logged["held_out/gain"] <= logged["held_out/gain_high"]
    page = artifact(trained["run_id"], "evaluation/evaluation.md")
    assert "first six words" in page
    assert "unsupported_brands" in page

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
    """Random weights win nothing; so the gate is shown the scores of a worse, an inventing and a better adapter."""
    challenger = Path(evaluated["work"]) / CHALLENGER_FILE
    serving = Scorecard.read(Path(evaluated["work"]) / INCUMBENT_FILE).values

    def show(**changes):
        card = Scorecard.read(challenger)
        replace(card, values={**card.values, **serving, **changes}).write(challenger)

    show(rouge_l=serving["rouge_l"] - 0.01)
    with pytest.raises(NotBetterThanChampion, match="rouge_l"):
        steps.promote_if_better(evaluated)
    show(rouge_l=serving["rouge_l"] + 0.1, unsupported_brands=np.minimum(serving["unsupported_brands"] + 0.06, 2))
    with pytest.raises(NotBetterThanChampion, match="unsupported_brands"):
        steps.promote_if_better(evaluated)
    assert steps.approve_promotion(evaluated) == ""
    assert registry.champion_version(TITLE_COPY) is None

    show(rouge_l=serving["rouge_l"] + 0.1)
    asked = steps.approve_promotion(evaluated)
    assert "title_copy: shall version 1 serve instead of base model?" in asked
    refused = {"approved": False, "by": "Ada", "reason": "not in the sale week"}
    with pytest.raises(NotBetterThanChampion, match="Ada refused it: not in the sale week"):
        steps.promote_if_better(evaluated, refused)
    assert steps.promote_if_better(evaluated) == {"version": 1, "run_id": trained["run_id"]}
    assert registry.champion_version(TITLE_COPY) == 1
    assert registry.newest_run(TITLE_COPY).tags["gate"] == "promoted"
    card = artifact(trained["run_id"], "model_card.md")
    assert "tiny-qwen2" in card
    assert "Left to itself it invents" in card


def _the_champion_is_compared_with(trained, work):
    """The same weights under another number gain nothing on what serves."""
    job = Job.read(Path(work), TitleRecipe)
    assert job.serving_model == "tiny-qwen2"
    again = _register_again(trained)
    assert again.version == 2
    with_champion = evaluate.evaluate(Path(work), again)
    assert with_champion["gain"] == (0, 0, 0)
    incumbent = Scorecard.read(Path(work) / INCUMBENT_FILE)
    assert (incumbent.name, incumbent.version) == ("champion (version 1)", 1)
    assert "held_out/champion/rouge_l" in metrics(again.run_id)


def _register_again(trained) -> Result:
    """In a run of its own: a run registers one version, however often it is asked."""
    with tracking.run(TITLE_COPY, "the same weights") as run:
        return Result(run.run_id, run.register(registry.fetch(TITLE_COPY, trained["version"])))


def test_an_adapter_for_another_model_is_not_promoted(own_home):
    work = own_home / "work"
    work.mkdir(parents=True)
    evaluated = {"work": str(work), "model": "tiny-qwen2"}
    assert steps.approve_promotion(evaluated) == ""
    with pytest.raises(NotBetterThanChampion, match="is for tiny-qwen2, the profile serves qwen2"):
        steps.promote_if_better(evaluated)
    assert (work / "judged").exists()
