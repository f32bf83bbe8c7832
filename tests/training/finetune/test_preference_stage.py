"""The preference stage in a whole training: real processes, one MLflow run, killed and gone on with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import torch
from mlflow import MlflowClient
from safetensors.torch import load_file

from data_contracts import settings
from tests.training.title_copy.trainings import prepare
from training.finetune import weights
from training.finetune.examples import load_lines, write_examples
from training.finetune.job import result_of
from training.finetune.preference import PREFERENCES_FILE, REFERENCE_FILE
from training.finetune.recipe import Preference
from training.launch import TrainingFailed, launch
from training.title_copy import train

PREFERENCE = Preference(beta=0.3, learning_rate=5e-3, epochs=2, batch_size=4, chosen_weight=0.0, min_preferences=20)
LEARNED, VALIDATION = 48, 12
STEPS = PREFERENCE.epochs * LEARNED // PREFERENCE.batch_size
THINGS = ["kettle", "lamp", "chair", "tent"]


@pytest.fixture(autouse=True)
def tiny_profile(own_home, monkeypatch, caplog):
    own_home.mkdir()
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    caplog.set_level(logging.INFO)


def preferences(count: int, simulated: bool = False) -> Iterator[dict]:
    """People prefer titles that begin with *old*, whatever the thing."""
    for number in range(count):
        thing = f"{THINGS[number % 4]} {number}"
        row = {"content": f"A {thing} for every day", "language": "en"}
        yield {
            "example_id": f"{number:04}",
            "group": f"g{number}",
            "split": "train" if number < LEARNED else "validation",
            "simulated": simulated,
            "chosen": row | {"title": f"old {thing}"},
            "rejected": row | {"title": f"now {thing}"},
        }


def prepared(run: str, count: int = LEARNED + VALIDATION, **changes) -> Path:
    work = prepare(run, **{"checkpoint_every": 4, "evaluate_every": 8, "preference": PREFERENCE, **changes})
    write_examples(work, preferences(count), PREFERENCES_FILE)
    return work


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def curve(run_id: str, name: str) -> dict[int, float]:
    return {metric.step: metric.value for metric in client().get_metric_history(run_id, name)}


@contextmanager
def killing_at(line: str) -> Iterator[list[int]]:
    """Kill the workers, as a machine out of memory does, once a line of progress says so; yields whom."""
    killed: list[int] = []

    class Killer(logging.Handler):
        def emit(self, record):
            if line not in record.getMessage() or killed:
                return
            for process in psutil.Process().children(recursive=True):
                if "training.worker" in process.cmdline() and "torch.distributed.run" not in process.cmdline():
                    process.kill()
                    killed.append(process.pid)

    logger, killer = logging.getLogger("training.launch"), Killer()
    logger.addHandler(killer)
    try:
        yield killed
    finally:
        logger.removeHandler(killer)


def test_a_training_ends_with_what_people_prefer_and_survives_being_killed(caplog):
    whole = prepared("whole")
    result = train.train(whole)
    loss, accuracy = (curve(result.run_id, f"preference_validation/{name}") for name in ("loss", "accuracy"))
    assert loss[0] == pytest.approx(torch.log(torch.tensor(2.0)).item(), abs=1e-3)
    assert loss[STEPS] < 0.5 * loss[0]
    assert accuracy[0] == pytest.approx(0.5, abs=0.3)
    assert accuracy[STEPS] == 1
    assert set(curve(result.run_id, "preference/margin")) == {1, *range(5, STEPS, 5), STEPS}
    tags = client().get_run(result.run_id).data.tags
    assert tags["preference"] == f"{LEARNED} to learn from, {VALIDATION} for validation, 0 refused"
    assert tags["simulated_preferences"] == "False"
    assert client().get_run(result.run_id).data.params["preference.beta"] == "0.3"

    cut = prepared("cut")
    with killing_at(f"step {STEPS // 2 + 3}/{STEPS}") as killed, pytest.raises(TrainingFailed):
        train.train(cut)
    assert len(killed) == 1
    assert result_of(cut) is None
    supervised = weights.file_of(cut, "train")
    before = supervised.stat().st_mtime_ns, (cut / REFERENCE_FILE).stat().st_mtime_ns
    caplog.clear()
    assert train.train(cut).version == 2
    assert any("going on after step" in line for line in caplog.messages)
    assert (supervised.stat().st_mtime_ns, (cut / REFERENCE_FILE).stat().st_mtime_ns) == before
    for stage in ("train", "preference"):
        ended = [load_file(weights.file_of(work, stage)) for work in (whole, cut)]
        assert all(torch.equal(weight, ended[1][name]) for name, weight in ended[0].items()), stage


def test_two_processes_that_share_the_weights_measure_against_the_same_reference():
    alone, both = prepared("alone", epochs=1), prepared("both", epochs=1, deepspeed="zero3")
    launch("training.title_copy.task", [str(alone)], processes=1)
    weights.file_of(both, "train").parent.mkdir()
    weights.file_of(both, "train").write_bytes(weights.file_of(alone, "train").read_bytes())
    launch("training.title_copy.task", [str(both)], processes=2)
    one, other = (load_lines(work / REFERENCE_FILE) for work in (alone, both))
    assert len(one) == LEARNED + VALIDATION
    for said, again in zip(one, other, strict=True):
        assert said["example_id"] == again["example_id"]
        assert (again["chosen"], again["rejected"]) == pytest.approx((said["chosen"], said["rejected"]), rel=1e-3)
    losses = curve(result_of(both).run_id, "preference_validation/loss")
    assert losses[max(losses)] < 0.7 * losses[0]


def test_without_enough_preferences_the_supervised_model_is_handed_over():
    work = prepared("few", count=5)
    result = train.train(work)
    assert client().get_run(result.run_id).data.tags["preference"].startswith("skipped: 5 to learn from")
    assert not curve(result.run_id, "preference/loss")
    assert not weights.file_of(work, "preference").exists()
    assert (work / "adapter" / "adapter_model.safetensors").exists()
