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

from data_contracts.catalog import HUMAN_REVIEWS, LAYOUT_ANNOTATIONS, LAYOUT_REVIEWS
from data_contracts.settings import Settings
from data_contracts.store import Lake
from infra.local import services
from tests.conftest import free_port
from tests.plugins.pages import layout_sample, sample

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
START_TIMEOUT_S = 180
BASE_PATH = "/team/airflow"
COVER = sample.digest("cover", 0, 2, 0)
PAGES = {
    "gallery": "",
    "cover": f"covers/{COVER}",
    "criteria": "criteria",
    "layouts": "layouts",
    "layout": f"layouts/{layout_sample.GOOD}",
}


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
    layout_sample.fill(Lake(settings.lake, settings.blobs))
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


def test_a_block_is_fixed_by_mouse_and_keys_and_becomes_the_row(server, page, tmp_path):
    page.goto(server.url)
    page.get_by_role("link", name="Coverloop").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Layouts").click()
    frame.get_by_role("link", name="城市轻行双肩包").last.click()
    frame.locator(".zoom").wait_for()  # shown by the script
    _await_pictures(page)
    page.screenshot(path=tmp_path / "1_layout.png")
    price = frame.locator(".box[data-place='2'] rect")
    price.click()
    page.keyboard.press("3")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("¥799")
    page.keyboard.press("Escape")
    assert frame.get_by_role("button", name="Confirm").is_disabled()

    _drag(page, frame.locator(".corner[data-corner='left top']"), (30, 20))
    frame.get_by_role("button", name="Larger").click()
    page.keyboard.press("k")
    page.keyboard.press("Delete")
    page.screenshot(path=tmp_path / "2_fixed.png")
    page.keyboard.press("Control+Enter")
    frame.get_by_text("Saved.").wait_for()

    rows = {row["annotation_id"]: row for row in server.lake.read(LAYOUT_ANNOTATIONS).to_pylist()}
    kept = rows[layout_sample.WRONG]
    assert kept["status"] == "fixed"
    headline, price = kept["blocks"]
    assert headline["role"] == "headline"
    assert (price["role"], price["text"]) == ("selling_point", "¥799")
    assert (price["right"], price["bottom"]) == (530, 741)
    assert price["left"] > 375
    assert price["top"] > 663
    (review,) = server.lake.read(LAYOUT_REVIEWS).to_pylist()
    assert (review["reviewer"], review["annotation_id"]) == (services.USER, layout_sample.WRONG)


def test_a_block_is_drawn_on_the_picture(server, page):
    page.goto(f"{server.url}/coverloop/layouts/{layout_sample.GOOD}")
    page.locator(".zoom").wait_for()
    _drag(page, page.locator(".picture"), (80, 60))
    block = page.locator(".block").last
    assert page.locator(".block").count() == 4
    assert block.locator("textarea").evaluate("field => field === document.activeElement")
    sides = [float(block.locator(f"[name={side}]").input_value()) for side in ("left", "top", "right", "bottom")]
    assert sides[0] < sides[2] <= layout_sample.WIDTH
    assert sides[1] < sides[3] <= layout_sample.HEIGHT
    page.keyboard.type("包邮")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Saved.").wait_for()
    rows = {row["annotation_id"]: row for row in server.lake.read(LAYOUT_ANNOTATIONS).to_pylist()}
    assert rows[layout_sample.GOOD]["blocks"][3]["text"] == "包邮"


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
    for name, path in PAGES.items():
        page.goto(f"{server.url}/coverloop/{path}")
        page.wait_for_load_state("load")
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_a_moving_cover_plays_while_it_is_pointed_at_or_all_do(server, page):
    page.goto(f"{server.url}/coverloop/")
    first = page.locator(".card video").first
    assert first.evaluate("video => video.paused && getComputedStyle(video).opacity === '0'")
    page.locator(".card").first.hover()
    page.wait_for_function("() => document.querySelector('.card video').currentTime > 0")
    assert first.evaluate("video => getComputedStyle(video).opacity") == "1"
    page.mouse.move(1, 1)
    page.wait_for_function("() => document.querySelector('.card video').paused")
    assert first.evaluate("video => getComputedStyle(video).opacity") == "0"
    page.locator("#play-all").check()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.card video')].every((video) => video.currentTime > 0)"
    )

    page.goto(f"{server.url}/coverloop/covers/{COVER}")
    page.wait_for_function("() => document.querySelector('.frame video').currentTime > 0")


def test_where_h264_cannot_be_played_the_webp_is_shown(server, page):
    page.route(
        "**/moving/*.mp4", lambda route: route.fulfill(body=b"what no codec here reads", content_type="video/mp4")
    )
    page.goto(f"{server.url}/coverloop/covers/{COVER}")
    page.wait_for_function("() => document.querySelector('.frame img.moving')?.naturalWidth > 0")
    assert page.locator(".frame video").count() == 0


def test_no_hostile_string_runs(server, page):
    said = []
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for path in ("", "criteria", f"covers/{sample.digest('cover', 2, 2, 0)}", "?q=<script>alert(1)</script>"):
        page.goto(f"{server.url}/coverloop/{path}")
        page.wait_for_load_state("load")
        assert page.locator("[onerror]").count() == 0
    assert said == []


def _drag(page, what, by: tuple[int, int]) -> None:
    """From the middle of something, by so many pixels of the screen."""
    box = what.bounding_box()
    across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + by[0] / 2, down + by[1] / 2)
    page.mouse.move(across + by[0], down + by[1])
    page.mouse.up()


def _await_pictures(page) -> None:
    """Until every picture in the frame's window has arrived."""
    page.wait_for_function(
        """() => [...document.querySelector("iframe").contentDocument.images].every(
            (image) => image.complete && image.naturalWidth > 0 || image.loading === "lazy" && !image.currentSrc)"""
    )
