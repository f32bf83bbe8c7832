import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from data_contracts.settings import REPOSITORY
from tests.conftest import free_port
from training.launch import TrainingFailed, launch

TARGET = "tests.training.launch_target"
PATIENCE_S = 120
LAUNCHERS = ["torchrun", "deepspeed"]
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")


def worker_pids(folder) -> list[int]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        files = sorted(folder.glob("*.pid"))
        if len(files) == 2 and all(file.read_text() for file in files):
            return [int(file.read_text()) for file in files]
        time.sleep(0.1)
    raise TimeoutError("the workers did not start")


def assert_all_end(pids: list[int]) -> None:
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    _, alive = psutil.wait_procs(running, timeout=PATIENCE_S)
    assert not alive


def start(what: str, folder: Path, **options) -> subprocess.Popen:
    """A caller of its own, which can be killed."""
    code = f"from training.launch import launch; launch({TARGET!r}, {[what, str(folder)]!r}, **{options!r})"
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def test_every_process_is_heard(caplog):
    caplog.set_level(logging.INFO)
    launch(TARGET, ["succeed"], processes=2)
    assert {"rank 0 of 2", "rank 1 of 2"} <= set(caplog.messages)


def test_a_failing_process_ends_the_others_and_its_own_last_words_are_told(tmp_path):
    with pytest.raises(TrainingFailed) as failed:
        launch(TARGET, ["fail", str(tmp_path)], processes=2)
    assert_all_end(worker_pids(tmp_path))
    first, *traceback = str(failed.value).splitlines()
    assert first == f"{TARGET} ended with exit status 1. Rank 1 of 2 failed first:"
    assert traceback[0] == "Traceback (most recent call last):"
    assert "launch_target.py" in traceback[1]  # from its own first line on
    assert traceback[-1] == "ValueError: no gradient"


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_process_killed_from_outside_is_named_as_that(launcher, tmp_path):
    with pytest.raises(TrainingFailed, match=r"ended by SIGKILL, as the system does when memory runs out") as failed:
        launch(TARGET, ["die", str(tmp_path)], processes=2, launcher=launcher)
    assert_all_end(worker_pids(tmp_path))
    assert "rank 1 of 2" in str(failed.value)
    assert "Root Cause" not in str(failed.value)


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_an_interrupted_caller_ends_all_of_them(tmp_path, launcher):
    class Interrupt(logging.Handler):
        def emit(self, record):
            if record.getMessage() == "waiting":
                worker_pids(tmp_path)
                raise KeyboardInterrupt

    logger, handler = logging.getLogger("training.launch"), Interrupt()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with pytest.raises(KeyboardInterrupt):
            launch(TARGET, ["wait", str(tmp_path)], processes=2, launcher=launcher)
    finally:
        logger.removeHandler(handler)
    assert_all_end(worker_pids(tmp_path))


@linux_only
@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_a_killed_caller_takes_all_of_them_along(tmp_path, launcher):
    caller = start("wait", tmp_path, processes=2, launcher=launcher)
    pids = worker_pids(tmp_path)
    caller.kill()
    caller.wait()
    assert_all_end(pids)


@linux_only
def test_a_killed_launcher_takes_the_workers_along_and_is_a_failure(tmp_path):
    caller = start("wait", tmp_path, processes=2)
    pids = worker_pids(tmp_path)
    (launcher,) = {psutil.Process(pid).ppid() for pid in pids}
    psutil.Process(launcher).kill()
    assert_all_end(pids)
    assert "TrainingFailed" in caller.communicate(timeout=PATIENCE_S)[0].decode()


def test_two_nodes_meet_and_are_one_training(tmp_path):
    place = {"nodes": 2, "rendezvous": f"localhost:{free_port()}", "join_timeout_s": PATIENCE_S}
    nodes = [start("succeed", tmp_path, **place) for _ in range(2)]
    said = "".join(node.communicate(timeout=PATIENCE_S)[0].decode() for node in nodes)
    assert [node.returncode for node in nodes] == [0, 0], said
    assert {file.name for file in tmp_path.glob("*.pid")} == {"0.pid", "1.pid"}


def test_a_failure_on_one_node_ends_the_other(tmp_path):
    place = {"nodes": 2, "rendezvous": f"localhost:{free_port()}", "join_timeout_s": PATIENCE_S}
    nodes = [start("leave", tmp_path, **place) for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        said = list(pool.map(lambda node: node.communicate(timeout=PATIENCE_S)[0].decode(), nodes))
    assert all(node.returncode != 0 for node in nodes)
    assert sum("ValueError: no gradient" in each for each in said) == 1
    assert_all_end(worker_pids(tmp_path))


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("localhost:{port}", r"did not meet at localhost:\d+: not all 2 nodes came within 3 s"),
        ("nobody.invalid:{port}", r"did not meet at nobody.invalid:\d+: nobody answers there"),
    ],
)
def test_nodes_that_do_not_meet_say_so(place, reason):
    with pytest.raises(TrainingFailed, match=reason):
        launch(TARGET, ["succeed"], nodes=2, rendezvous=place.format(port=free_port()), join_timeout_s=3)


PDSH = """#!/usr/bin/env python3
# Runs on this machine what pdsh would run on each host, with the same marks in its command line.
import subprocess, sys
hosts = sys.argv[sys.argv.index("-w") + 1].split(",")
command = " ".join(sys.argv[sys.argv.index("-w") + 2 :])
if "pkill" in command:
    sys.exit(0)
nodes = [subprocess.Popen(command.replace("%n", str(n)), shell=True) for n, _ in enumerate(hosts)]
sys.exit(max(node.wait() for node in nodes))
"""


def test_hosts_of_a_file_are_one_training_with_the_settings_but_no_secrets(tmp_path, monkeypatch):
    """Two names of this machine, reached by programs that stand in for pdsh and ssh."""
    programs, folder = tmp_path / "bin", tmp_path / "with space"
    programs.mkdir()
    folder.mkdir()
    for name, text in (("pdsh", PDSH), ("ssh", "#!/bin/sh\necho 127.0.0.1\n")):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COVERLOOP_LANGUAGE_API_KEY", "s3cret")
    hostfile = tmp_path / "hosts"
    hostfile.write_text("# trainers\nnode-a slots=2\nnode-b slots=1  # smaller\n")
    launch(TARGET, ["succeed", str(folder)], nodes=2, launcher="deepspeed", hostfile=hostfile)
    assert {file.name for file in folder.glob("*.pid")} == {"0.pid", "1.pid"}
