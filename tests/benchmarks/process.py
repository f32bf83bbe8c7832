"""A fresh process for each thing measured, so that neither memory nor warm caches mix."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import psutil

from data_contracts.settings import REPOSITORY

SAMPLE_S = 0.25
"""Between two looks at the memory of a command and its processes."""

Call = Callable[..., Any]
"""Calls a module's function with plain arguments in the process and gives what it returns or raises."""


@contextmanager
def fresh_process() -> Iterator[Call]:
    """A process that starts empty and keeps what it loads until the end."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        yield lambda function, *arguments: pool.submit(function, *arguments).result()


def peak_bytes() -> int:
    """The most memory that the calling process ever had resident.

    Not ``ru_maxrss``: that one survives ``exec`` and would hold the parent's peak too.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.removesuffix("kB")) * 1024
    raise OSError("/proc/self/status says nothing of VmHWM: peak memory is measured on Linux only")


def measure_command(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; the most bytes that it and its processes held at once, shared ones counted once.

    Raises ``CalledProcessError`` with what it said on its standard error.
    """
    peak = 0
    with tempfile.TemporaryFile("w+") as said:
        with subprocess.Popen(
            command, cwd=REPOSITORY, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=said
        ) as process:
            while process.poll() is None:
                peak = max(peak, _held_bytes(process.pid))
                time.sleep(SAMPLE_S)
        said.seek(0)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command, stderr=said.read())
    return peak


def _held_bytes(pid: int) -> int:
    """Proportional set sizes; a process that ends meanwhile holds nothing."""
    held = 0
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        for each in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held += each.memory_full_info().pss
    return held
