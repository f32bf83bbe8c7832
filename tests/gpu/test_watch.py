"""In-context retrieval on a GPU: the numbers of a small model, the speed of one of seven billion weights.

Opt in with ``pytest -m gpu tests/gpu``; the figures go into ``tests/benchmarks/results``. The other tests of
this file run the same code with small shapes on a CPU each time.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from data_contracts.settings import REPOSITORY
from inference.watch import Session
from inference.watch.models import VisionLanguage
from tests.benchmarks import bench_watch
from tests.benchmarks.measurement import Row
from tests.benchmarks.watch.full_cache import FullCache
from tests.benchmarks.watch.shapes import SEVEN_BILLION, SMALL
from tests.benchmarks.watch.sides import SIDES, run
from tests.inference.watch import small

RESULTS = REPOSITORY / "tests" / "benchmarks" / "results"
FRAMES = 20
TOLERANCE = 1e-4
QUESTION = "What is it?"


def check_numbers(model: VisionLanguage, folder: Path) -> None:
    """A window over everything equals full attention, in one frame a forward and in several; a session taken up
    again answers as before, bit for bit."""
    frames, times = small.frames(FRAMES), small.times(FRAMES)
    full = FullCache(model, FRAMES, len(QUESTION) + 64)
    full.see_all(frames)
    wanted = full.read(QUESTION)
    for chunk in (1, 8):
        with Session(model, folder / str(chunk), small.AMPLE, FRAMES, FRAMES, chunk_frames=chunk) as session:
            session.see_all(frames, times)
            logits, _ = session.read(QUESTION)
            assert (logits - wanted).abs().max() <= TOLERANCE
            assert wanted.abs().max() > 1
    with Session(model, folder / "kept", small.AMPLE, window_frames=4, retrieve_blocks=3) as session:
        session.see_all(frames, times)
        session.save()
        logits, retrieved = session.read(QUESTION)
    with Session.load(model, folder / "kept") as session:
        again, same = session.read(QUESTION)
    assert torch.equal(again, logits)
    assert same == retrieved
    assert [len(blocks) for blocks in same] == [3] * small.LAYERS


def check_table(rows: list[Row], minutes: tuple[float, ...]) -> None:
    assert [(row["side"], row["minutes"]) for row in rows] == [(side, each) for each in minutes for side in SIDES]
    assert all(math.isfinite(value) and value >= 0 for row in rows for name, value in row.items() if name != "side")
    assert all(row["frames/s"] > 0 and row["first word s"] > 0 for row in rows)
    ours = [row for row in rows if row["side"] == "ReKV"]
    kept = [row for row in rows if row["side"] == "kept full cache"]
    assert kept[-1]["device MB"] > kept[0]["device MB"]
    assert ours[-1]["device MB"] < kept[-1]["device MB"]
    assert ours[-1]["offloaded GB/h"] > 0


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
@pytest.mark.parametrize("name", small.MAKERS)
def test_the_numbers_of_small_models(name, tmp_path):
    model = small.MAKERS[name]()
    model.model.to("cuda")
    check_numbers(model, tmp_path)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_the_speed_of_seven_billion_weights(capsys):
    rows = bench_watch.compare("SEVEN_BILLION", bench_watch.MINUTES, "cuda")
    RESULTS.mkdir(parents=True, exist_ok=True)
    table = {"device": torch.cuda.get_device_name(), "rows": [*rows, bench_watch.PUBLISHED]}
    (RESULTS / "watch_7b.json").write_text(json.dumps(table, indent=2) + "\n")
    with capsys.disabled():
        for row in table["rows"]:
            print(row)  # noqa: T201
    ours = [row for row in rows if row["side"] == "ReKV"]
    assert len(ours) == len(bench_watch.MINUTES)
    assert ours[-1]["device MB"] <= 1.01 * ours[-2]["device MB"]


@pytest.mark.parametrize("name", small.MAKERS)
def test_the_same_numbers_on_a_cpu(name, tmp_path):
    check_numbers(small.MAKERS[name](), tmp_path)


def test_the_same_table_with_a_small_model():
    minutes = (1.0, 8.0)
    measured = {side: run(side, "SMALL", list(minutes), "cpu") for side in SIDES}
    check_table(bench_watch.tabulate(minutes, measured), minutes)


def test_a_side_runs_in_a_process_of_its_own():
    (row,) = bench_watch.compare("SMALL", (0.5,), "cpu", sides=("ReKV",))
    assert row.keys() == bench_watch.PUBLISHED.keys()
    assert row["frames/s"] > 0


def test_a_block_has_the_published_shape():
    """11.2 MB a frame: 28 layers × 4 heads × 128 numbers × keys and values × 2 bytes × 196 tokens, 20 GB per hour."""
    with torch.device("meta"):
        model = SEVEN_BILLION.build("meta")
    block = model.block_shape()
    assert (block.layers, block.kv_heads, block.tokens, block.head_dim) == (28, 4, 196, 128)
    assert block.bytes == 28 * 4 * 128 * 2 * 2 * 196
    weights = sum(weight.numel() for weight in model.model.parameters())
    assert 7.9e9 < weights < 8.2e9


@pytest.mark.parametrize("shape", [SMALL, SEVEN_BILLION], ids=lambda shape: shape.name)
def test_frames_are_of_the_towers_size(shape):
    side = shape.vision["image_size"]
    frames = shape.frames()
    assert (frames.shape[1:], frames.dtype) == ((side, side, 3), np.uint8)
