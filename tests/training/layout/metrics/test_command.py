"""The command on posters in plain files."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from inference.models.layout import Annotation
from inference.models.layout_json import to_trained
from tests.training.layout.metrics.posters import BRIEF, WHITE, with_block
from training.layout.metrics.__main__ import score

NAMES = ("a.png", "b.png", "c.png")


def write(file, layouts, names=NAMES):
    lines = [
        {"image": name, "width": layout.width, "height": layout.height, **to_trained(layout), "seed": 1}
        for name, layout in zip(names, layouts, strict=True)
    ]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n", encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "grounds").mkdir()
    for name in NAMES:
        Image.fromarray(WHITE).save(tmp_path / "grounds" / name)
    write(tmp_path / "truth.jsonl", [BRIEF] * 3)
    return tmp_path


def cells(table, name):
    row = next(line for line in table.splitlines() if line.startswith(f"| {name} |"))
    return [float(re.match(r"[\d.]+", cell.strip())[0]) for cell in row.split("|")[3:-1]]


def test_each_file_is_a_column_beside_random_layouts(folder):
    write(folder / "good.jsonl", [BRIEF] * 3)
    on_face = with_block(0, box=replace(BRIEF.faces[0], left=100, right=400))
    write(folder / "bad.jsonl", [replace(on_face, blocks=on_face.blocks[:2])] * 3)
    sheet = folder / "sheet.png"
    command = [sys.executable, "-m", "training.layout.metrics", folder / "good.jsonl", folder / "bad.jsonl"]
    command += ["--posters", folder / "truth.jsonl", "--sheet", sheet]
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    assert done.stdout.startswith("3 posters, profile corrected, saliency from boxes and frequency-tuned\n")
    assert "| score | better | good | bad | random |" in done.stdout
    assert cells(done.stdout, "retention") == [1, 0.5, 1]
    assert cells(done.stdout, "faces_covered")[:2] == [0, 1]
    assert np.asarray(Image.open(sheet)).std() > 10


def test_a_system_that_leaves_out_posters_is_refused(folder):
    some = write(folder / "some.jsonl", [BRIEF], NAMES[1:2])
    with pytest.raises(ValueError, match=r"some.jsonl has no layout for 2 posters, among them a.png, c.png"):
        score([some], folder / "truth.jsonl", folder / "grounds", "corrected")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"width": 0}, "line 2: width 0 and height 800 are no numbers of pixels"),
        ({"文本": {}}, "line 2: 文本: 主标题"),
        ({"image": "a.png"}, "line 2: a second layout for a.png"),
    ],
)
def test_a_bad_line_is_named(folder, change, complaint):
    good = write(folder / "good.jsonl", [BRIEF] * 3)
    lines = [json.loads(line) for line in good.read_text(encoding="utf-8").splitlines()]
    lines[1] |= change
    good.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"good.jsonl, {complaint}"):
        score([good], folder / "truth.jsonl", folder / "grounds", "corrected")


def test_a_line_without_boxes_or_object_is_named(folder):
    file = folder / "bad.jsonl"
    for line, complaint in (
        ('{"image": "a.png"}', "line 1: width, height, 文本"),
        ("[]", "line 1: an object is missing"),
        ("{", "line 1: "),
    ):
        file.write_text(line, encoding="utf-8")
        with pytest.raises(ValueError, match=complaint):
            score([file], folder / "truth.jsonl", folder / "grounds", "corrected")
    file.write_text("\n")
    with pytest.raises(ValueError, match="has no line"):
        score([file], folder / "truth.jsonl", folder / "grounds", "corrected")


def test_pictures_must_be_there_and_of_the_layouts_size(folder):
    good = write(folder / "good.jsonl", [BRIEF] * 3)
    Image.fromarray(WHITE[:400]).save(folder / "grounds" / "b.png")
    with pytest.raises(ValueError, match=r"b.png has 600 × 400 pixels, but its layout is for 600 × 800"):
        score([good], folder / "truth.jsonl", folder / "grounds", "corrected")
    (folder / "grounds" / "b.png").unlink()
    with pytest.raises(ValueError, match=r"there is no picture without lettering .*b.png"):
        score([good], folder / "truth.jsonl", folder / "grounds", "corrected")


def test_two_files_of_one_name_would_share_a_column(folder):
    (folder / "other").mkdir()
    files = [write(folder / "ours.jsonl", [BRIEF] * 3), write(folder / "other" / "ours.jsonl", [BRIEF] * 3)]
    with pytest.raises(ValueError, match="columns would be called ours, ours and random"):
        score(files, folder / "truth.jsonl", folder / "grounds", "corrected")


def test_what_was_wrong_is_said_on_one_line_with_status_2(folder):
    command = [
        sys.executable,
        "-m",
        "training.layout.metrics",
        folder / "none.jsonl",
        "--posters",
        folder / "truth.jsonl",
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 2
    assert "none.jsonl" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_layouts_of_pictures_nobody_asked_for_are_ignored(folder):
    more = write(folder / "more.jsonl", [BRIEF] * 3 + [Annotation(10, 10, ())], (*NAMES, "d.png"))
    table = score([more], folder / "truth.jsonl", folder / "grounds", "posterlayout-v1")
    assert table.startswith("3 posters, profile posterlayout-v1")
