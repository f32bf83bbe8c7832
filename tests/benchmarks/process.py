"""A fresh process for each thing measured, so that neither memory nor warm caches mix."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

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
