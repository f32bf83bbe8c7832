"""Airflow and MLflow as local services: started in sessions of their own, stopped without a rest.

Each service leads its own session, so that everything it starts, however deep, can be found again
and ended. What runs is written down in ``HOME/services.json``.
"""

import json
import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil

from data_contracts.settings import REPOSITORY, Settings
from infra.local import sessions

HOST = "127.0.0.1"
START_TIMEOUT_S = 180
LOCK_TIMEOUT_S = 60
"""How long a process of Airflow waits for another to finish writing; SQLite's own 5 s are too few."""

USER = "admin"


class ServiceError(Exception):
    """A service could not be started. The message says what to do."""


@dataclass(frozen=True)
class Service:
    """A running service; ``environment`` is the part of its environment that we chose."""

    name: str
    pid: int
    started: float
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def is_running(self) -> bool:
        return sessions.is_led(self.pid, self.started)

    def end(self) -> bool:
        """End every process of it that is left; whether there was any."""
        return sessions.end(self.pid, self.started)


def start_mlflow(settings: Settings) -> Service:
    """Start MLflow's server, or find it running. Raises ``ServiceError``."""
    command = [
        *(sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(settings.mlflow_port)),
        *("--backend-store-uri", f"sqlite:///{settings.home / 'mlflow.db'}"),
        *("--artifacts-destination", str(settings.home / "mlartifacts"), "--workers", "1"),
    ]
    environment = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}  # eight idle job workers of 240 MB each
    return _start("mlflow", command, settings.mlflow_port, "/health", environment, settings)


def start_airflow(settings: Settings, extra: Mapping[str, str]) -> Service:
    """Start Airflow (scheduler, API server, DAG processor, triggerer), or find it running.

    ``extra`` are settings of ours to run the tasks under. Raises ``ServiceError``.
    """
    environment = {**airflow_environment(settings), **extra}
    command = [sys.executable, "-m", "airflow", "standalone"]
    return _start("airflow", command, settings.airflow_port, "/api/v2/monitor/health", environment, settings)


def airflow_environment(settings: Settings) -> dict[str, str]:
    """Airflow's configuration for one small machine, as environment variables."""
    home = settings.home / "airflow"
    url = f"http://{HOST}:{settings.airflow_port}"
    secret = _secret(settings)
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_airflow_database(home)}?timeout={LOCK_TIMEOUT_S}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAG_DISCOVERY_SAFE_MODE": "False",  # it looks for the word airflow in the files
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",  # the default of 32 costs 3.6 GB more
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_password_file(settings)),
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(settings.airflow_port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secret,
        "AIRFLOW__API_AUTH__JWT_SECRET": secret,
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "60",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",  # a killed machine's tasks are retried sooner
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "10",  # after a restart tasks are picked up before the API answers
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONWARNINGS": "ignore",
        "COVERLOOP_HOME": str(settings.home),
        "COVERLOOP_MLFLOW_URI": f"http://{HOST}:{settings.mlflow_port}",
    }


def password(settings: Settings) -> str:
    """The password of the user ``admin``, made on the first start."""
    return json.loads(_password_file(settings).read_text())[USER]


def running(settings: Settings) -> dict[str, Service]:
    """The services started from this home that still run."""
    return {name: service for name, service in _known(settings).items() if service.is_running()}


def stop(settings: Settings) -> list[str]:
    """Stop everything started from this home, also what a killed service left; the names of what was there."""
    stopped = [name for name, service in _known(settings).items() if service.end()]
    _state_file(settings).unlink(missing_ok=True)
    return stopped


def _start(
    name: str, command: list[str], port: int, health: str, environment: dict[str, str], settings: Settings
) -> Service:
    known = _known(settings)
    log = settings.home / "logs" / f"{name}.log"
    if service := known.get(name):
        if service.is_running() and service.environment == environment and service.port == port:
            _await_health(service, health, log)
            return service
        service.end()
    _require_free(name, port)
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **environment},
            cwd=settings.home,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = Service(name, process.pid, psutil.Process(process.pid).create_time(), port, environment)
    _remember(settings, {**known, name: service})
    _await_health(service, health, log)
    return service


def _known(settings: Settings) -> dict[str, Service]:
    """The services started from this home and not stopped, whether they still run or not."""
    file = _state_file(settings)
    entries = json.loads(file.read_text()) if file.exists() else []
    return {fields["name"]: Service(**fields) for fields in entries}


def _await_health(service: Service, health: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if not service.is_running():
            service.end()
            raise ServiceError(f"{service.name} ended while starting; its last words are in {log}")
        if _is_healthy(f"{service.url}{health}"):
            return
        time.sleep(0.5)
    service.end()
    raise ServiceError(f"{service.name} did not answer within {START_TIMEOUT_S} s; see {log}")


def _is_healthy(url: str) -> bool:
    try:
        response = httpx.get(url, timeout=5)
    except httpx.HTTPError:
        return False
    if response.status_code != httpx.codes.OK:
        return False
    parts = response.json() if "json" in response.headers.get("content-type", "") else {}
    return all(parts.get(part, {}).get("status", "healthy") == "healthy" for part in ("scheduler", "dag_processor"))


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            variable = f"COVERLOOP_{name.upper()}_PORT"
            raise ServiceError(
                f"port {port} for {name} is in use by another program; free it or set {variable} to another port"
            ) from error


def _remember(settings: Settings, services: dict[str, Service]) -> None:
    _write_private(_state_file(settings), json.dumps([asdict(service) for service in services.values()]))


def _airflow_database(home: Path) -> Path:
    """Airflow's database, in the mode in which readers and a writer do not wait for each other."""
    path = home / "airflow.db"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode=WAL")
    return path


def _state_file(settings: Settings) -> Path:
    return settings.home / "services.json"


def _secret(settings: Settings) -> str:
    return _kept(settings.home / "airflow" / "secret", secrets.token_hex(32))


def _password_file(settings: Settings) -> Path:
    path = settings.home / "airflow" / "passwords.json"
    _kept(path, json.dumps({USER: secrets.token_urlsafe(9)}))
    return path


def _kept(path: Path, content: str) -> str:
    """The file's content, written on the first call, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_private(path, content)
    return path.read_text()


def _write_private(path: Path, content: str) -> None:
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(content)
    partial.replace(path)
