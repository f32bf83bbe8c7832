"""Services are real processes here: MLflow once, else a web server of the standard library with children of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import httpx
import psutil
import pytest

from data_contracts.settings import Settings
from infra.local import services, sessions
from infra.local.services import Service, ServiceError
from tests.conftest import free_port

SERVER = """
import http.server, subprocess, sys
subprocess.Popen(["sleep", "600"])
http.server.test(http.server.SimpleHTTPRequestHandler, port=int(sys.argv[1]), bind="127.0.0.1")
"""
"""A service with a child."""

APART = 'import subprocess; subprocess.Popen(["sleep", "600"], start_new_session=True)\n'
"""A child that leads a session of its own, as torchrun's workers do."""

DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
SLOW = "import time; time.sleep(2)\n"
PATIENCE_S = 60


@pytest.fixture
def settings(own_home):
    made = Settings(home=own_home, mlflow_port=free_port())
    own_home.mkdir()
    yield made
    services.stop(made)


def start(settings: Settings, port: int, script: str = SERVER, **environment: str) -> Service:
    command = [sys.executable, "-c", script, str(port)]
    return services._start("web", command, port, "/", environment, settings)


def family(service: Service) -> list[psutil.Process]:
    leader = psutil.Process(service.pid)
    return [leader, *leader.children(recursive=True)]


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def kill_leader(service: Service) -> None:
    os.kill(service.pid, signal.SIGKILL)
    os.waitpid(service.pid, 0)


def is_served(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((services.HOST, port)) == 0


def test_mlflow_starts_is_found_running_and_stops_without_a_rest(settings):
    service = services.start_mlflow(settings)
    assert httpx.get(f"{service.url}/health").status_code == httpx.codes.OK
    assert services.start_mlflow(settings) == service
    members = family(service)
    assert services.stop(settings) == ["mlflow"]
    assert_gone(members)
    assert not is_served(service.port)
    assert services.running(settings) == {}
    assert services.stop(settings) == []
    assert (settings.home / "mlflow.db").exists()


def test_what_runs_is_found_by_another_process_and_not_started_again(settings):
    port = free_port()
    service = start(settings, port, SETTING="one")
    assert services.running(Settings(home=settings.home)) == {"web": service}
    assert start(settings, port, SETTING="one") == service


def test_one_that_another_process_is_still_starting_is_waited_for(settings):
    port = free_port()
    with ThreadPoolExecutor() as threads:
        first = threads.submit(start, settings, port, SLOW + SERVER)
        while not (settings.home / "services.json").exists():
            time.sleep(0.05)
        second = start(settings, port, SLOW + SERVER)
        assert is_served(port)
        assert second == first.result()


def test_another_environment_starts_it_anew(settings):
    port = free_port()
    before = start(settings, port, SETTING="one")
    members = family(before)
    after = start(settings, port, SETTING="two")
    assert after.pid != before.pid
    assert_gone(members)
    assert psutil.Process(after.pid).environ()["SETTING"] == "two"
    assert list(services.running(settings).values()) == [after]


def test_another_port_moves_it(settings):
    before = start(settings, free_port())
    after = start(settings, free_port())
    assert is_served(after.port)
    assert not is_served(before.port)


def test_stop_ends_children_that_lead_sessions_of_their_own(settings):
    members = family(start(settings, free_port(), APART + SERVER))
    assert len(members) == 3
    assert len({os.getsid(process.pid) for process in members}) == 2
    assert services.stop(settings) == ["web"]
    assert_gone(members)


def test_a_process_that_ignores_the_polite_signal_is_killed(settings, monkeypatch):
    monkeypatch.setattr(sessions, "STOP_TIMEOUT_S", 1)
    deaf = start(settings, free_port(), DEAF + SERVER)
    members = family(deaf)
    services.stop(settings)
    assert_gone(members)


def test_a_port_in_use_is_named_with_the_setting_that_moves_it(settings):
    with socket.socket() as taken:
        taken.bind((services.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServiceError, match=rf"port {port} for mlflow .* set COVERLOOP_MLFLOW_PORT"):
            services.start_mlflow(settings.model_copy(update={"mlflow_port": port}))
    assert services.running(settings) == {}


def test_a_service_that_ends_while_starting_is_told_with_its_log(settings):
    script = "raise SystemExit('the database is of a newer version')"
    with pytest.raises(ServiceError, match=r"web ended while starting.*web\.log") as caught:
        start(settings, free_port(), script)
    log = str(caught.value).rsplit(" ", 1)[-1]
    assert "the database is of a newer version" in Path(log).read_text()


def test_a_service_that_never_answers_is_told_and_ended(settings, monkeypatch):
    monkeypatch.setattr(services, "START_TIMEOUT_S", 2)
    with pytest.raises(ServiceError, match="web did not answer within 2 s"):
        start(settings, free_port(), "import time; time.sleep(600)")
    assert services.running(settings) == {}


def test_the_children_of_a_killed_leader_are_ended_and_its_port_is_free_again(settings):
    port = free_port()
    service = start(settings, port)
    members = family(service)
    kill_leader(service)
    assert services.running(settings) == {}
    again = start(settings, port)
    assert again.pid != service.pid
    assert_gone(members)


def test_stop_ends_what_a_killed_leader_left(settings):
    service = start(settings, free_port())
    members = family(service)
    kill_leader(service)
    assert services.stop(settings) == ["web"]
    assert_gone(members)


@pytest.fixture
def stranger():
    """A program of the user's that leads a session and has nothing to do with Coverloop."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("age_s", [30, 10 * 365 * 24 * 3600], ids=["this boot", "an earlier boot"])
def test_a_program_that_got_a_dead_services_number_is_left_alone(settings, stranger, age_s):
    remembered = Service("web", stranger.pid, time.time() - age_s, free_port(), {})
    (settings.home / "services.json").write_text(json.dumps([asdict(remembered)]))
    assert services.running(settings) == {}
    assert services.stop(settings) == []
    assert stranger.poll() is None
    assert not (settings.home / "services.json").exists()


def test_a_daemon_that_got_the_number_of_a_service_of_an_earlier_boot_is_left_alone(settings):
    """A daemon's first process ends at once, so its session bears the number of a process that is gone."""
    daemon = subprocess.Popen(["sh", "-c", "sleep 600 & echo $!"], stdout=subprocess.PIPE, start_new_session=True)
    child = psutil.Process(int(daemon.stdout.readline()))
    daemon.stdout.close()
    daemon.wait()
    remembered = Service("web", daemon.pid, psutil.boot_time() - 60, free_port(), {})
    (settings.home / "services.json").write_text(json.dumps([asdict(remembered)]))
    try:
        assert os.getsid(child.pid) == daemon.pid
        assert services.stop(settings) == []
        assert child.is_running()
    finally:
        child.kill()


def test_secrets_are_made_once_and_readable_by_their_owner_only(settings):
    environment = services.airflow_environment(settings)
    assert services.airflow_environment(settings) == environment
    assert services.password(settings) not in json.dumps(environment)
    files = [settings.home / "airflow" / "secret", settings.home / "airflow" / "passwords.json"]
    start(settings, free_port(), SECRET=environment["AIRFLOW__API__SECRET_KEY"])
    for file in [*files, settings.home / "services.json"]:
        assert file.stat().st_mode & 0o077 == 0, file
