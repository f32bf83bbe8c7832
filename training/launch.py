"""A training in processes of its own: started by a launcher, heard line by line, ended as a whole.

The caller's process keeps its memory and its threads, a crash in native code cannot take the
scheduler's worker along, and when the caller is interrupted or killed nothing goes on training.

The call is the same for one process and for many nodes; the profile says which. Nodes that meet at a
rendezvous all run the same: the first through a task, each of the others from its shell, its pod or its
batch system:

    python -m training.launch training.title_copy.task FOLDER

with the same profile, and with HOME on storage that all of them see, where FOLDER lies. From a hostfile
the ``deepspeed`` launcher starts the other nodes itself, by ``pdsh`` and ssh.
"""

import argparse
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import psutil

from data_contracts.settings import REPOSITORY
from training import launch_commands
from training.worker import Failure, die_with_parent, read_failures

log = logging.getLogger(__name__)

TAIL_LINES = 40
"""Last lines of output repeated in the error."""

STOP_TIMEOUT_S = 20
"""After SIGTERM, before SIGKILL: the launcher passes the signal on and waits for its workers."""

AGENT_REPORTS = re.compile(r"torch/distributed/elastic/multiprocessing/api\.py:\d+\] failed|exits with return code")
"""From this line on the launcher speaks, at length, about a process that has failed."""

KILLED = re.compile(r"exitcode\s*: -(\d+) |return code = -(\d+)")
"""How torchrun and deepspeed say that a process was ended by a signal."""

MEANINGS = {"SIGKILL": ", as the system does when memory runs out", "SIGSEGV": ", a fault in native code"}

NOT_MET = {
    "RendezvousConnectionError": "nobody answers there; is the node of that name up, and its port open to this one?",
    "RendezvousTimeoutError": "not all {nodes} nodes came within {join_timeout_s} s; does each run the same command?",
}


class TrainingFailed(Exception):
    """The processes ended with an error. The message says which failed first, and its last words."""


def launch(
    module: str,
    arguments: Sequence[str],
    processes: int = 1,
    nodes: int = 1,
    rendezvous: str | None = None,
    hostfile: Path | None = None,
    launcher: Literal["torchrun", "deepspeed"] = "torchrun",
    join_timeout_s: int = 600,
) -> None:
    """Run ``python -m module arguments`` in ``processes`` processes on each node; returns when all are done.

    The keywords are those of a profile (``TrainingChoice.placement``). Output of this node goes to the
    log as it comes. Whatever ends this call ends all of them. Raises ``TrainingFailed`` when one fails
    or when the nodes do not meet, and ``ValueError`` for a hostfile that cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="training-") as folder:
        worker, environment = ["training.worker", folder, module, *arguments], dict(_environment(processes))
        if launcher == "torchrun":
            command = launch_commands.torchrun(worker, processes, nodes, rendezvous, join_timeout_s)
        elif hostfile is None:
            command = launch_commands.deepspeed(worker, processes)
        else:
            command = launch_commands.deepspeed_on_hosts(worker, processes, nodes, hostfile)
            environment["DS_ENV_FILE"] = _exports(Path(folder))
        code, said, after = _run(command, environment)
        failures = read_failures(Path(folder))
    if code == 0:
        return
    for error, meaning in NOT_MET.items():
        if not failures and any(f"rendezvous.api.{error}" in line for line in [*said, *after]):
            meaning = meaning.format(nodes=nodes, join_timeout_s=join_timeout_s)
            raise TrainingFailed(f"the nodes did not meet at {rendezvous}: {meaning}")
    raise TrainingFailed(
        f"{module} ended with exit status {code}. {_last_words(failures, said, after, processes * nodes)}"
    )


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, Sequence[str], Sequence[str]]:
    """Exit status, the last lines that were said, and those since the launcher speaks of a failure."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        process_group=0,
        preexec_fn=die_with_parent,
    )
    try:
        said, after = _stream(process)
        return process.wait(), said, after
    finally:
        _end(process)


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


def _exports(folder: Path) -> str:
    """A file of our settings, which the ``deepspeed`` launcher writes into its command for other nodes: no key."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("COVERLOOP_") and "KEY" not in name}
    file = folder / "settings.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in ours.items()))
    return str(file)


def _stream(process: subprocess.Popen[str]) -> tuple[Sequence[str], Sequence[str]]:
    said: deque[str] = deque(maxlen=TAIL_LINES)
    after: deque[str] = deque(maxlen=10 * TAIL_LINES)
    for line in process.stdout or ():
        log.info("%s", line.rstrip())
        (after if after or AGENT_REPORTS.search(line) else said).append(line.rstrip())
    return said, after


def _last_words(failures: Sequence[Failure], said: Sequence[str], after: Sequence[str], world: int) -> str:
    ends = [int(torchrun or deepspeed) for torchrun, deepspeed in KILLED.findall("\n".join(after))]
    killed = next((signal.Signals(number).name for number in ends if number != signal.SIGTERM), None)
    if failures and not killed:
        return f"Rank {failures[0].rank} of {world} failed first:\n{failures[0].error}"
    why = f"A process was ended by {killed}{MEANINGS.get(killed, '')}. " if killed else ""
    return f"{why}The last that was said:\n" + "\n".join(said)


def _end(process: subprocess.Popen[str]) -> None:
    """End the launcher and its workers, which torchrun starts in sessions of their own."""
    if process.poll() is not None:
        return
    everyone = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    os.killpg(process.pid, signal.SIGTERM)
    _, alive = psutil.wait_procs(everyone, timeout=STOP_TIMEOUT_S)
    for one in alive:
        log.warning("process %d did not end on SIGTERM; killing it", one.pid)
        one.kill()
    process.wait()


def main() -> None:
    from inference.models import profile

    parser = argparse.ArgumentParser(
        prog="python -m training.launch", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("module", help="what every process runs, such as training.title_copy.task")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its arguments, such as the training's folder")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    launch(arguments.module, arguments.arguments, **profile.load().training.placement)


if __name__ == "__main__":
    main()
