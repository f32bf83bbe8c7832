"""From a requirement to its plan: rules first, the language model for what they left, then the contradictions."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from inference.covers.plan import conflicts
from inference.covers.plan.clauses import Clause, Quote, Reading, cut, normalise
from inference.covers.plan.formats import RATIO, orientation, read_formats
from inference.covers.plan.lengths import read_lengths
from inference.covers.plan.negation import NO_DEMAND
from inference.covers.plan.patterns import as_pattern
from inference.covers.plan.subjects import read_subjects
from inference.covers.plan.task import Plan, Task
from inference.covers.plan.wording import read_quoted, read_wording
from inference.covers.titles.facts import Facts

if TYPE_CHECKING:
    from inference.memory.criteria import Criterion
    from inference.models.language import LanguageModel

log = logging.getLogger(__name__)

LONGEST = 2000
"""Characters of a requirement that are read; whoever writes more has pasted something else."""

POLITE = as_pattern(
    r"^(?:请|麻烦|谢谢?|辛苦|您好?|你好|老师|亲|哈|了|啦|哦|啊|吧|的|呢|帮忙|做|一下|这个|这条|视频|封面图?|要求如?下?|如下|给|我|我们|做个?|一?个|一?张|设计|"
    r"hi|hello|thanks?|thank you|please|the|a|an|for|this|our|video|cover|covers|"
    r"make|me|us|thumbnail|requirements?|image|picture|both|[\s:\x00'!~-])*$"
)
"""Courtesies: nothing is asked for in them."""

CODE = as_pattern(r"[{}]|\":")
"""Programs and data are no requirement, whatever words stand in them."""

PARTLY_SAID = ("show", "show_price", "moving", "template", "ratio")
"""Tasks of which a plainer one says nothing beside a more exact one."""


def read_requirement(
    requirement: str,
    model: "LanguageModel | None" = None,
    facts: Facts | None = None,
    criteria: "Sequence[Criterion]" = (),
    category: str | None = None,
) -> Plan:
    """The plan of a requirement in Chinese or English.

    A requirement that contradicts itself or asks for the impossible gets a plan whose ``conflicts`` say
    so. ``model`` reads the clauses that no rule does; without one they stay ``unread``. ``facts`` are
    those of the product; of ``criteria`` those that apply to its category, or the one that is named, go
    into the plan.
    """
    requirement = requirement.strip()
    tasks, unread = read_by_rules(requirement[:LONGEST])
    if rest := requirement[LONGEST:].strip():
        unread = (*unread, rest)
    if model is not None and unread:
        from inference.covers.plan.assistant import read_by_model

        added, unread = read_by_model(model, tasks, unread)
        tasks = _merge([*tasks, *added])
    from inference.covers.plan.criteria import applying

    return Plan(
        requirement=requirement,
        tasks=tasks,
        conflicts=conflicts.find_conflicts(requirement, tasks, facts),
        unread=unread,
        criteria=applying(criteria, tasks, category or (facts.category if facts else None)),
    )


def read_by_rules(requirement: str) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """The tasks that rules read, each with its span, and the clauses in which they read nothing."""
    tasks: list[Task] = []
    unread: list[str] = []
    readings: list[Reading] = []
    for clause in cut(requirement):
        whole = requirement[clause.start : clause.start + len(clause.text)]
        clause.before = tuple(readings)
        readings = list(_read_clause(clause))
        tasks += (_as_task(reading, requirement) for reading in readings)
        if not readings and not _demands_nothing(clause):
            unread.append(whole)
    return _merge(tasks), tuple(unread)


def _read_clause(clause: Clause) -> Iterator[Reading]:
    if NO_DEMAND.search(clause.text) or CODE.search(clause.text) or clause.conditional:
        return
    yield from read_quoted(clause)
    yield from read_lengths(clause)
    yield from read_formats(clause)
    yield from read_wording(clause)
    yield from read_subjects(clause)


def _demands_nothing(clause: Clause) -> bool:
    return bool(NO_DEMAND.search(clause.text) or POLITE.match(clause.text))


def _as_task(reading: Reading, requirement: str) -> Task:
    source = requirement[reading.start : reading.end].strip()
    parameters = {
        name: requirement[value.start : value.end].strip() if isinstance(value, Quote) else value
        for name, value in reading.parameters.items()
    }
    return Task.of(reading.what, parameters, source, reading.need)


def _merge(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """Each thing once, with the stronger need, and exactly where it was said exactly."""
    tasks = _without_repeated_orientation(_with_persons(tasks))
    merged: list[Task] = []
    for task in tasks:
        place = next((i for i, other in enumerate(merged) if _covers(task, other) or _covers(other, task)), None)
        if place is None:
            merged.append(task)
            continue
        exact = merged[place] if _covers(merged[place], task) else task
        mandatory = task.mandatory or merged[place].mandatory
        merged[place] = replace(exact, need="have_to_have" if mandatory else "better_to_have")
    return tuple(merged)


def _covers(exact: Task, plain: Task) -> bool:
    """Whether one task says all that another says."""
    if exact.says(plain):
        return True
    said = exact.parameters.items() >= plain.parameters.items()
    return exact.what == plain.what and said and exact.what in PARTLY_SAID


def _with_persons(tasks: Sequence[Task]) -> list[Task]:
    """主播出镜但不露脸: the person is shown, the face is not."""
    faceless = any(
        task.what == "hide"
        and task.parameters["subject"] == "face"
        and re.search("露[正]?[脸面]|露正脸", normalise(task.source))
        for task in tasks
    )
    if not faceless:
        return list(tasks)
    return [
        replace(task, parameters={**task.parameters, "subject": "person"})
        if task.what == "show" and task.parameters["subject"] == "face" and not re.search("脸|face", task.source)
        else task
        for task in tasks
    ]


def _without_repeated_orientation(tasks: Sequence[Task]) -> list[Task]:
    """竖版，4:5 is one ratio, 竖版，16:9 are two."""
    explicit = {
        orientation(task.parameters["ratio"]): task
        for task in tasks
        if task.what == "ratio" and RATIO.search(normalise(task.source))
    }
    return [
        task
        for task in tasks
        if task.what != "ratio"
        or RATIO.search(normalise(task.source))
        or orientation(task.parameters["ratio"]) not in explicit
        or task.parameters["ratio"] == explicit[orientation(task.parameters["ratio"])].parameters["ratio"]
    ]
