"""The command: the same seed, the same files."""

import json
import subprocess
import sys

import numpy as np
from PIL import Image

COMMAND = (sys.executable, "-m", "training.corpora.layout_annotations.posters")


def run(*arguments: object) -> None:
    subprocess.run([*COMMAND, *map(str, arguments)], check=True, capture_output=True)


def test_two_runs_write_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        run("--count", 3, "--seed", 40, "--out", tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["00000040.png", "00000041.png", "00000042.png", "truth.jsonl"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_truth_has_a_line_for_each_picture_with_photos_of_ones_own(tmp_path):
    (tmp_path / "photos").mkdir()
    pixels = np.random.default_rng(0).integers(90, 160, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "photos" / "mine.png")
    run("--count", 2, "--out", tmp_path / "out", "--photos", tmp_path / "photos", "--language", "en")
    lines = [json.loads(line) for line in (tmp_path / "out" / "truth.jsonl").read_text().splitlines()]
    assert [line["photo"] for line in lines] == ["mine.png", "mine.png"]
    for line in lines:
        assert Image.open(tmp_path / "out" / line["image"]).size == (line["width"], line["height"])
        assert {block["文本语言"] for role in line["文本"].values() for block in role} == {"英文"}


def test_grounds_are_the_posters_without_their_words(tmp_path):
    run("--count", 1, "--seed", 40, "--out", tmp_path, "--grounds")
    poster, ground = (np.asarray(Image.open(tmp_path / name)) for name in ("00000040.png", "grounds/00000040.png"))
    assert poster.shape == ground.shape
    assert 0.01 < (poster != ground).any(axis=2).mean() < 0.9
