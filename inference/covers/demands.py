"""Which tasks of a plan a cover meets, told from the finished picture.

Frames, words and styles are chosen with the tasks in mind, but a video without a face cannot show one.
What is demanded and not met, or what nothing here can tell, keeps a cover from being published; what is
only wished for moves its score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.covers.plan import Plan, Task
from inference.covers.verdicts import JUDGES, Finished, Verdict
from inference.models.vision_language import VisionLanguageModel

TOLD_LATER = ("moving", "candidates")
"""Tasks of which one still picture says nothing."""


@dataclass(frozen=True)
class Demand:
    """One task and what was found. ``met`` is None where nothing here can tell.

    ``key`` names the task in the table of remedies, ``source`` is the span of the requirement it comes from.
    """

    wanted: str
    met: bool | None
    found: str
    need: str = "have_to_have"
    key: str = ""
    source: str = ""

    @property
    def mandatory(self) -> bool:
        return self.need == "have_to_have"

    @property
    def unmet(self) -> bool:
        """Whether this keeps a cover from being published."""
        return self.mandatory and self.met is not True


def judge_demands(plan: Plan, cover: Finished, viewer: VisionLanguageModel | None = None) -> tuple[Demand, ...]:
    """Every task of a plan against a cover, but for those ``TOLD_LATER``.

    ``viewer`` is asked where the measures cannot tell.
    """
    return tuple(_judge(task, cover, viewer) for task in plan.tasks if task.what not in TOLD_LATER)


def judge_later(task: Task, met: bool, found: str) -> Demand:
    """A task told later, once a moving cover or all candidates were made, or could not be."""
    return Demand(say(task), met, found, task.need, key_of(task), task.source)


def share_met(demands: Sequence[Demand]) -> float:
    """Share of what is only wished for that is met, 0 to 1; 1 when nothing is."""
    wishes = [demand.met is True for demand in demands if not demand.mandatory]
    return sum(wishes) / len(wishes) if wishes else 1.0


def key_of(task: Task) -> str:
    """Which remedies help: ``show face``, ``hide text``, ``mention``."""
    if "subject" in task.parameters:
        return f"{task.what} {task.parameters['subject']}"
    return task.what.replace("_price", " price")


def say(task: Task) -> str:
    """A task in a few words."""
    values = " ".join(str(value) for value in task.parameters.values() if value is not None)
    sayings = {
        "hide": f"no {values}",
        "hide_price": "no price",
        "show_price": f"show price {values}".strip(),
        "title_max_chars": f"title up to {values}",
        "language": f"title in {values}",
        "ratio": f"in {values}",
        "mention": f"say “{values}”",
        "avoid_words": f"not say “{values}”",
        "title_min_chars": f"title from {values}",
        "title_lines": f"title in {values} lines",
        "no_title": "no title",
        "few_words": "few words",
        "candidates": f"{values} candidates",
    }
    return sayings.get(task.what, f"{task.what} {values}".strip())


def _judge(task: Task, cover: Finished, viewer: VisionLanguageModel | None) -> Demand:
    judge = JUDGES.get(task.what)
    met, found = judge(task, cover) if judge else (None, f"nothing here checks {task.what!r}")
    if met is None and viewer is not None:
        met, found = _ask(viewer, cover.image, say(task))
    return Demand(say(task), met, found, task.need, key_of(task), task.source)


def _ask(viewer: VisionLanguageModel, image: np.ndarray, wanted: str) -> Verdict:
    answer = viewer.ask(image, f"This is a video's cover. Was this wish met: {wanted}? Answer yes or no.").strip()
    said = answer[:3].casefold()
    met = True if said.startswith("yes") else False if said.startswith("no") else None
    return met, f"{viewer.name} answers {answer[:80]!r}"
