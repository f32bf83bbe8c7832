"""What every process of a training runs: a module, which ends with its launcher and leaves its error behind.

``python -m training.worker FOLDER MODULE ARGUMENTS…``, started by ``training/launch.py`` through a
launcher. Those print pages about a process that failed and little of why; the error of a process is
written into the folder, as ``<rank>.json``, with the time: the first one is the reason, the others
follow from it.
"""

import contextlib
import ctypes
import json
import os
import runpy
import signal
import sys
import time
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Failure:
    """The error of one process, with its traceback; ``time`` is in seconds since the epoch."""

    rank: int
    time: float
    error: str


def main() -> None:
    die_with_parent()
    folder, module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Exception as error:
        _leave(Path(folder), error)
        raise


def read_failures(folder: Path) -> list[Failure]:
    """What processes on this machine left in the folder, the first failure first."""
    found = [Failure(**json.loads(file.read_text())) for file in folder.glob("*.json")]
    return sorted(found, key=lambda failure: failure.time)


def die_with_parent() -> None:
    """Have Linux send this process a SIGTERM when its parent ends, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _leave(folder: Path, error: Exception) -> None:
    failure = Failure(int(os.environ["RANK"]), time.time(), "".join(_own_lines(error)).rstrip())
    partial = folder / f"{failure.rank}.partial"
    with contextlib.suppress(OSError):  # another node has no such folder; the error is printed all the same
        partial.write_text(json.dumps(asdict(failure)))
        partial.replace(folder / f"{failure.rank}.json")


def _own_lines(error: Exception) -> list[str]:
    """The traceback from the module's own first line on."""
    trace = error.__traceback__
    while trace and ("runpy" in trace.tb_frame.f_code.co_filename or trace.tb_frame.f_code.co_filename == __file__):
        trace = trace.tb_next
    return traceback.format_exception(type(error), error, trace)


if __name__ == "__main__":
    main()
