"""``python -m training.corpora.content_title_pairs`` as a person would type it."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from data_contracts.settings import REPOSITORY
from training.corpora.content_title_pairs import __main__ as command
from training.corpora.content_title_pairs.folder import CARD, DROPPED, PAIRS

SAMPLE = REPOSITORY / "infra" / "samples" / "products.csv"
COMMAND = (sys.executable, "-m", "training.corpora.content_title_pairs")


def run(*arguments: str | Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["training.corpora.content_title_pairs", *map(str, arguments)])
        return command.main()


def test_three_files_tell_all(tmp_path):
    assert run("--products", SAMPLE, "--out", tmp_path / "a" / "b") == 0
    pairs, dropped = (pq.read_table(tmp_path / "a" / "b" / name) for name in (PAIRS, DROPPED))
    with open(SAMPLE, encoding="utf-8") as file:
        products = len(list(csv.DictReader(file)))
    assert pairs.num_rows + dropped.num_rows == products
    assert pairs.num_rows > dropped.num_rows > 0
    assert all(len(text) > 0 for name in ("rule", "reason") for text in dropped[name].to_pylist())
    assert "products.csv" in (tmp_path / "a" / "b" / CARD).read_text()
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == {PAIRS, DROPPED, CARD}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "there is no such file"),
        ("empty.csv", b"", "has no column product_id and no column title"),
        ("columns.csv", b"id,name\n1,Flask\n", "has no column product_id and no column title; it has id, name"),
        ("header.csv", b"product_id,title\n", "holds no product"),
        ("broken.parquet", b"PAR1 not really", "broken.parquet"),
    ],
)
def test_a_file_that_is_no_catalogue_is_said_and_leaves_nothing(tmp_path, capsys, name, content, said):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        run("--products", tmp_path / name, "--out", tmp_path / "out")
    assert stopped.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path, capsys):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SystemExit):
        run("--products", SAMPLE, "--out", tmp_path / "taken")
    assert "taken" in capsys.readouterr().err


def test_rows_that_are_no_products_are_dropped_with_their_reason(tmp_path):
    rows = 'product_id,title,description\n1,,no title\n,Steel flask,no id\n2,"a\ud800b",broken\n'
    (tmp_path / "products.csv").write_bytes(rows.encode("utf-8", "surrogatepass"))
    assert run("--products", tmp_path / "products.csv", "--out", tmp_path / "out") == 1
    dropped = pq.read_table(tmp_path / "out" / DROPPED).to_pylist()
    assert len(dropped) == 3
    assert {row["detail"] for row in dropped} >= {"title is missing", "product_id is missing"}


@pytest.mark.parametrize("moment", ["at once", "between two files"])
def test_a_killed_build_leaves_no_half_file_and_starting_again_gives_the_same(tmp_path, moment):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    run("--products", SAMPLE, "--out", whole)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen([*COMMAND, "--products", SAMPLE, "--out", killed], env=environment, cwd=tmp_path)
    while process.poll() is None and moment != "at once" and not (killed / DROPPED).exists():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed too late to tell"

    for name in (PAIRS, DROPPED):
        if (killed / name).exists():
            assert (killed / name).read_bytes() == (whole / name).read_bytes()
    assert not (killed / PAIRS).exists() or (killed / CARD).exists()
    run("--products", SAMPLE, "--out", killed)
    assert {path.name for path in killed.iterdir()} == {PAIRS, DROPPED, CARD}
    for name in (PAIRS, DROPPED):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
