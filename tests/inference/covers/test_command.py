"""``python -m inference.covers`` as a person would type it."""

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from data_contracts.settings import REPOSITORY
from inference.covers import __main__ as command
from inference.models import profile
from tests.conftest import MODELS


@dataclass(frozen=True)
class Written:
    """What one run left: its status, its folder, and whether it loaded a language model."""

    status: int
    out: Path
    language_models: int


def run(*arguments: str | Path) -> int:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["inference.covers", *map(str, arguments)])
        return command.main()


@pytest.fixture(scope="module")
def written(clips, tmp_path_factory) -> Written:
    """Two videos of one name, one of them given twice, a broken one and a missing one; the title is given."""
    folder = tmp_path_factory.mktemp("command")
    for place, clip in (("a", clips.face), ("b", clips.bikes)):
        (folder / place).mkdir()
        shutil.copy(clip, folder / place / "视频 1.mp4")
    first, second = folder / "a" / "视频 1.mp4", folder / "b" / "视频 1.mp4"
    videos = [first, second, folder / "b" / ".." / "a" / "视频 1.mp4", clips.broken, folder / "gone.mp4"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_HOME", str(folder / "home"))
        patch.setenv("COVERLOOP_MODELS_DIR", str(MODELS))
        profile._open.cache_clear()
        status = run(*videos, "--out", folder / "out", "--title", "说走就走", "--candidates", "1", "--no-moving")
    return Written(status, folder / "out", profile._open.cache_info().misses)


def record(folder: Path) -> dict:
    return json.loads((folder / "cover.json").read_text(encoding="utf-8"))


def test_every_usable_video_gets_its_folder(written):
    assert {path.name for path in written.out.iterdir()} == {"视频 1", "视频 1-2", "refused.json", "index.html"}
    faces = [record(written.out / name)["pictures"]["3:4"]["face_boxes"] for name in ("视频 1", "视频 1-2")]
    assert [bool(boxes) for boxes in faces] == [True, False]


def test_pictures_are_there_by_their_promised_names(written):
    for name, size in (
        ("cover_3x4.jpg", (1080, 1440)),
        ("cover_1x1.jpg", (1080, 1080)),
        ("cover_16x9.jpg", (1280, 720)),
    ):
        for path in (written.out / "视频 1" / name, written.out / "视频 1" / "candidates" / f"0_{name}"):
            with Image.open(path) as image:
                assert image.size == size


def test_what_could_not_be_used_is_named_with_its_reason(written, clips):
    refused = json.loads((written.out / "refused.json").read_text(encoding="utf-8"))
    assert written.status == 1
    assert "not a video" in refused.pop(str(clips.broken))
    assert refused == {str(written.out.parent / "gone.mp4"): "No such file or directory"}


def test_a_given_title_is_set_without_any_language_model(written):
    told = record(written.out / "视频 1")
    assert (told["title"]["text"], told["title"]["source"]) == ("说走就走", "given")
    assert 0 <= told["frame"]["time_s"] <= 1.2
    assert told["models"]["titles"] == "none, the title was given"
    assert written.language_models == 0


def test_the_page_shows_covers_and_refusals(written, clips):
    page = (written.out / "index.html").read_text(encoding="utf-8")
    assert "%E8%A7%86%E9%A2%91%201-2/cover_3x4.jpg" in page
    assert str(clips.broken) in page


@pytest.mark.parametrize(
    "requirement", ["英文标题，标题不超过16个字，不要字幕", "Title at most 16 characters, no captions, no price"]
)
def test_requirements_are_read_in_both_languages(clips, tmp_path, monkeypatch, requirement):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    profile._open.cache_clear()
    assert run(clips.face, "--out", tmp_path, "--requirement", requirement, "--candidates", "1", "--no-moving") == 0
    told = record(tmp_path / "talking face")
    assert told["plan"]["title_max_chars"] == 16
    assert told["plan"]["requirement"] == requirement
    assert len(told["title"]["text"]) <= 16
    assert all(demand["met"] for demand in told["demands"])
    assert told["title"]["text"].isascii()
    assert json.loads((tmp_path / "refused.json").read_text()) == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.mp4"], "--out"),
        (["--out", "out"], "VIDEO"),
        (["a.mp4", "--out", "out", "--title", "  "], "the title is empty"),
        (["a.mp4", "--out", "out", "--requirement", "要价格，不要价格"], "价格"),
        (["a.mp4", "--out", "out", "--candidates", "99"], "--candidates"),
        (["a.mp4", "--out", "out", "--template", "gone.json"], "gone.json: "),
        (["a.mp4", "--out", "out", "--template", "file"], "file: "),
        (["a.mp4", "--out", "file/out"], "Not a directory"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_an_interrupted_command_ends_quietly(clips, tmp_path):
    started = [
        sys.executable,
        "-m",
        "inference.covers",
        str(clips.face),
        "--out",
        str(tmp_path / "out"),
        "--title",
        "标题",
    ]
    with subprocess.Popen(
        started, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout:
            if "listening to" in line:
                process.send_signal(signal.SIGINT)
                break
        rest = _hear_out(process)
    assert process.returncode == command.INTERRUPTED
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert list((tmp_path / "out").iterdir()) == []


def _hear_out(process: subprocess.Popen) -> str:
    """What it says to its end; Python drops an interrupt that hits a callback, so a user presses again."""
    while True:
        try:
            return process.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
