from dataclasses import replace

import pytest
from pydantic import ValidationError

from data_contracts.catalog import TITLE_COPY
from data_contracts.errors import NotBetterThanChampion
from training.finetune.job import JUDGED_FILE, Job, Result, finish, folder_of, judging, result_of
from training.finetune.recipe import Preference
from training.title_copy.recipes import TitleRecipe, tiny

JOB = Job("night 1", tiny(), "lake", 7, "ab" * 32, {"train": 3, "validation": 1, "held_out": 2}, "tiny-qwen2")


def test_a_job_is_read_back_as_it_was_written(tmp_path):
    job = replace(JOB, recipe=replace(tiny(), preference=Preference(beta=0.3)))
    job.write(tmp_path)
    assert Job.read(tmp_path, TitleRecipe) == job
    assert Job.read(tmp_path, TitleRecipe).recipe.preference.beta == 0.3


def test_a_recipe_of_another_code_is_refused_with_the_field_that_does_not_fit(tmp_path):
    JOB.write(tmp_path)
    kept = (tmp_path / "job.json").read_text()
    (tmp_path / "job.json").write_text(kept.replace('"rank": 4', '"rank": "four"'))
    with pytest.raises(ValidationError, match="rank"):
        Job.read(tmp_path, TitleRecipe)


def test_a_run_key_gives_one_folder_on_every_attempt():
    assert folder_of(TITLE_COPY, "scheduled__2026-11-21T00:00:00+00:00") == folder_of(
        TITLE_COPY, "scheduled__2026-11-21T00:00:00+00:00"
    )
    assert folder_of(TITLE_COPY, "a/../b").parent == folder_of(TITLE_COPY, "c").parent


def test_a_training_is_finished_once_its_result_is_there(tmp_path):
    assert result_of(tmp_path) is None
    finish(tmp_path, Result("abc", 3))
    assert result_of(tmp_path) == Result("abc", 3)


def test_a_training_is_judged_when_the_gate_has_spoken_and_not_when_it_failed(tmp_path):
    with pytest.raises(RuntimeError), judging(tmp_path):
        raise RuntimeError("MLflow does not answer")
    assert not (tmp_path / JUDGED_FILE).exists()
    with pytest.raises(NotBetterThanChampion), judging(tmp_path):
        raise NotBetterThanChampion("no better")
    assert (tmp_path / JUDGED_FILE).exists()
