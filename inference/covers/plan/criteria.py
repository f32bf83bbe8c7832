"""Which criteria learned from clicks go with a plan: what is asked for comes before what is clicked."""

import logging
from collections.abc import Iterator, Sequence

from inference.covers.plan.task import Task
from inference.memory.criteria import Criterion, relevant

log = logging.getLogger(__name__)

LOOK_FEATURES = {
    "bright": ("brightness", "more"),
    "dark": ("brightness", "less"),
    "lively": ("colourfulness", "more"),
    "calm": ("colourfulness", "less"),
    "warm": ("warmth", "more"),
    "cool": ("warmth", "less"),
    "contrast": ("contrast", "more"),
    "sharp": ("sharpness", "more"),
    "minimal": ("text_area", "less"),
}
SUBJECT_FEATURES = {"face": ("face_count", "face_area"), "product": ("product_area",)}
PLACES = {"top": "less", "bottom": "more"}


def applying(criteria: Sequence[Criterion], tasks: Sequence[Task], category: str | None) -> tuple[Criterion, ...]:
    """The criteria of the category that no mandatory task contradicts, those that a task touches first."""
    touched = dict(_touched(tasks))
    demanded = dict(_touched([task for task in tasks if task.mandatory]))
    kept = []
    for each in relevant(criteria, category):
        asked = demanded.get(each.feature, each.direction)
        if asked != each.direction:
            log.info("the requirement asks for %s %s, so it comes before: %s", asked, each.feature, each.sentence_en)
        else:
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.feature not in touched))


def _touched(tasks: Sequence[Task]) -> Iterator[tuple[str, str]]:
    """Features that tasks speak of, and whether they ask for more or for less of them."""
    for task in tasks:
        if task.what in ("show", "hide"):
            for feature in SUBJECT_FEATURES.get(task.parameters["subject"], ()):
                yield feature, "more" if task.what == "show" else "less"
        elif task.what in ("show_price", "hide_price"):
            yield "price_shown", "more" if task.what == "show_price" else "less"
        elif task.what == "look" and task.parameters["look"] in LOOK_FEATURES:
            yield LOOK_FEATURES[task.parameters["look"]]
        elif task.what in ("title_max_chars", "title_min_chars"):
            yield "title_length", "less" if task.what == "title_max_chars" else "more"
        elif task.what == "placement" and task.parameters.get("role", "title") == "title":
            if place := PLACES.get(task.parameters["placement"]):
                yield "title_y", place
        elif task.what == "few_words":
            yield "text_area", "less"
