"""Models of the shape of Qwen2.5-7B and Qwen2.5-VL-7B, trained on a GPU for some steps by our recipes and loop.

Opt in with ``pytest -m gpu tests/gpu``; the figures go into ``tests/benchmarks/results``. No GPU has been
at hand for these two yet: what has been run is the same code with tiny shapes on a CPU, which the
other tests of this file do each time.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from data_contracts.settings import REPOSITORY
from inference.models import layout_bases, pretrained
from tests.benchmarks.training import job as titles
from tests.gpu import random_weights, speed
from tests.gpu.random_weights import SEVEN_BILLION, TASKS, TOWER
from training.finetune.examples import count_splits, digest_of, write_examples
from training.finetune.job import Job
from training.finetune.recipe import Recipe
from training.launch import launch
from training.layout import recipes as layout_recipes
from training.layout.grounds import from_renderer
from training.title_copy import recipes as title_recipes

RESULTS = REPOSITORY / "tests" / "benchmarks" / "results"
MANY, FEW = 1000, 90
"""Pairs that make some fifteen steps of the recipe for seven billion weights; and of the tiny one eleven."""

MANY_POSTERS, FEW_POSTERS = 150, 24


def train(work: Path, name: str, recipe: Recipe, rows: list[dict[str, Any]]) -> speed.Speed:
    """One epoch on all rows, in one process; no evaluation, checkpoint or second stage between the steps."""
    steps = {"epochs": 1, "checkpoint_every": 10_000, "evaluate_every": 10_000, "patience": None, "preference": None}
    recipe = replace(recipe, **steps)
    rows = [{**row, "split": "train"} for row in rows]
    write_examples(work, rows)
    Job("speed", recipe, "generated", 0, digest_of(rows), count_splits(rows), recipe.model).write(work)
    launch(random_weights.__name__, [str(work), name])
    return speed.measure(TASKS[name](), work)


def train_titles(work: Path, recipe: Recipe, pairs: int, text: Mapping[str, Any]) -> speed.Speed:
    model = random_weights.write_shape(pretrained.TINY, text, {}, work / "model")
    return train(work, "title_copy", replace(recipe, model=str(model)), titles.rows(pairs))


def train_layouts(
    work: Path, recipe: Recipe, posters: int, text: Mapping[str, Any], vision: Mapping[str, Any]
) -> speed.Speed:
    model = random_weights.write_shape(layout_bases.TINY, text, vision, work / "model")
    return train(work, "layout", replace(recipe, model=str(model)), from_renderer(posters, work))


def check(measured: speed.Speed, weights: tuple[float, float]) -> None:
    assert weights[0] < measured.weights < weights[1]
    assert 0 < measured.trained_weights <= measured.weights
    assert measured.tokens_per_second > 0
    assert measured.peak_memory_gb > 0
    assert math.isfinite(measured.last_loss)
    assert measured.last_loss < measured.first_loss


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_a_title_model_of_seven_billion_weights(tmp_path):
    measured = train_titles(tmp_path, title_recipes.qwen2_5_7b(), MANY, SEVEN_BILLION)
    measured.write(RESULTS / "title_copy_7b.json")
    check(measured, (7.5e9, 7.8e9))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_a_layout_model_of_seven_billion_weights(tmp_path):
    recipe = layout_recipes.qwen2_5_vl_7b_zero2()
    measured = train_layouts(tmp_path, recipe, MANY_POSTERS, SEVEN_BILLION, TOWER)
    measured.write(RESULTS / "layout_7b.json")
    check(measured, (8.0e9, 8.6e9))


def test_the_same_with_a_tiny_title_model(tmp_path):
    measured = train_titles(tmp_path, title_recipes.tiny(), FEW, {})
    check(measured, (1e5, 2e5))
    measured.write(tmp_path / "results" / "figures.json")
    written = json.loads((tmp_path / "results" / "figures.json").read_text())
    assert written["recipe"] == "tiny"
    assert written["steps"] == math.ceil(FEW / title_recipes.tiny().batch_size)


def test_the_same_with_a_tiny_layout_model(tmp_path):
    check(train_layouts(tmp_path, layout_recipes.tiny(), FEW_POSTERS, {}, {}), (1e5, 4e5))


@pytest.mark.parametrize(
    ("name", "base", "vision", "recipe", "weights", "adapter"),
    [
        ("title_copy", pretrained.TINY, {}, title_recipes.qwen2_5_7b(), 7_615_616_512, 40_370_176),
        ("layout", layout_bases.TINY, TOWER, layout_recipes.qwen2_5_vl_7b(), 8_292_166_656, 40_370_176),
    ],
)
def test_the_large_shapes_have_the_published_numbers_of_weights(tmp_path, name, base, vision, recipe, weights, adapter):
    """Those of the hub's Qwen2.5-7B-Instruct and Qwen2.5-VL-7B-Instruct, and an adapter of rank 16 on every layer."""
    model = random_weights.write_shape(base, SEVEN_BILLION, vision, tmp_path / "model")
    outline = TASKS[name]().outline(replace(recipe, model=str(model)))
    trained = sum(weight.numel() for weight in outline.parameters() if weight.requires_grad)
    assert trained == adapter
    assert sum(weight.numel() for weight in outline.parameters()) - trained == weights


def test_operations_are_counted_as_torch_counts_them(tmp_path):
    """Of a forward pass, of which a whole step takes three; torch counts attention without its causal half."""
    recipe = replace(
        title_recipes.tiny(), model=str(random_weights.write_shape(pretrained.TINY, {}, {}, tmp_path / "m"))
    )
    task = TASKS["title_copy"]()
    model, encoder = task.load_model(recipe, torch.float32), task.encoder(recipe, tmp_path)
    example = encoder.encode(titles.rows(1)[0])
    with FlopCounterMode(display=False) as counter, torch.no_grad(), sdpa_kernel(SDPBackend.MATH):
        task.compute_token_losses(model, encoder.collate([[example]], "cpu"))
    config, length = model.config, len(example.ids)
    seen_twice = 2 * config.num_hidden_layers * config.hidden_size * length**2
    assert 3 * (counter.get_total_flops() - seen_twice) == pytest.approx(speed.count_flops(model, [example]), rel=0.02)
