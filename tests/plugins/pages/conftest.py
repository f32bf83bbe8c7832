"""A real Airflow with a home of its own, and browsers with sessions of every role."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data_contracts.settings import REPOSITORY, Settings
from data_contracts.store import Lake, open_lake
from tests.plugins.pages import sample

HOME = tempfile.TemporaryDirectory(prefix="coverloop-airflow-")
os.environ |= {  # Airflow reads these when it is first imported
    "AIRFLOW_HOME": HOME.name,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
    "AIRFLOW__API__BASE_URL": "http://testserver",
    "AIRFLOW__API_AUTH__JWT_SECRET": "not a secret, only long enough to sign sessions of a test; it guards no data",
}


@pytest.fixture(scope="session")
def covers() -> list[dict]:
    return sample.make_covers()


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory, covers) -> Path:
    """A home whose lake holds the sample."""
    home = Settings(home=tmp_path_factory.mktemp("sample"))
    sample.fill(Lake(home.lake, home.blobs), covers)
    return home.home


@pytest.fixture
def filled(own_home, sample_home) -> Lake:
    """The sample in the test's own home, to read and to change."""
    shutil.copytree(sample_home, own_home)
    return open_lake()


@pytest.fixture(scope="session")
def airflow_home() -> Path:
    """A home of Airflow with an empty database."""
    from airflow.configuration import AIRFLOW_HOME
    from airflow.utils.db import initdb

    assert HOME.name == AIRFLOW_HOME, "Airflow was imported before this conftest gave it a home"
    initdb()
    return Path(AIRFLOW_HOME)


@pytest.fixture(scope="session")
def airflow_app(airflow_home):
    """Airflow's API server with the plugins of plugins/."""
    from airflow.api_fastapi.app import create_app

    return create_app(apps="core")


@pytest.fixture
def as_role(airflow_app) -> Callable:
    """``as_role("admin")`` is a browser with that role's session, ``as_role(None)`` a stranger's."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
    from starlette.testclient import TestClient

    def open_browser(role: str | None) -> TestClient:
        browser = TestClient(airflow_app, follow_redirects=False, headers={"accept": "text/html"})
        browser.base_url = browser.base_url.join("/coverloop/")
        if role:
            user = SimpleAuthManagerUser(username=f"{role}'s name", role=role)
            browser.cookies.set(COOKIE_NAME_JWT_TOKEN, get_auth_manager().generate_jwt(user))
        return browser

    return open_browser
