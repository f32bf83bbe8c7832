"""The layout model trained for real: two processes through DeepSpeed, and all of the command, to the gate."""

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from data_contracts.errors import NothingToDo
from inference.media.picture import read_picture
from inference.models import registry
from inference.models.layout_model import LayoutModel
from tests.training.layout.trainings import prepare
from training.corpora.layout_annotations.rendered import add_rendered
from training.finetune.examples import encode, read_examples
from training.finetune.job import Job, mark_judged, result_of
from training.launch import launch
from training.layout import train
from training.layout.examples import annotation_of, ask
from training.layout.recipes import Recipe, tiny
from training.layout.task import LayoutTask


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("posters")


@pytest.fixture
def tiny_profile(monkeypatch) -> None:
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")


@pytest.mark.parametrize("stage", [2, 3])
def test_two_processes_train_through_deepspeed_and_share_everything(stage, shelf, tiny_profile):
    work = prepare("night", shelf, deepspeed=f"zero{stage}", evaluate_every=100)
    launch("tests.training.finetune.watched", [str(work), "training.layout.task", "LayoutTask"], processes=2)
    first, second = (json.loads((work / f"watched-{rank}.json").read_text()) for rank in (0, 1))
    moments = 2 * first["trained"]  # two of each trained weight, half of them in each process
    for each in (first, second):
        assert (each["engine"], each["processes"], each["stage"]) == ("DeepSpeedEngine", 2, stage)
        assert moments / 2 <= each["held"]["optimizer_elements"] <= moments / 2 * 1.1
        if stage == 3:
            assert each["held"]["weight_elements"] == pytest.approx(each["weights"] / 2, rel=0.05)
    encoder = LayoutTask().encoder(tiny(), work)
    expected = Counter(encode(encoder, row, 4096).ids for row in read_examples(work, "train"))
    shares = [Counter(strip(ids) for ids in each["seen"]) for each in (first, second)]
    assert shares[0] + shares[1] >= expected
    assert sum((shares[0] & shares[1]).values()) <= 1  # a last batch is filled up
    LayoutModel(registry.fetch(LAYOUT, result_of(work).version))


def strip(ids: str) -> tuple[int, ...]:
    """Token ids without their padding, which is never the last token of an answer."""
    values = json.loads(ids)
    while values[-1] == values_pad():
        values.pop()
    return tuple(values)


def values_pad() -> int:
    return LayoutTask().encoder(tiny(), Path())._reader.tokenizer.pad_token_id


def test_the_command_goes_from_posters_to_the_gate(tiny_profile, monkeypatch, caplog):
    monkeypatch.setattr(sys, "argv", ["train", "tiny", "--posters", "48", "--run", "by hand"])
    with caplog.at_level("INFO"):
        train.main()
    work = settings.load().home / "runs" / "layout" / "by_hand"
    result = result_of(work)
    assert (work / "judged").exists()
    assert "kept_clear" in caplog.text
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    run = client.get_run(result.run_id)
    held_out = read_examples(work, "held_out")
    assert run.data.metrics["held_out/posters"] == len(held_out)
    assert run.data.metrics["held_out/trained/retention"] == 1.0  # whatever was learned
    assert {"train/loss", "validation/loss"} <= run.data.metrics.keys()
    artifacts = {file.path for file in client.list_artifacts(result.run_id, "evaluation")}
    assert {"evaluation/evaluation.md", "evaluation/layouts-1.png"} <= artifacts
    again = LayoutModel(registry.fetch(LAYOUT, result.version))
    row = held_out[0]
    annotation = annotation_of(row)
    (layout,) = again.propose(read_picture(work / row["picture"]), ask(annotation, row["example_id"]))
    assert sorted(block.text for block in layout.blocks) == sorted(block.text for block in annotation.blocks)


def test_the_lake_s_version_is_pinned_and_the_same_posters_are_trained_on_once(lake):
    add_rendered(lake, 32, "run")
    rows = lake.read(LAYOUT_ANNOTATIONS).to_pylist()  # of few posters chance may hold out too few
    sides = [row | {"split": "train" if number % 4 else "held_out"} for number, row in enumerate(rows)]
    lake.write(LAYOUT_ANNOTATIONS, sides, "run")
    work = train.prepare("night 1", tiny(), lake)
    job = Job.read(work, Recipe)
    assert job.dataset_version == lake.version(LAYOUT_ANNOTATIONS) == lake.tagged(LAYOUT_ANNOTATIONS, "layout-night_1")
    assert sum(job.counts.values()) == 32
    assert min(job.counts.values()) > 0
    assert train.prepare("night 1", tiny(), lake) == work
    mark_judged(work)
    with pytest.raises(NothingToDo, match="night 1 trained tiny on the same posters"):
        train.prepare("night 2", tiny(), lake)
    train.prepare("night 3", replace(tiny(), epochs=2), lake)


def test_too_few_posters_are_nothing_to_do(lake):
    add_rendered(lake, 3, "run")
    with pytest.raises(NothingToDo, match="at least 20 and 6 are needed: land or render more"):
        train.prepare("night", tiny(), lake)
    with pytest.raises(NothingToDo, match="the renderer's first 3 posters"):
        train.prepare_rendered("day", tiny(), 3)


def test_only_choices_are_scored_and_the_picture_is_in_the_prompt(shelf):
    work = prepare("encoded", shelf)
    encoder = LayoutTask().encoder(tiny(), work)
    row = read_examples(work, "train")[0]
    example, later = encoder.encode(row), encoder.encode(row, epoch=1)
    assert example.ids != later.ids
    assert encoder.encode(row).ids == example.ids
    held_out = read_examples(work, "held_out")[0]
    assert encoder.encode(held_out).ids == encoder.encode(held_out, epoch=1).ids
    assert example.answer_start <= min(example.choices)
    assert example.weight < (len(example.ids) - example.answer_start) / 2
    batch = encoder.collate([[example], [later]], "cpu")
    assert (batch["labels"] != -100).sum() == example.weight + later.weight
    tokens = np.prod(example.picture.shape[:2]) // 28**2
    assert batch["mm_token_type_ids"][0].sum() == tokens
    assert len(batch["pixel_values"]) == 2 * 4 * tokens
