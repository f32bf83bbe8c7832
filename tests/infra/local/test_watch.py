"""What is shown of a task, from log files as Airflow 3.3 writes them."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from infra.local import watch

OURS = {"event": "8 of 8: china.mp4: “免剪刀的古楼3D拼图”, card", "logger": "inference.covers.make"}
TASK = {"dag_id": "make_covers", "dag_run_id": "manual__1", "task_id": "make_batch", "try_number": 1, "duration": 12.4}
AIRFLOWS = (
    {"event": "::group::Log message source details", "sources": ["attempt=1.log"]},
    {"event": "Done. Returned value was: {'covers': 48}", "logger": "airflow.task.operators.python"},
    {"event": "::group::Post Execute", "logger": "task"},
    {"event": "Pushing xcom", "logger": "task"},
    {"event": "::endgroup::", "logger": "task"},
)


def write_log(logs: Path, task: dict, *entries: dict | str) -> None:
    folder = logs / f"dag_id={task['dag_id']}" / f"run_id={task['dag_run_id']}" / f"task_id={task['task_id']}"
    if task["map_index"] >= 0:
        folder /= f"map_index={task['map_index']}"
    folder.mkdir(parents=True)
    lines = [entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False) for entry in entries]
    (folder / f"attempt={task['try_number']}.log").write_text("\n".join(lines) + "\n")


def printed(logs: Path, *tasks: dict) -> tuple[str, list[str]]:
    """What is printed of some tasks, one after another, and which failed in the end."""
    console = Console(width=200, record=True, file=StringIO())
    shown, failed = set(), {}
    for task in tasks:
        watch._print_once(task, shown, failed, console, logs)
    return console.export_text(), list(failed)


@pytest.mark.parametrize("map_index", [-1, 3])
def test_airflows_own_talk_hides_nothing_that_ours_said(tmp_path, map_index):
    task = TASK | {"map_index": map_index, "state": "running"}
    write_log(tmp_path, task, AIRFLOWS[0], OURS, *AIRFLOWS[1:], "a line that is no JSON", "{cut off")
    assert watch._last_words(task, tmp_path) == OURS["event"]


def test_of_a_message_of_many_lines_the_first_is_shown(tmp_path):
    task = TASK | {"map_index": -1, "state": "running"}
    write_log(tmp_path, task, OURS, OURS | {"event": "\nstep 3 of 126\n  loss 2.1\n"}, {"event": "", "logger": "x"})
    assert watch._last_words(task, tmp_path) == "step 3 of 126"


def test_a_failed_task_shows_its_error_and_is_named_until_a_retry_succeeds(tmp_path):
    failing = TASK | {"map_index": 0, "state": "failed"}
    error = {"exc_type": "BadMedia", "exc_value": "cut off: [b]an MP4[/b]\nwithout its index"}
    entry = {"event": "Task failed with exception", "logger": "task", "error_detail": [error]}
    write_log(tmp_path, failing, OURS, entry, AIRFLOWS[-1])
    text, failed = printed(tmp_path, failing, failing)
    assert text == "✗ make_covers · make_batch 1 12 s BadMedia: cut off: [b]an MP4[/b]\n"
    assert failed == ["make_covers · make_batch 1"]

    again = failing | {"try_number": 2, "state": "success"}
    text, failed = printed(tmp_path, failing, again)
    assert text.splitlines()[1].strip() == "✓ make_covers · make_batch 1 12 s"
    assert failed == []


def test_a_skipped_task_shows_why(tmp_path):
    task = TASK | {"map_index": -1, "state": "skipped", "duration": None}
    skipped = {"event": "Skipping task.", "reason": "every video has a cover\nalready", "logger": "task"}
    write_log(tmp_path, task, OURS, skipped, AIRFLOWS[-1])
    text, failed = printed(tmp_path, task)
    assert " ".join(text.split()) == "– make_covers · make_batch every video has a cover"
    assert failed == []


def test_a_task_that_has_not_ended_is_not_listed_and_one_without_a_log_has_no_words(tmp_path):
    running = TASK | {"map_index": -1, "state": "running"}
    lost = TASK | {"map_index": -1, "state": "upstream_failed", "duration": None}
    assert watch._last_words(lost, tmp_path) == ""
    text, failed = printed(tmp_path, running, lost)
    assert " ".join(text.split()) == "· make_covers · make_batch"
    assert failed == []
