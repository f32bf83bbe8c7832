import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inference.covers import folder, record
from inference.covers.briefs import brief_of_file
from inference.covers.picture.style import RATIOS
from inference.covers.publish import TitleModel, read_circumstances
from tests.inference.covers.conftest import CANDIDATES

NAMES = {f"cover_{ratio.replace(':', 'x')}.jpg" for ratio in RATIOS}
WEBPS = {name.replace("jpg", "webp") for name in NAMES}


@pytest.fixture
def now(lake):
    return read_circumstances(lake, "", TitleModel(None))


def files_in(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


EVERYTHING = {
    *NAMES,
    *WEBPS,
    "cover.json",
    *(f"candidates/{rank}_{name}" for rank in range(CANDIDATES) for name in NAMES),
}


def test_a_folder_holds_the_cover_its_candidates_and_the_record(made, now, tmp_path):
    folder._write(made, tmp_path / "clip", now, "tiny")
    assert files_in(tmp_path / "clip") == EVERYTHING
    told = json.loads((tmp_path / "clip" / "cover.json").read_text(encoding="utf-8"))
    assert told["cover_id"] == told["candidates"][0]["cover_id"] == made.covers[0].cover_id
    for outline, cover in zip(told["candidates"], made.covers, strict=True):
        for ratio, picture in outline["pictures"].items():
            assert (tmp_path / "clip" / picture["file"]).read_bytes() == cover.pictures[ratio].jpeg
    for ratio, picture in told["pictures"].items():
        assert (tmp_path / "clip" / picture["file"]).read_bytes() == made.covers[0].pictures[ratio].jpeg


def test_writing_again_replaces_what_was_written_and_nothing_else(made, now, tmp_path):
    out = tmp_path / "clip"
    folder._write(made, out, now, "tiny")
    for name in ("cover_letter.txt", "cover.psd", "candidates/mine.jpg"):
        (out / name).write_text("somebody's own")
    shutil.copy(out / "cover_3x4.jpg", out / "candidates" / "11_cover_3x4.jpg")  # of a run with more candidates
    folder._write(made, out, now, "tiny")
    assert files_in(out) == EVERYTHING | {"cover_letter.txt", "cover.psd", "candidates/mine.jpg"}


@pytest.mark.parametrize("written", [0, 2, len(EVERYTHING) - 1])
def test_an_interruption_leaves_whole_files_and_no_record(made, now, tmp_path, monkeypatch, written):
    out = tmp_path / "clip"
    folder._write(made, out, now, "tiny")
    replace, moves = os.replace, iter(range(100))

    def interrupted(source, target):
        if next(moves) == written:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder._write(made, out, now, "tiny")
    left = files_in(out)
    assert len(left) == written
    assert left < EVERYTHING - {"cover.json"} or written == len(EVERYTHING) - 1
    assert all(is_whole(out / name) for name in left)

    monkeypatch.undo()
    folder._write(made, out, now, "tiny")
    assert files_in(out) == EVERYTHING


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["a.mp4", "a.mov", "b.mp4", "a.mkv"], ["a", "a-2", "b", "a-3"]),
        (["a.mp4", "A.mp4", "a-2.mp4"], ["a", "A-2", "a-2-2"]),
        (["红裙 试穿.mp4", 'say "hi": x?.mp4'], ["红裙 试穿", "say _hi__ x_"]),
        (["..mp4", "...mp4", ". .mp4"], ["_", "_-2", "_-3"]),
        (["refused.json.mp4", "index.html.mov"], ["refused.json-2", "index.html-2"]),
    ],
)
def test_folders_are_named_after_files_and_never_collide(made, tmp_path, names, folders):
    briefs = [type(made.brief)(**vars(made.brief) | {"name": name}) for name in names]
    assert [path.name for path in folder._name_folders(briefs, tmp_path)] == folders
    assert all(path.parent == tmp_path for path in folder._name_folders(briefs, tmp_path))


def is_whole(path: Path) -> bool:
    content = path.read_bytes()
    if path.suffix == ".jpg":
        return content.endswith(b"\xff\xd9")
    return int.from_bytes(content[4:8], "little") + 8 == len(content)  # a RIFF file tells its length


def test_a_loop_is_written_beside_the_stills_and_removed_with_them(made, now, tmp_path):
    from inference.covers.motion import MovingCover

    best = made.covers[0].cover_id
    loop = MovingCover(b"mp4", b"webp", 0.1, 0.9, 10.0, 720, 960, "cut", (), {"encode": 0.5})
    folder._write(replace(made, moving={best: loop}), tmp_path / "clip", now, "tiny")
    assert files_in(tmp_path / "clip") == EVERYTHING | {"moving_3x4.mp4", "moving_3x4.webp"}
    told = json.loads((tmp_path / "clip" / "cover.json").read_text(encoding="utf-8"))["moving"]
    assert told["files"] == ["moving_3x4.mp4", "moving_3x4.webp"]
    assert told["bytes"] == {"mp4": 3, "webp": 4}
    folder._write(made, tmp_path / "clip", now, "tiny")
    assert files_in(tmp_path / "clip") == EVERYTHING


def test_one_file_under_two_paths_is_one_video(tmp_path):
    (tmp_path / "sub").mkdir()
    one, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    assert folder._distinct([one, other, tmp_path / "sub" / ".." / "a.mp4", one]) == [one, other]


def test_the_key_of_a_file_depends_on_the_requirement(clips, lake):
    keys = {
        brief_of_file(clips.face, "标题", read_circumstances(lake, text, TitleModel(None)).key).key
        for text in ("", "不标价格", "竖版")
    }
    assert len(keys) == 3


def test_file_names_are_those_promised():
    assert (
        {record.file_name(ratio) for ratio in RATIOS} == NAMES == {"cover_3x4.jpg", "cover_1x1.jpg", "cover_16x9.jpg"}
    )
