"""Plans against those that a careful reader made: ``requirements.yaml`` and how agreement with it is counted."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from inference.covers.plan import Constraints, Plan, Task

FILE = Path(__file__).with_name("requirements.yaml")
WISHED, FOR_A_MODEL = "? ", "~ "


@dataclass(frozen=True)
class Expected:
    """``tasks`` are those that rules can read; ``beyond_rules`` those whose words only a model can know."""

    requirement: str
    tasks: tuple[Task, ...]
    beyond_rules: tuple[Task, ...]
    conflicts: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def constraints(self) -> Constraints:
        return Constraints.of(self.tasks)


@dataclass(frozen=True)
class Agreement:
    """Tasks found of those expected, and those found beside them."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def read_expected(path: Path = FILE) -> list[Expected]:
    return [_expected(row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


def compare(found: Iterable[Task], expected: Iterable[Task]) -> Agreement:
    """By kind, what, need and parameters; each expected task is found once."""
    got, wanted = (Counter(map(_key, tasks)) for tasks in (found, expected))
    right = (got & wanted).total()
    return Agreement(right, got.total() - right, wanted.total() - right)


def add_up(agreements: Iterable[Agreement]) -> Agreement:
    agreements = list(agreements)
    return Agreement(*(sum(getattr(each, name) for each in agreements) for name in ("right", "wrong", "missed")))


def find_differences(plan: Plan, expected: Expected) -> list[str]:
    """Hard constraints and conflicts in which a plan differs from what was expected."""
    got, wanted = plan.constraints, expected.constraints
    differences = [
        f"{name}: {getattr(got, name)!r}, expected {getattr(wanted, name)!r}"
        for name in Constraints.__dataclass_fields__
        if _unordered(getattr(got, name)) != _unordered(getattr(wanted, name))
    ]
    told = len(plan.conflicts) == len(expected.conflicts)
    if not told or not all(word in " ".join(plan.conflicts) for word in expected.conflicts):
        differences.append(f"conflicts: {plan.conflicts!r}, expected {expected.conflicts!r}")
    return differences


def _unordered(value):
    return sorted(value) if isinstance(value, tuple) else value


def _key(task: Task) -> tuple:
    return task.kind, task.what, task.need, tuple(sorted((name, str(value)) for name, value in task.parameters.items()))


def _expected(row: dict) -> Expected:
    tasks, beyond = [], []
    for words in row["tasks"]:
        mark = words[:2] if words[:2] in (WISHED, FOR_A_MODEL) else ""
        task = _as_task(words.removeprefix(mark), "better_to_have" if mark else "have_to_have")
        (beyond if mark == FOR_A_MODEL else tasks).append(task)
    listed = {name: tuple(map(str, row.get(name, ()))) for name in ("conflicts", "unread")}
    return Expected(row["say"], tuple(tasks), tuple(beyond), **listed)


def _as_task(words: str, need: str) -> Task:
    what, _, rest = words.partition(" ")
    pairs = re.findall(r"(\w+)=(.*?)(?= \w+=|$)", rest)
    return Task.of(what, {name: _value(name, text) for name, text in pairs}, words, need)


def _value(name: str, text: str):
    if name in ("chars", "words", "count", "lines") and text.isdigit():
        return int(text)
    if name in ("seconds", "most_seconds", "amount"):
        return float(text)
    return True if text == "true" else text
