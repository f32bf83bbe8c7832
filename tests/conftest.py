"""What every test may use: a home of its own, the shelf's cache, and honest skips."""

import os
import socket
from pathlib import Path

import pytest

from data_contracts import settings
from data_contracts.store import Lake

SHARED = settings.REPOSITORY.parent / "shared" / "data"
MODELS = settings.load().models
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="session", autouse=True)
def away_from_home(tmp_path_factory):
    """Nothing a test does touches the user's home; weights alone are shared, and only read."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERLOOP_")]:
            patch.delenv(name)
        patch.setenv("COVERLOOP_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COVERLOOP_MODELS_DIR", str(MODELS))
        yield


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    """A home for each test."""
    monkeypatch.setenv("COVERLOOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def lake(own_home) -> Lake:
    where = settings.load()
    return Lake(where.lake, where.blobs)


@pytest.fixture(scope="module")
def chromium():
    """A real browser, headless."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        missing("chromium", "apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real videos, speech and products that lie beside a developer's checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"real media for this test are not at {SHARED}; a checkout alone does not hold them")
    return SHARED


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def missing(what: str, how: str) -> None:
    """Skip for want of a program that is not ours; in CI nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing in CI")
    pytest.skip(f"{what} is missing: {how}")
