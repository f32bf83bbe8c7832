"""The whole loop, as a user starts it, in Airflow's own scheduler: killed in the middle, finished, run again.

Real videos and the whole sample catalogue; the title model is the tiny one and the crowd is small.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from data_contracts.catalog import (
    CLICKS,
    CONTENT_TITLE_PAIRS,
    COVERS,
    IMPRESSIONS,
    OUTCOMES,
    PRODUCTS,
    QUARANTINE,
    TRANSCRIPTS,
    VIDEOS,
)
from data_contracts.settings import REPOSITORY, Settings
from data_contracts.store import Lake
from inference.covers.picture.typography import display_width
from infra.local import services, sessions
from infra.samples import collect
from tests.conftest import MODELS, free_port

CLIPS = ("bikes.mp4", "carphone_pristine.mp4", "chelsea.mp4", "coffee.mp4")
"""As few as the click model learns from."""
WRITTEN = (VIDEOS, PRODUCTS, TRANSCRIPTS, CONTENT_TITLE_PAIRS, COVERS, IMPRESSIONS, CLICKS, OUTCOMES, QUARANTINE)
CHAIN = (
    "build_content_title_pairs",
    "train_title_copy",
    "make_covers",
    "simulate_audience",
    "collect_feedback",
    "train_click_model",
    "refresh_memory",
)
ASKED = "requirement IS NOT NULL"
RUN_TIMEOUT_S = 900


@dataclass(frozen=True)
class Machine:
    """A home with its settings, the landing folder, and what is needed to start the loop there."""

    settings: Settings
    landing: Path
    environment: dict[str, str]

    def start(self, log: Path) -> subprocess.Popen:
        with open(log, "wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "infra.local.run", "--videos", str(self.landing)],
                env=self.environment,
                cwd=REPOSITORY,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def run(self, log: Path) -> str:
        """Run to the end; what was printed. Fails the test unless every step succeeded."""
        code = self.start(log).wait(RUN_TIMEOUT_S)
        printed = log.read_text()
        assert code == 0, printed
        return printed

    @property
    def lake(self) -> Lake:
        return Lake(self.settings.lake, self.settings.blobs)

    def query(self, statement: str) -> list[tuple]:
        """Rows from Airflow's database."""
        with closing(sqlite3.connect(self.settings.home / "airflow" / "airflow.db", timeout=60)) as database:
            return database.execute(statement).fetchall()


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    home, landing = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("landing")
    samples = tmp_path_factory.mktemp("samples")
    collect.collect(samples)
    for name in (*CLIPS, *(Path(clip).with_suffix(".txt") for clip in CLIPS), "products.csv"):
        shutil.copy(samples / name, landing)
    (landing / "truncated.mp4").write_bytes((samples / CLIPS[0]).read_bytes()[:9000])
    chosen = {
        "COVERLOOP_HOME": str(home),
        "COVERLOOP_MODELS_DIR": str(MODELS),
        "COVERLOOP_PROFILE": "tiny",
        "COVERLOOP_COVER_CANDIDATES": "3",
        "COVERLOOP_SIMULATED_IMPRESSIONS": "20000",
        "COVERLOOP_AIRFLOW_PORT": str(free_port()),
        "COVERLOOP_MLFLOW_PORT": str(free_port()),
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COVERLOOP_", "AIRFLOW_"))}
    settings = Settings(**{name.removeprefix("COVERLOOP_").lower(): value for name, value in chosen.items()})
    machine = Machine(settings, landing, kept | chosen)
    yield machine
    services.stop(settings)


@pytest.fixture(scope="module")
def survived(machine, tmp_path_factory) -> str:
    """What the second run printed, after the first was killed, with all it had started, while training."""
    logs = tmp_path_factory.mktemp("logs")
    first = machine.start(logs / "first.log")
    try:
        _await_training(machine, first, logs / "first.log")
    finally:
        _kill_everything(machine, first)
    assert machine.query("select dag_id from dag_run where state = 'running'"), "it was killed too late to tell"
    return machine.run(logs / "second.log")


def test_a_killed_run_is_finished_by_the_next(survived, machine):
    assert "Coverloop: done in" in survived
    assert "4 taken in, 1 refused" in survived
    counts = {dataset.name: machine.lake.read(dataset).num_rows for dataset in WRITTEN}
    assert counts["videos"] == counts["transcripts"] == len(CLIPS)
    assert counts["impressions"] >= machine.settings.simulated_impressions
    assert min(counts.values()) > 0, counts


def test_every_video_has_covers_in_every_ratio(survived, machine):
    covers = machine.lake.read(COVERS, ["video_id", "generation", "chosen", "images"]).to_pylist()
    first = [cover for cover in covers if cover["generation"] == 1]
    assert len({cover["video_id"] for cover in first}) == len(CLIPS)
    assert Counter(cover["video_id"] for cover in first if cover["chosen"]).total() == len(CLIPS)
    for cover in covers:
        assert {image["ratio"] for image in cover["images"]} == {"3:4", "1:1", "16:9"}
        for image in cover["images"]:
            with machine.lake.open_blob(image["sha256"]) as picture:
                assert picture.read(3) == b"\xff\xd8\xff"


def test_each_dag_was_started_by_its_data(survived, machine):
    runs = machine.query("select dag_id, run_type, state from dag_run")
    by_assets = {dag for dag, kind, state in runs if kind == "asset_triggered" and state == "success"}
    assert by_assets == set(CHAIN)
    assert {state for _, _, state in runs} == {"success"}


def test_what_is_simulated_says_so(survived, machine):
    assert "simulated:" in survived
    for dataset in (IMPRESSIONS, CLICKS, OUTCOMES):
        assert set(machine.lake.read(dataset, ["simulated"])["simulated"].to_pylist()) == {True}


def test_running_again_repeats_nothing(survived, machine, tmp_path):
    trained = "select count(*) from task_instance where task_id = 'train_adapter' and state = 'success'"
    before = {dataset.name: machine.lake.version(dataset) for dataset in WRITTEN}, machine.query(trained)
    assert "Coverloop: done in" in machine.run(tmp_path / "third.log")
    assert ({dataset.name: machine.lake.version(dataset) for dataset in WRITTEN}, machine.query(trained)) == before


def test_covers_are_asked_for_in_the_form_and_seen_in_the_gallery(survived, machine, chromium, tmp_path):
    airflow = services.running(machine.settings)["airflow"]
    context = chromium.new_context(viewport={"width": 1400, "height": 1000})
    page = context.new_page()
    page.goto(f"{airflow.url}/dags/make_covers")
    page.locator("input[name=username]").fill(services.USER)
    page.locator("input[name=password]").fill(services.password(machine.settings))
    page.locator("button[type=submit]").click()
    page.get_by_role("button", name="Trigger").click()
    form = page.locator("[role=dialog][data-state=open]")
    form.locator("[name=element_requirement]").fill("竖版3:4，标题不超过10个字")
    form.locator("[name=element_videos]").fill("coffee.mp4")
    page.screenshot(path=tmp_path / "form.png")
    form.get_by_role("button", name="Trigger").click()
    form.wait_for(state="hidden")
    _await_asked_covers(machine)

    asked = machine.lake.read(COVERS, ["video_id", "title"], where=ASKED).to_pylist()
    (coffee,) = machine.lake.read(VIDEOS, ["video_id"], where="name = 'coffee.mp4'")["video_id"].to_pylist()
    assert {cover["video_id"] for cover in asked} == {coffee}
    assert all(display_width(cover["title"]) <= 10 for cover in asked)
    page.goto(f"{airflow.url}/coverloop/")
    page.get_by_text("coffee.mp4").first.wait_for()
    page.screenshot(path=tmp_path / "gallery.png", full_page=True)
    assert all(page.get_by_text(name).count() for name in (*CLIPS, "truncated.mp4"))
    context.close()


def test_stopping_leaves_no_process(survived, machine):
    """Last, since the tests above need the services."""
    running = services.running(machine.settings)
    assert set(running) == {"mlflow", "airflow"}
    everything = _everything_of(running)
    assert everything
    subprocess.run([sys.executable, "-m", "infra.local.stop"], env=machine.environment, cwd=REPOSITORY, check=True)
    assert not [process for process in everything if sessions.lives(process)]
    assert services.running(machine.settings) == {}


def _await_asked_covers(machine: Machine) -> None:
    """Until the newest run of ``make_covers``, which the form started, is over."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    newest = "select state from dag_run where dag_id = 'make_covers' and run_type = 'manual'"
    while (states := machine.query(newest)) in ([], [("queued",)], [("running",)]):
        assert time.monotonic() < deadline, f"the run asked for did not end within {RUN_TIMEOUT_S} s"
        time.sleep(1)
    assert states == [("success",)]


def _await_training(machine: Machine, process: subprocess.Popen, log: Path) -> None:
    """Until the title model's training has written a checkpoint."""
    deadline = time.monotonic() + RUN_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        if list((machine.settings.home / "runs").rglob("checkpoints*/*")):
            return
        time.sleep(0.2)
    pytest.fail(f"no training within {RUN_TIMEOUT_S} s:\n{log.read_text()}")


def _kill_everything(machine: Machine, first: subprocess.Popen) -> None:
    """As a power cut does it: nothing is asked to end."""
    first.kill()
    first.wait()
    sessions.send(_everything_of(services.running(machine.settings)), signal.SIGKILL)


def _everything_of(running: dict[str, services.Service]) -> set[psutil.Process]:
    """Every process of the services' sessions, and their descendants."""
    return set().union(*(sessions.members(service.pid, service.started) for service in running.values()))
