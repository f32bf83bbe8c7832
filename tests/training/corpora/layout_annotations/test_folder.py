"""A folder annotated from the shell, as a user would."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data_contracts.settings import REPOSITORY
from inference.models.layout_json import from_trained
from tests.training.corpora.layout_annotations.drawn import BOXES, draw_poster
from training.corpora.layout_annotations import folder

COMMAND = (sys.executable, "-m", "training.corpora.layout_annotations")


def run(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=REPOSITORY, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def posters(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("posters")
    draw_poster(path / "b.png")
    draw_poster(path / "夏日" / "a 1.png", "darkgreen")
    (path / "broken.jpg").write_bytes(b"broken")
    (path / "dangling.png").symlink_to(path / "gone.png")
    (path / "notes.txt").touch()
    return path


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_for_each_picture_a_reason_for_the_rest_and_the_same_bytes_again(posters, tmp_path):
    out = tmp_path / "out.jsonl"
    done = run(posters, "--out", out)
    assert done.returncode == 1, done.stderr
    lines = read_lines(out)
    assert [line.pop("image") for line in lines] == ["b.png", "夏日/a 1.png"]
    for line in lines:
        width, height = line.pop("width"), line.pop("height")
        assert (width, height) == (480, 400)
        assert {block.text for block in from_trained(line, width, height).blocks} == set(BOXES)
    assert "夏日" in out.read_text(encoding="utf-8")
    assert read_lines(tmp_path / "out.refused.jsonl") == [
        {
            "image": "broken.jpg",
            "reason": "not a picture of a kind that is read here (JPEG, PNG, WEBP, BMP, TIFF, GIF)",
        },
        {"image": "dangling.png", "reason": "a pipe, a device or a link that leads nowhere, no file"},
    ]
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert folder.write_annotations(posters, out) == 1
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == first


def test_known_boxes_are_completed_and_what_fits_no_picture_is_named(tmp_path):
    draw_poster(tmp_path / "posters" / "train" / "original" / "1.png")
    rows = ["poster_path,total_elem,cls_elem,box_elem"]
    rows += [f'train/1.png,1,1,"{BOXES["Summer Sale"]}"', 'train/2.png,1,1,"[1, 2, 3, 4]"', 'train/3.png,1,7,"[]"']
    (tmp_path / "pku.csv").write_text("\n".join(rows))
    done = run(tmp_path / "posters", "--out", tmp_path / "out.jsonl", "--format", "pku", tmp_path / "pku.csv")
    assert done.returncode == 1, done.stderr
    (line,) = read_lines(tmp_path / "out.jsonl")
    assert [block["ocr"] for blocks in line["文本"].values() for block in blocks] == ["Summer Sale"]
    reasons = {each["image"]: each["reason"] for each in read_lines(tmp_path / "out.refused.jsonl")}
    assert reasons == {
        "train/2.png": "no such picture in the folder",
        "train/3.png": "line 4: cls_elem '7' is none of 1 (text), 2 (logo), 3 (underlay)",
    }


def test_an_empty_folder_gives_an_empty_file_and_clears_old_refusals(tmp_path):
    (tmp_path / "posters").mkdir()
    (tmp_path / "out.refused.jsonl").write_text("{}\n")
    assert folder.write_annotations(tmp_path / "posters", tmp_path / "out.jsonl") == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.jsonl"]
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--out", "out.jsonl"], "nowhere is no folder"),
        ([".", "--out", "nowhere/out.jsonl"], "is no file in a folder that exists"),
        ([".", "--out", "out.jsonl", "--format", "coco", "a.json"], "--format coco is none of pku, cgl, plain"),
        ([".", "--out", "out.jsonl", "--format", "cgl", "nowhere.json"], "nowhere.json: No such file"),
        ([".", "--out", "out.jsonl", "--format", "pku", "README.md"], "has no column poster_path"),
    ],
    ids=["folder", "out", "format", "file", "contents"],
)
def test_a_wrong_command_is_told_what_is_wrong_with_it(arguments, message):
    done = run(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
