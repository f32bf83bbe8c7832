import logging
import math
from dataclasses import replace

import psutil
import pytest
import torch
from mlflow import MlflowClient
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from data_contracts import settings
from data_contracts.catalog import TITLE_COPY
from inference.models import pretrained
from tests.training.title_copy.trainings import prepare, sample_pairs
from training.launch import TrainingFailed, launch
from training.title_copy import train
from training.title_copy.examples import IGNORED, Example, collate
from training.title_copy.job import result_of
from training.title_copy.loop import TitleLoss, _with_adapter, learning_rate_share
from training.title_copy.recipes import tiny

EPOCHS = 4
BATCH = tiny().batch_size


@pytest.fixture(autouse=True)
def tiny_profile(own_home, monkeypatch):
    own_home.mkdir()
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")


class Killer(logging.Handler):
    """Kills the workers, as a machine out of memory does, once a line of progress says so."""

    def __init__(self, line: str):
        super().__init__()
        self.line = line
        self.killed = 0

    def emit(self, record):
        if self.line not in record.getMessage() or self.killed:
            return
        for process in psutil.Process().children(recursive=True):
            if "training.title_copy.loop" in process.cmdline() and "torch.distributed.run" not in process.cmdline():
                process.kill()
                self.killed += 1


@pytest.fixture
def training_log():
    logger = logging.getLogger("training.launch")
    logger.setLevel(logging.INFO)
    handlers = list(logger.handlers)
    yield logger
    logger.handlers = handlers


def steps_of_an_epoch() -> int:
    return math.ceil(sum(pair["split"] == "train" for pair in sample_pairs()) / BATCH)


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def all_runs() -> list:
    return client().search_runs([each.experiment_id for each in client().search_experiments()])


def test_a_killed_training_goes_on_and_ends_as_if_nothing_had_happened(caplog, training_log):
    caplog.set_level(logging.INFO)
    steps = EPOCHS * steps_of_an_epoch()
    whole = prepare("whole", epochs=EPOCHS)
    assert train.train(whole).version == 1

    cut = prepare("cut", epochs=EPOCHS)
    killer = Killer(f"step 25/{steps}")
    training_log.addHandler(killer)
    with pytest.raises(TrainingFailed, match="exit status"):
        train.train(cut)
    training_log.removeHandler(killer)
    assert killer.killed == 1
    assert result_of(cut) is None

    newest = max(cut.glob("checkpoints-*/step-*"))
    torn = next(newest.glob("*model_states.pt"))
    content = bytearray(torn.read_bytes())
    content[len(content) // 2] ^= 0xFF
    torn.write_bytes(content)

    caplog.clear()
    result = train.train(cut)
    before = int(newest.name.removeprefix("step-")) - tiny().checkpoint_every
    assert f"{newest} is not whole; looking for the one before" in caplog.messages
    assert f"going on after step {before} of {steps}" in caplog.messages
    assert load_file(cut / "adapter" / "adapter_model.safetensors").keys()
    for name, weight in load_file(whole / "adapter" / "adapter_model.safetensors").items():
        assert torch.equal(weight, load_file(cut / "adapter" / "adapter_model.safetensors")[name]), name

    run = client().get_run(result.run_id)
    assert (len(all_runs()), run.info.status, run.data.tags["run"]) == (2, "FINISHED", "cut")
    logged = {metric.step: metric.value for metric in client().get_metric_history(result.run_id, "loss")}
    assert {*range(5, steps, 5), steps} == set(logged)
    assert logged[steps] < logged[5]
    assert not list(cut.glob("checkpoints-*"))

    caplog.clear()
    assert train.train(cut) == result  # nothing is left to do
    assert not caplog.messages


def test_two_processes_share_the_data_and_one_run(caplog, training_log):
    caplog.set_level(logging.INFO)
    steps = steps_of_an_epoch()
    work = prepare("two", batch_size=BATCH // 2)
    launch("training.title_copy.loop", [str(work)], processes=2)

    (run,) = all_runs()
    assert run.info.run_id == result_of(work).run_id
    assert run.data.params["processes"] == "2"
    assert f"step {steps}/{steps} loss" in " ".join(caplog.messages)  # half a batch for each process
    (version,) = client().search_model_versions(f"name = '{TITLE_COPY.name}'")
    assert version.run_id == run.info.run_id
    assert {file.name for file in (work / "adapter").iterdir()} >= {"adapter_config.json", "adapter_model.safetensors"}


def test_the_loss_is_the_cross_entropy_of_the_title_alone():
    model = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY))
    batch = collate([Example(tuple(range(40, 60)), 12), Example(tuple(range(70, 100)), 25)], 0, "cpu")
    adapted = _with_adapter(model, tiny()).eval()
    with torch.no_grad():
        logits = adapted(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        expected = torch.nn.functional.cross_entropy(
            logits[:, :-1].flatten(0, 1), batch["labels"][:, 1:].flatten(), ignore_index=IGNORED
        )
        assert torch.allclose(TitleLoss(adapted)(**batch), expected)


def test_the_learning_rate_rises_in_a_line_and_falls_in_a_cosine():
    shares = [learning_rate_share(step, warmup=4, steps=24) for step in range(25)]
    assert shares[:4] == [0.25, 0.5, 0.75, 1.0]
    assert shares[4] == 1.0
    assert shares[14] == pytest.approx(0.5)
    assert shares[4:] == sorted(shares[4:], reverse=True)
    assert shares[24] == pytest.approx(0.0)


def test_the_adapter_names_its_base_and_trains_the_top_layers_only():
    model = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY))
    adapted = _with_adapter(model, replace(tiny(), top_layers=1))
    assert adapted.peft_config["default"].base_model_name_or_path == "tiny-qwen2"
    trained = {name for name, weight in adapted.named_parameters() if weight.requires_grad}
    assert trained
    assert all("lora_" in name and ".layers.1." in name for name in trained)
