"""Sessions of processes: who belongs to one, and how to end it without a rest.

A session bears the number of its leader, the process that made it, and keeps it when the leader is
gone. The system gives that number to nothing else while anyone is left.
"""

import os
import signal
import time
from collections.abc import Collection

import psutil

STOP_TIMEOUT_S = 20
KILL_TIMEOUT_S = 5
CLOCK_S = 1
"""Two readings of when a process started differ by less."""


def is_led(leader: int, started: float) -> bool:
    """Whether the process that made the session at a moment (seconds of the epoch) still runs."""
    try:
        process = psutil.Process(leader)
        return _is_of(started, process) and lives(process)
    except psutil.NoSuchProcess:
        return False


def end(leader: int, started: float) -> bool:
    """End every process of a session, and what they started outside it: politely, then not.

    Says whether there was any.
    """
    present = members(leader, started)
    send(present, signal.SIGTERM)
    _await_end(present, STOP_TIMEOUT_S)
    left = present | members(leader, started)
    send(left, signal.SIGKILL)
    _await_end(left, KILL_TIMEOUT_S)
    return bool(present)


def members(leader: int, started: float) -> set[psutil.Process]:
    """The living members and their descendants: torchrun puts its workers into sessions of their own.

    None when the number is another's by now: of another leader, or of another boot.
    """
    if started < psutil.boot_time():
        return set()
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        try:
            if process.pid == leader and not _is_of(started, process):
                return set()
            if os.getsid(process.pid) == leader and lives(process):
                found |= {process, *process.children(recursive=True)}
        except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
            continue
    return found


def _is_of(started: float, process: psutil.Process) -> bool:
    return abs(process.create_time() - started) < CLOCK_S


def send(processes: Collection[psutil.Process], number: int) -> None:
    """Send a signal to those that are left."""
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def _await_end(processes: Collection[psutil.Process], timeout_s: float) -> None:
    """Wait until all have ended, reaped or not: in a container whose first process reaps nobody, none ever is."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline and any(map(lives, processes)):
        time.sleep(0.05)


def lives(process: psutil.Process) -> bool:
    """Whether it still does anything: some containers leave dead processes unburied."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
