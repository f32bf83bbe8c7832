"""What trainings leave, told from some small ones of one process and one of two."""

import json
from pathlib import Path

import pytest
import torch
from mlflow import MlflowClient
from safetensors.torch import load_file

from data_contracts import settings
from data_contracts.catalog import TITLE_COPY
from tests.training.title_copy.trainings import prepare
from training.finetune.engine import learning_rate_share
from training.finetune.examples import read_examples, write_examples
from training.finetune.job import result_of
from training.finetune.loop import DTYPE_FILE
from training.finetune.record import CONTEXTS
from training.launch import launch

SEVERAL = "tests.training.finetune.several"

WANTED = {
    "plain": {},
    "stopped": {"learning_rate": 0.0, "epochs": 2, "evaluate_every": 3, "patience": 2, "warmup_share": 0.0},
    "patient": {"learning_rate": 0.0, "epochs": 1, "evaluate_every": 3, "patience": None, "warmup_share": 0.0},
    "diverged": {"learning_rate": 1e30, "warmup_share": 0.0},
    "unvalidated": {"validation_share": 0.0},
    "alone": {"batch_size": 10},
    "accumulated": {"batch_size": 2, "accumulate": 3, "packing": 700, "gradient_checkpointing": True},
    "unchecked": {"batch_size": 2, "accumulate": 3, "packing": 700},
    "broken": {"max_tokens": 700},
    "hopeless": {"max_tokens": 10},
}


@pytest.fixture(scope="module", autouse=True)
def works(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_HOME", str(home))
        patch.setenv("COVERLOOP_PROFILE", "tiny")
        made = {name: prepare(name, **changes) for name, changes in WANTED.items()}
        made["shared"] = prepare("shared", batch_size=5)
        for work in made.values():
            (work / DTYPE_FILE).write_text("float32")  # so that sums in another order differ little
        rows = read_examples(made["broken"])
        rows[0]["title"] = " "
        write_examples(made["broken"], rows)
        launch(SEVERAL, [str(work) for name, work in made.items() if name != "shared"])
        launch(SEVERAL, [str(made["shared"])], processes=2)
    return made


@pytest.fixture(autouse=True)
def home(works, monkeypatch):
    monkeypatch.setenv("COVERLOOP_HOME", str(works["plain"].parents[2]))


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def run_of(work: Path):
    return client().get_run((work / "mlflow_run").read_text())


def curve(work: Path, name: str) -> dict[int, float]:
    points = client().get_metric_history((work / "mlflow_run").read_text(), name)
    assert len({point.step for point in points}) == len(points)
    return {point.step: point.value for point in sorted(points, key=lambda point: point.step)}


def weights(work: Path) -> dict[str, torch.Tensor]:
    return load_file(work / "adapter" / "adapter_model.safetensors")


def error(work: Path) -> str:
    return (work / "error").read_text()


def test_a_run_holds_what_an_analyst_asks_for(works):
    run = run_of(works["plain"])
    steps = int(run.data.metrics["train/steps"])
    assert run.info.status == "FINISHED"
    assert (run.data.params["rank"], run.data.params["processes"]) == ("4", "1")
    assert {1, *range(5, steps, 5), steps} == set(curve(works["plain"], "train/loss"))
    assert set(curve(works["plain"], "validation/loss")) == {*range(0, steps, 4), steps}
    losses = list(curve(works["plain"], "validation/loss").values())
    assert run.data.metrics["validation/best_loss"] == min(losses) < losses[0]
    for name in ("learning_rate", "tokens_per_second", "peak_memory_gb"):
        assert min(curve(works["plain"], f"train/{name}").values()) >= 0
    used = {each.tags[0].value: json.loads(each.dataset.profile) for each in run.inputs.dataset_inputs}
    splits = {CONTEXTS[split]: len(read_examples(works["plain"], split)) for split in CONTEXTS}
    assert {context: profile["num_rows"] for context, profile in used.items()} == splits
    assert len({each.dataset.digest for each in run.inputs.dataset_inputs}) == len(CONTEXTS)
    kept = {file.path for file in client().list_artifacts(run.info.run_id)}
    assert kept >= {"recipe.json", "deepspeed.json", "environment.txt", "curves.png", "model"}
    assert "89 examples to learn from, 9 to decide when to stop, 24 held out" in run.data.tags["mlflow.note.content"]
    about = client().get_experiment(run.info.experiment_id).tags["mlflow.note.content"]
    assert about.startswith(TITLE_COPY.about)
    assert "`validation/loss`" in about


def test_training_stops_when_validation_no_longer_falls_and_what_was_best_is_kept(works):
    run, losses = run_of(works["stopped"]), curve(works["stopped"], "validation/loss")
    best = min(losses, key=losses.get)
    assert run.data.metrics["train/steps"] == max(losses) == best + 2 * 3 < run.data.metrics["train/planned_steps"]
    assert run.data.tags["train.stopped_early"] == "True"
    assert run.data.metrics["validation/best_step"] == best
    # At a learning rate of 0 it never falls: the adapter is as it began, which changes nothing.
    assert best == 0
    assert all(weight.count_nonzero() == 0 for name, weight in weights(works["stopped"]).items() if "lora_B" in name)


def test_without_patience_it_runs_to_the_end(works):
    run = run_of(works["patient"]).data
    assert run.metrics["train/steps"] == run.metrics["train/planned_steps"] == 12
    assert run.metrics["validation/best_step"] == 0


def test_a_loss_that_is_no_number_ends_the_training_and_says_what_to_do(works):
    assert "lower the learning rate" in error(works["diverged"])
    assert run_of(works["diverged"]).info.status == "FAILED"
    assert result_of(works["diverged"]) is None


def test_without_validation_the_last_weights_are_kept(works):
    assert not curve(works["unvalidated"], "validation/loss")
    assert any(weight.count_nonzero() for name, weight in weights(works["unvalidated"]).items() if "lora_B" in name)


def test_two_processes_learn_what_one_with_twice_the_batch_learns(works):
    alone, shared = (curve(works[name], "validation/loss") for name in ("alone", "shared"))
    assert alone == pytest.approx(shared, abs=1e-4)
    assert min(alone.values()) < alone[0] - 0.1
    for name, weight in weights(works["alone"]).items():
        torch.testing.assert_close(weight, weights(works["shared"])[name], atol=2e-3, rtol=2e-3)


def test_recomputing_activations_changes_nothing(works):
    one, other = (curve(works[name], "validation/loss") for name in ("accumulated", "unchecked"))
    assert one == pytest.approx(other, abs=1e-5)
    assert min(one.values()) < one[0]


def test_rows_that_cannot_be_trained_on_are_left_out_and_named(works):
    assert result_of(works["broken"])
    assert error(works["hopeless"]).startswith("ValueError: no row of the stage train can be trained on")


def test_the_learning_rate_rises_in_a_line_and_falls_in_a_cosine():
    shares = [learning_rate_share(step, warmup=4, steps=24) for step in range(25)]
    assert shares[:4] == [0.25, 0.5, 0.75, 1.0]
    assert shares[4] == 1.0
    assert shares[14] == pytest.approx(0.5)
    assert shares[4:] == sorted(shares[4:], reverse=True)
    assert shares[24] == pytest.approx(0.0)
