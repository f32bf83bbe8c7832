"""Pictures of a landing folder: taken in once, or refused with their reason."""

import json
import os
import shutil
from pathlib import Path

import fsspec
import numpy as np
import pytest
from PIL import Image

from data_contracts.catalog import POSTERS, QUARANTINE
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.media import posters


def write_picture(path: Path, seed: int = 0, size: tuple[int, int] = (60, 40)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


@pytest.fixture
def landing(tmp_path) -> Path:
    folder = tmp_path / "landing"
    (folder / "posters").mkdir(parents=True)
    return folder


def take_in(lake: Lake, landing: Path | str, run: str = "run 1") -> dict[str, int]:
    limits = Settings(landing_uri=str(landing), max_picture_bytes=100_000, max_picture_pixels=20_000)
    return posters.take_in(lake, posters.find_new(lake, str(landing)), limits, run)


def refusals(lake: Lake) -> dict[str, str]:
    rows = lake.read(QUARANTINE, where=f"contract = '{POSTERS.name}'").to_pylist()
    return {json.loads(row["row"])["uri"].rpartition("/")[2]: row["reason"] for row in rows}


def test_pictures_of_all_subfolders_are_taken_in_and_nothing_else(lake, landing):
    names = ("a.png", "促销/名字 '引号'.PNG")
    for seed, name in enumerate(names):
        write_picture(landing / "posters" / name, seed)
    write_picture(landing / "frame.png", 7)
    for other in ("notes.txt", "train.csv", ".hidden.png"):
        (landing / "posters" / other).write_bytes(b"x")
    assert take_in(lake, landing) == {"posters": 2, "refused": 0}
    rows = {row["name"]: row for row in lake.read(POSTERS).to_pylist()}
    assert rows.keys() == set(names)
    for name, row in rows.items():
        assert (row["width"], row["height"], row["source"]) == (60, 40, "landing")
        assert row["day"] == row["seen_at"].date().isoformat()
        with lake.open_blob(row["sha256"]) as blob:
            assert blob.read() == (landing / "posters" / name).read_bytes()


def test_bad_files_are_refused_with_their_own_reasons_and_stop_nothing(lake, landing, tmp_path):
    folder = landing / "posters"
    whole = write_picture(folder / "whole.jpg", 1)
    (folder / "half.jpg").write_bytes(whole.read_bytes()[:900])
    (folder / "empty.png").touch()
    (folder / "text.jpg").write_text("文字")
    write_picture(folder / "wide.png", 2, (250, 100))
    write_picture(folder / "heavy.bmp", 3, (200, 190))
    shutil.copy(whole, folder / "xcopy.jpg")
    (folder / "outside.jpg").symlink_to(write_picture(tmp_path / "secret.jpg", 4))
    (folder / "dangling.jpg").symlink_to(folder / "gone.jpg")
    os.mkfifo(folder / "pipe.jpg")
    shutil.copy(whole, os.fsencode(folder) + b"/broken \xff name.jpg")
    assert take_in(lake, landing) == {"posters": 1, "refused": 10}
    reasons = {
        "half.jpg": "cut off",
        "empty.png": "the file is empty",
        "text.jpg": "not a picture",
        "wide.png": "250 × 100 pixels",
        "heavy.bmp": "bytes, more than the limit of 100000",
        "xcopy.jpg": "the same bytes as whole.jpg",
        "outside.jpg": "outside the landing folder",
        "dangling.jpg": "does not exist",
        "pipe.jpg": "no file",
        "broken \udcff name.jpg": "is not Unicode",
    }
    found = refusals(lake)
    assert found.keys() == reasons.keys()
    for name, reason in reasons.items():
        assert reason in found[name]
    assert posters.find_new(lake, str(landing)) == []


def test_a_second_look_changes_nothing_and_a_renamed_picture_keeps_its_day(lake, landing):
    write_picture(landing / "posters" / "a.png")
    take_in(lake, landing)
    (before,) = lake.read(POSTERS).to_pylist()
    version = lake.version(POSTERS)
    take_in(lake, landing, "run 2")
    assert lake.version(POSTERS) == version
    (landing / "posters" / "a.png").rename(landing / "posters" / "b.png")
    take_in(lake, landing, "run 3")
    (after,) = lake.read(POSTERS).to_pylist()
    assert (after["name"], after["seen_at"]) == ("b.png", before["seen_at"])


def test_pictures_in_an_object_store_are_taken_in(lake, tmp_path):
    store = fsspec.filesystem("memory")
    store.pipe_file("/shop/posters/海报/1.png", write_picture(tmp_path / "a.png").read_bytes())
    assert take_in(lake, "memory://shop") == {"posters": 1, "refused": 0}
    assert lake.read(POSTERS)["name"].to_pylist() == ["海报/1.png"]


def test_a_landing_folder_without_posters_has_none(lake, tmp_path):
    assert posters.find_new(lake, str(tmp_path)) == []
