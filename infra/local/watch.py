"""Follow the loop as Airflow runs it: a line for each finished task, the newest log line meanwhile."""

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from infra.local.airflow_api import AirflowApi

POLL_S = 2.0
QUIET_S = 10.0
"""The scheduler starts what an asset event calls for within a few seconds; silence for longer is rest."""

MARKS = {
    "success": "[green]✓[/]",
    "skipped": "[dim]–[/]",
    "failed": "[red]✗[/]",
    "upstream_failed": "[red]·[/]",
    "up_for_retry": "[yellow]↻[/]",
    "awaiting_input": "[yellow]?[/]",  # a person is asked, in Airflow
}
PLAIN_EVERY_S = 20.0
"""Without a terminal, how often the newest log line of what runs is printed."""

TASK_RUNNER = "task"
"""The logger under which Airflow says that it starts, skips and ends a task."""


def follow(api: AirflowApi, since: datetime, logs: Path, console: Console) -> list[str]:
    """Print progress until nothing runs or waits to run; the names of the tasks that failed."""
    printed: set[tuple[Any, ...]] = set()
    failed: dict[str, None] = {}
    quiet_since = time.monotonic()
    last_plain = 0.0
    with console.status("waiting for the first task") as status:
        while time.monotonic() - quiet_since < QUIET_S:
            runs = api.runs(since)
            active = [run for run in runs if run["state"] in ("queued", "running")]
            for run in runs:
                for task in api.tasks(run["dag_id"], run["dag_run_id"]):
                    _print_once(task, printed, failed, console, logs)
            if active:
                quiet_since = time.monotonic()
                line = _current(api, active, logs)
                status.update(line or "the scheduler picks the next task")
                if line and not console.is_terminal and time.monotonic() - last_plain > PLAIN_EVERY_S:
                    console.print(f"  … {line}", highlight=False)
                    last_plain = time.monotonic()
            time.sleep(POLL_S)
    return list(failed)


def _print_once(
    task: dict[str, Any], printed: set[tuple[Any, ...]], failed: dict[str, None], console: Console, logs: Path
) -> None:
    key = (task["dag_id"], task["dag_run_id"], task["task_id"], task["map_index"], task["try_number"], task["state"])
    if task["state"] not in MARKS or key in printed:
        return
    printed.add(key)
    name = _name(task)
    words = _last_words(task, logs) if task["state"] != "success" else ""
    took = f"{task['duration']:.0f} s" if task["duration"] else ""
    console.print(f"{MARKS[task['state']]} {name} [dim]{took}[/] {escape(words)}", highlight=False)
    if task["state"] == "failed":
        failed[name] = None
    elif task["state"] == "success":
        failed.pop(name, None)


def _current(api: AirflowApi, active: list[dict[str, Any]], logs: Path) -> str:
    for run in active:
        for task in api.tasks(run["dag_id"], run["dag_run_id"]):
            if task["state"] == "running":
                return f"{_name(task)} {escape(_last_words(task, logs))}"
    return ""


def _name(task: dict[str, Any]) -> str:
    place = "" if task["map_index"] < 0 else f" {task['map_index'] + 1}"
    return f"{task['dag_id']} · {task['task_id']}{place}"


def _last_words(task: dict[str, Any], logs: Path) -> str:
    """The first line of the newest message in a task's log, of its error if it failed."""
    messages = list(_messages(task, logs))
    return messages[-1] if messages else ""


def _messages(task: dict[str, Any], logs: Path) -> Iterator[str]:
    folder = logs / f"dag_id={task['dag_id']}" / f"run_id={task['dag_run_id']}" / f"task_id={task['task_id']}"
    if task["map_index"] >= 0:
        folder /= f"map_index={task['map_index']}"
    file = folder / f"attempt={task['try_number']}.log"
    if not file.exists():
        return
    for line in file.read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if words := _words(entry):
            yield words.splitlines()[0]


def _words(entry: dict[str, Any]) -> str:
    """An entry's error, or why the task was skipped, or what our code said; nothing of Airflow's own talk."""
    if details := entry.get("error_detail"):
        return f"{details[-1].get('exc_type')}: {details[-1].get('exc_value')}"
    said = entry.get("event")
    if entry.get("logger", "").partition(".")[0] == "airflow" or entry.get("logger") == TASK_RUNNER:
        said = entry.get("reason")
    return str(said or "").strip()
