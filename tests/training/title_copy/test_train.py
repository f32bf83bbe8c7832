import os
import subprocess
import sys
from dataclasses import replace

import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS
from data_contracts.errors import NothingToDo
from data_contracts.settings import REPOSITORY
from tests.training.title_copy.trainings import prepare, sample_pairs
from training.title_copy import train
from training.title_copy.job import Job, mark_judged, newest_judged
from training.title_copy.recipes import tiny


def test_a_training_pins_its_pairs(lake):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    work = train.prepare("night 1", tiny(), lake)
    kept = (work / "pairs.jsonl").read_bytes()
    lake.write(CONTENT_TITLE_PAIRS, [sample_pairs()[0] | {"pair_id": "0" * 16}], "run")

    assert train.prepare("night 1", tiny(), lake) == work
    assert (work / "pairs.jsonl").read_bytes() == kept
    assert Job.read(work).dataset_version == lake.version(CONTENT_TITLE_PAIRS) - 1
    assert Job.read(work).train_pairs + Job.read(work).held_out_pairs == len(sample_pairs())


def test_only_a_judged_training_makes_another_needless(lake):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    work = train.prepare("night 1", tiny(), lake)
    train.prepare("night 2", tiny(), lake)  # the first may have failed before the gate
    mark_judged(work)
    assert newest_judged() == Job.read(work)
    with pytest.raises(NothingToDo, match="night 1"):
        train.prepare("night 3", tiny(), lake)
    train.prepare("night 4", replace(tiny(), epochs=2), lake)  # another recipe is another training


def test_another_serving_model_is_a_reason_to_train_again(lake, monkeypatch):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    mark_judged(train.prepare("night 1", tiny(), lake))
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    assert Job.read(train.prepare("night 2", tiny(), lake)).serving_model == "tiny-qwen2"


def test_the_newest_verdict_counts():
    first, second = prepare("first"), prepare("second")
    mark_judged(first)
    mark_judged(second)
    os.utime(second / "judged", (0, 0))
    assert newest_judged().run == "first"


def test_the_command_says_what_it_takes():
    command = [sys.executable, "-m", "training.title_copy.train", "--help"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0
    assert "{qwen2_5_7b,embedded,tiny}" in done.stdout
