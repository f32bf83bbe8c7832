"""The pages in a real browser, in the frame of a real Airflow's UI, under a base path.

Every step leaves a screenshot; pytest prints where when the run ends with ``-rA``.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from data_contracts.catalog import HUMAN_REVIEWS
from data_contracts.settings import Settings
from data_contracts.store import Lake
from infra.local import services
from tests.conftest import free_port
from tests.plugins.pages import sample

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
START_TIMEOUT_S = 180
BASE_PATH = "/team/airflow"
COVER = sample.digest("cover", 0, 2, 0)


@dataclass(frozen=True)
class Server:
    url: str
    password: str
    lake: Lake


@pytest.fixture(scope="module")
def server(tmp_path_factory, airflow_home, sample_home) -> Iterator[Server]:
    """Airflow's API server, configured as on a user's machine but for its base path, over the sample."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("server") / "home")
    settings = Settings(home=home, airflow_port=free_port())
    url = f"http://{services.HOST}:{settings.airflow_port}{BASE_PATH}"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COVERLOOP_")},
        **services.airflow_environment(settings),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{airflow_home}/airflow.db",
    }
    command = [sys.executable, "-m", "airflow", "api-server"]
    with open(settings.home / "server.log", "wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, process_group=0)
        try:
            _await(url, process, Path(log.name))
            yield Server(url, services.password(settings), Lake(settings.lake, settings.blobs))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _await(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/api/v2/version").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"the API server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def session(server, chromium) -> dict:
    """The cookies of somebody who asked for a cover, signed in through the form and got to that cover."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{server.url}/coverloop/covers/{COVER}")
    page.locator("input[name=username]").fill(services.USER)
    page.locator("input[name=password]").fill(server.password)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"**/coverloop/covers/{COVER}")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(chromium, session):
    """A signed-in page of desktop size, which must not complain about anything of ours."""
    complaints = []

    def note(told: str) -> None:
        if "/coverloop/" in told:  # Airflow's own pages may have errors of their own
            complaints.append(told)

    context = chromium.new_context(viewport=DESKTOP, storage_state=session)
    opened = context.new_page()
    opened.on("pageerror", lambda error: note(error.stack or ""))
    opened.on("console", lambda said: note(f"{said.location['url']} {said.text}") if said.type == "error" else None)
    yield opened
    context.close()
    assert complaints == []


def test_a_reviewers_way_through_airflows_frame(server, page, tmp_path):
    page.goto(server.url)
    page.get_by_role("link", name="Coverloop").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("heading", name="Covers").wait_for()
    _await_pictures(page)
    page.screenshot(path=tmp_path / "1_gallery.png")

    frame.get_by_role("link", name="轻便旅行双肩包").first.click()
    outline = frame.locator("rect.product").first
    assert outline.is_hidden()
    frame.get_by_role("checkbox", name="product").check()
    assert outline.is_visible()
    assert frame.locator("rect.text").first.is_hidden()
    _await_pictures(page)
    page.screenshot(path=tmp_path / "2_cover.png")

    frame.get_by_placeholder("Why").fill('bright <b>and</b> "clear"')
    frame.get_by_role("button", name="Accept").click()
    frame.get_by_text('bright <b>and</b> "clear"').wait_for()
    page.screenshot(path=tmp_path / "3_reviewed.png")
    (review,) = server.lake.read(HUMAN_REVIEWS).to_pylist()
    assert (review["cover_id"], review["verdict"], review["reviewer"]) == (COVER, "accept", services.USER)

    outside = frame.get_by_role("link", name="The title model in MLflow")
    outside.click()  # the frame may open no window
    frame.locator("a[data-note]").wait_for()
    assert urlsplit(page.url).path.endswith(f"covers/{COVER}")

    frame.get_by_role("link", name="Criteria").click()
    frame.get_by_text("Covers with a larger product").wait_for()
    page.screenshot(path=tmp_path / "4_criteria.png")
    assert urlsplit(page.url).path.startswith(f"{BASE_PATH}/plugin/coverloop")
    page.reload()
    frame.get_by_text("Covers with a larger product").wait_for()


def test_the_frame_is_as_dark_as_airflow(server, page):
    page.emulate_media(color_scheme="light")
    page.goto(f"{server.url}/plugin/coverloop")
    body = page.frame_locator("iframe").locator("html")
    body.wait_for()
    for mode in ("dark", "light"):
        page.evaluate("mode => { document.documentElement.className = mode }", mode)
        page.wait_for_function(
            "mode => document.querySelector('iframe')?.contentDocument?.documentElement.style.colorScheme === mode",
            arg=mode,
        )
        red = int(body.evaluate("html => getComputedStyle(html).backgroundColor").split("(")[1].split(",")[0])
        assert red < 64 if mode == "dark" else red > 192


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_page_is_wider_than_its_window(server, page, tmp_path, size, scheme):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    for name, path in (("gallery", ""), ("cover", f"covers/{COVER}"), ("criteria", "criteria")):
        page.goto(f"{server.url}/coverloop/{path}")
        page.wait_for_load_state("load")
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_no_hostile_string_runs(server, page):
    said = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for path in ("", "criteria", f"covers/{sample.digest('cover', 2, 2, 0)}", "?q=<script>alert(1)</script>"):
        page.goto(f"{server.url}/coverloop/{path}")
        page.wait_for_load_state("load")
        assert page.locator("[onerror]").count() == 0
    assert said == []


def _await_pictures(page) -> None:
    """Until every picture in the frame's window has arrived."""
    page.wait_for_function(
        """() => [...document.querySelector("iframe").contentDocument.images].every(
            (image) => image.complete && image.naturalWidth > 0 || image.loading === "lazy" && !image.currentSrc)"""
    )
