"""Trainings of two real processes that are killed, and find their checkpoints broken and their disk full."""

import json
import logging
from collections import Counter
from pathlib import Path

import pytest
import torch
from mlflow import MlflowClient
from safetensors.torch import load_file

from data_contracts import settings
from tests.training.title_copy.trainings import prepare
from training.finetune.examples import encode, read_examples
from training.finetune.job import result_of
from training.launch import TrainingFailed, launch
from training.title_copy.recipes import tiny
from training.title_copy.task import TitleTask

# A step takes ten examples: with the last nine both processes still have some, and none is repeated.
CHANGES = {"batch_size": 5, "epochs": 1, "checkpoint_every": 2, "evaluate_every": 3}
STEPS = 9
SAME_LOSS = 1e-3

# Who is killed, and when, as tests/training/finetune/watched.py has it; one after the other in one training.
KILLS = {
    "zero2": [
        ("0", "4"),
        ("1", "open:zero_pp_rank_1"),
        ("all", "os.rename:best.partial"),
        ("1", "3"),
        ("0", "shutil.rmtree:step-000002"),
    ],
    "zero3": [("1", "5"), ("all", "os.rename:/partial"), ("all", "2")],
}


@pytest.fixture(scope="module", params=KILLS)
def whole(request, tmp_path_factory):
    """An uninterrupted training, in a home that all tests of this module share."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_HOME", str(home))
        patch.setenv("COVERLOOP_PROFILE", "tiny")
        work = prepare("whole", deepspeed=request.param, **CHANGES)
        train(work)
    return work


@pytest.fixture
def home(whole, monkeypatch):
    monkeypatch.setenv("COVERLOOP_HOME", str(whole.parents[2]))
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")


def train(work: Path, *mishap: str) -> None:
    arguments = [str(work), "training.title_copy.task", "TitleTask", *mishap]
    launch("tests.training.finetune.watched", arguments, processes=2)


def stage_of(work: Path) -> str:
    return json.loads((work / "job.json").read_text())["recipe"]["deepspeed"]


def watched(work: Path) -> list[dict]:
    return [json.loads((work / f"watched-{rank}.json").read_text()) for rank in (0, 1)]


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def run_of(work: Path):
    return client().get_run((work / "mlflow_run").read_text())


def curve(work: Path, name: str) -> list[tuple[int, float]]:
    points = client().get_metric_history((work / "mlflow_run").read_text(), name)
    return sorted((point.step, point.value) for point in points)


def assert_ended_like(whole: Path, work: Path) -> None:
    expected, ended = curve(whole, "validation/loss"), curve(work, "validation/loss")
    assert [step for step, _ in ended] == [step for step, _ in expected]  # and none of them twice
    assert ended == [(step, pytest.approx(loss, abs=SAME_LOSS)) for step, loss in expected]
    assert result_of(work)
    weights = load_file(work / "adapter" / "adapter_model.safetensors")
    for name, weight in load_file(whole / "adapter" / "adapter_model.safetensors").items():
        assert torch.equal(weight, weights[name]), name


def break_newest(work: Path) -> Path:
    newest = max(work.glob("checkpoints-*/step-*"))
    torn = max(newest.glob("*optim_states.pt"))
    content = bytearray(torn.read_bytes())
    content[len(content) // 2] ^= 0xFF
    torn.write_bytes(content)
    return newest


def test_two_processes_train_through_deepspeed_and_share_everything(whole, home):
    first, second = watched(whole)
    for each in (first, second):
        assert (each["engine"], each["processes"], f"zero{each['stage']}") == ("DeepSpeedEngine", 2, stage_of(whole))
    # Two moments of each trained weight, half of them in each process, padded to equal parts.
    moments = 2 * first["trained"]
    for each in (first, second):
        assert moments / 2 <= each["held"]["optimizer_elements"] <= moments / 2 * 1.1
    if stage_of(whole) == "zero3":
        for each in (first, second):
            assert each["held"]["weight_elements"] == pytest.approx(each["weights"] / 2, rel=0.05)
    rows = (encode(TitleTask().encoder(tiny(), whole), row, 4096) for row in read_examples(whole, "train"))
    expected = Counter(tuple(row.ids) for row in rows)
    shares = [Counter(strip(ids) for ids in each["seen"]) for each in (first, second)]
    assert sum(map(len, shares)) == len(expected)
    assert shares[0] + shares[1] == expected
    assert len(client().search_runs([run_of(whole).info.experiment_id])) == 1
    assert run_of(whole).data.params["processes"] == "2"


def strip(ids: str) -> tuple[int, ...]:
    """Token ids without their padding."""
    values, pad = json.loads(ids), TitleTask().encoder(tiny(), Path()).tokenizer.pad_token_id
    while values[-1] == pad:
        values.pop()
    return tuple(values)


def test_whoever_is_killed_whenever_the_training_ends_as_if_nothing_had_happened(whole, home, caplog):
    caplog.set_level(logging.INFO)
    stage = stage_of(whole)
    work = prepare(f"killed {stage}", deepspeed=stage, **CHANGES)
    for victims, moment in KILLS[stage]:
        with pytest.raises(TrainingFailed):
            train(work, victims, moment)
        assert result_of(work) is None
    broken = break_newest(work)
    caplog.clear()
    train(work)
    before = int(broken.name.removeprefix("step-")) - CHANGES["checkpoint_every"]
    assert f"going on after step {before} of {STEPS}" in caplog.messages
    assert f"{broken} is not whole" in caplog.text
    assert_ended_like(whole, work)
    assert run_of(work).info.status == "FINISHED"
    assert not list(work.glob("checkpoints-*"))


def test_a_full_disk_is_a_clear_error_and_a_retry_with_room_goes_on(whole, home, caplog):
    caplog.set_level(logging.INFO)
    stage = stage_of(whole)
    work = prepare(f"full {stage}", deepspeed=stage, **CHANGES)
    with pytest.raises(TrainingFailed, match=r"no room for the checkpoint of step 6 at .*goes on from step-000004"):
        train(work, "1", "small:6")
    assert run_of(work).info.status == "FAILED"
    assert "DiskFull" in run_of(work).data.tags["failure"]
    (folder,) = work.glob("checkpoints-*")
    assert [each.name for each in sorted(folder.glob("[ps]*"))] == ["step-000002", "step-000004"]
    caplog.clear()
    train(work)
    assert f"going on after step 4 of {STEPS}" in caplog.messages
    assert_ended_like(whole, work)
