"""A training in processes of its own: started by torchrun, heard line by line, ended as a whole.

The caller's process keeps its memory and its threads, a crash in native code cannot take the
scheduler's worker along, and when the caller is interrupted or killed nothing goes on training.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence

import psutil

from data_contracts.settings import REPOSITORY

log = logging.getLogger(__name__)

TAIL_LINES = 40
"""Last lines of output repeated in the error."""

STOP_TIMEOUT_S = 20
"""After SIGTERM, before SIGKILL: torchrun passes the signal on and waits for its workers."""

PR_SET_PDEATHSIG = 1


class TrainingFailed(Exception):
    """The processes ended with an error. The message holds the end of their output."""


def launch(module: str, arguments: Sequence[str], processes: int) -> None:
    """Run ``python -m module arguments`` as one torchrun job of so many processes on this machine.

    Their output goes to the log as it comes. Whatever ends this call ends all of them. Raises
    ``TrainingFailed`` when one of them fails.
    """
    torchrun = ["torch.distributed.run", "--standalone", "--nproc-per-node", str(processes), "--max-restarts", "0"]
    command = [sys.executable, "-m", *torchrun, "-m", module, *arguments]
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env={**os.environ, **_environment(processes)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )
    try:
        tail = _stream(process)
        code = process.wait()
    finally:
        _end(process)
    if code != 0:
        raise TrainingFailed(f"{module} ended with exit status {code}. Its last words:\n" + "\n".join(tail))


def _environment(processes: int) -> Mapping[str, str]:
    threads = max(1, (os.cpu_count() or 1) // processes)
    return {
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::FutureWarning",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(threads)),
        "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads cost three times the time on a busy machine
        "TQDM_DISABLE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _stream(process: subprocess.Popen[str]) -> deque[str]:
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    for line in process.stdout or ():
        tail.append(line.rstrip())
        log.info("%s", tail[-1])
    return tail


def _end(process: subprocess.Popen[str]) -> None:
    """End torchrun and its workers, which it starts in sessions of their own."""
    if process.poll() is not None:
        return
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    os.killpg(process.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(everyone, timeout=STOP_TIMEOUT_S)
    for one in alive:
        log.warning("process %d did not end on SIGTERM; killing it", one.pid)
        one.kill()
    process.wait()
