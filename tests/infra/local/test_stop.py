"""``make stop``, on a web server of the standard library that stands for a service."""

import subprocess
import sys

from data_contracts import settings
from data_contracts.settings import REPOSITORY
from infra.local import services
from tests.conftest import free_port


def stop() -> str:
    return subprocess.check_output([sys.executable, "-m", "infra.local.stop"], cwd=REPOSITORY, text=True)


def test_what_runs_is_stopped_and_named_and_nothing_is_left(own_home):
    own_home.mkdir()
    for name in ("mlflow", "airflow"):
        port = free_port()
        command = [sys.executable, "-m", "http.server", str(port), "--bind", services.HOST]
        services._start(name, command, port, "/", {}, settings.load())
    assert stop() == "stopped mlflow and airflow\n"
    assert services.running(settings.load()) == {}
    assert stop() == "nothing was running\n"
