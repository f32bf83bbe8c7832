import logging
import subprocess
import sys
import time

import psutil
import pytest

from data_contracts.settings import REPOSITORY
from training.launch import TrainingFailed, launch

TARGET = "tests.training.launch_target"
PATIENCE_S = 120


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


def test_every_process_is_heard(caplog):
    caplog.set_level(logging.INFO)
    launch(TARGET, ["succeed"], processes=2)
    assert {"rank 0 of 2", "rank 1 of 2"} <= set(caplog.messages)


def test_one_failing_process_fails_the_training_with_its_last_words():
    with pytest.raises(TrainingFailed, match=r"(?s)exit status 1.*ValueError: no gradient"):
        launch(TARGET, ["fail"], processes=2)


def test_an_interrupted_caller_ends_all_of_them(tmp_path):
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
            launch(TARGET, ["wait", str(tmp_path)], processes=2)
    finally:
        logger.removeHandler(handler)
    assert_all_end(worker_pids(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_a_killed_caller_takes_all_of_them_along(tmp_path):
    code = f"from training.launch import launch; launch({TARGET!r}, ['wait', {str(tmp_path)!r}], 2)"
    caller = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY)
    pids = worker_pids(tmp_path)
    caller.kill()
    caller.wait()
    assert_all_end(pids)
