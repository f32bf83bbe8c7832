import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from data_contracts.errors import NothingToDo
from data_contracts.settings import REPOSITORY
from tests.training.title_copy.trainings import prepare, sample_pairs
from training.finetune.examples import load_lines, read_examples
from training.finetune.job import Job, mark_judged, newest_judged
from training.finetune.preference import PREFERENCES_FILE
from training.title_copy import train
from training.title_copy.recipes import TitleRecipe, tiny


def test_a_training_pins_its_pairs(lake):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    work = train.prepare("night 1", tiny(), lake)
    kept = (work / "examples.jsonl").read_bytes()
    lake.write(CONTENT_TITLE_PAIRS, [sample_pairs()[0] | {"pair_id": "0" * 16}], "run")

    assert train.prepare("night 1", tiny(), lake) == work
    assert (work / "examples.jsonl").read_bytes() == kept
    assert Job.read(work, TitleRecipe).dataset_version == lake.version(CONTENT_TITLE_PAIRS) - 1
    assert sum(Job.read(work, TitleRecipe).counts.values()) == len(sample_pairs())


def test_validation_is_whole_groups_of_the_training_part_and_nothing_else_moves(lake):
    work = prepare("night 1")
    rows = read_examples(work)
    sides = {
        split: {row["group"] for row in rows if row["split"] == split} for split in Job.read(work, TitleRecipe).counts
    }
    assert min(len(groups) for groups in sides.values()) > 0
    assert not sides["train"] & sides["validation"]
    held_out = {pair["pair_id"] for pair in sample_pairs() if pair["split"] == "held_out"}
    assert {row["example_id"] for row in rows if row["split"] == "held_out"} == held_out


def clicked(pair: dict) -> dict:
    """The pair as one that won among people, against a title that says less."""
    counts = {"impressions": 400, "clicks": 40, "click_rate": 0.1}
    lost = {"title": pair["title"].split(" ")[-1] * 2, "impressions": 400, "clicks": 4, "click_rate": 0.01}
    return pair | {"shown": {"title": pair["title"], **counts}, "rejected": [lost]}


def test_what_people_preferred_is_pinned_too_and_new_clicks_are_new_data(lake):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    before = train.prepare("night 1", tiny(), lake)
    mark_judged(before)
    assert load_lines(before / PREFERENCES_FILE) == []
    english = [pair for pair in sample_pairs() if pair["language"] == "en"]
    lake.write(CONTENT_TITLE_PAIRS, [clicked(pair) for pair in english], "run")
    work = train.prepare("night 2", tiny(), lake)
    preferences = load_lines(work / PREFERENCES_FILE)
    rows = {row["title"]: row for row in read_examples(work)}
    learned = {title for title, row in rows.items() if row["split"] != "held_out" and row["language"] == "en"}
    assert {each["chosen"]["title"] for each in preferences} == learned
    assert {each["split"] for each in preferences} == {"train", "validation"}
    assert all(rows[each["chosen"]["title"]]["split"] == each["split"] for each in preferences)


def test_a_file_of_pairs_is_prepared_once(tmp_path, own_home):
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(f"{json.dumps(pair, default=str)}\n" for pair in sample_pairs()), encoding="utf-8")
    work = train.prepare_file("shell", tiny(), file)
    file.unlink()
    assert train.prepare_file("shell", tiny(), file) == work
    assert Job.read(work, TitleRecipe).source == str(file)


def test_only_a_judged_training_makes_another_needless(lake):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    work = train.prepare("night 1", tiny(), lake)
    train.prepare("night 2", tiny(), lake)  # the first may have failed before the gate
    mark_judged(work)
    assert newest_judged(TITLE_COPY, TitleRecipe) == Job.read(work, TitleRecipe)
    with pytest.raises(NothingToDo, match="night 1"):
        train.prepare("night 3", tiny(), lake)
    train.prepare("night 4", replace(tiny(), epochs=2), lake)  # another recipe is another training


def test_another_serving_model_is_a_reason_to_train_again(lake, monkeypatch):
    lake.write(CONTENT_TITLE_PAIRS, sample_pairs(), "run")
    mark_judged(train.prepare("night 1", tiny(), lake))
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    assert Job.read(train.prepare("night 2", tiny(), lake), TitleRecipe).serving_model == "tiny-qwen2"


def test_the_newest_verdict_counts():
    first, second = prepare("first"), prepare("second")
    mark_judged(first)
    mark_judged(second)
    os.utime(second / "judged", (0, 0))
    assert newest_judged(TITLE_COPY, TitleRecipe).run == "first"


def test_the_command_says_what_it_takes():
    command = [sys.executable, "-m", "training.title_copy.train", "--help"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0
    assert "{qwen2_5_7b,qwen2_5_7b_zero3,embedded,embedded_preferred,tiny}" in done.stdout
