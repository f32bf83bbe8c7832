"""What can be told of a finished cover: one verdict for each thing that a plan can ask.

A verdict is whether it is so, or None where nothing here can tell, and what was found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.covers.picture.layout import Layout
from inference.covers.picture.reading import bare
from inference.covers.picture.reflect import LEAST_WHOLE, MOST_OF_FACE, MOST_OF_TEXT
from inference.covers.picture.style import RATIOS
from inference.covers.plan import Task
from inference.covers.titles.checks import is_in_language, width
from inference.media.geometry import Box

PLACES = {"top": (0.0, 0.45), "middle": (0.3, 0.7), "bottom": (0.55, 1.0)}
"""Where the middle of a text stands on the main picture, 0 top to 1 bottom."""

REACHING_IN, EYES_CLOSED = "reaching in or cut off", "eyes closed"
"""Faults of frames: into the first something reaches that most frames are free of, mostly a hand."""

EMPHASISED_TITLE = 1.2
"""A title is emphasised when its letters are so many times as large as any other words."""

FEW_BLOCKS = 2
"""A title and one more text, mostly the price, are few words."""

LOOKS: dict[str, tuple[str, float, float]] = {
    "bright": ("brightness", 0.42, 1.0),
    "dark": ("brightness", 0.0, 0.38),
    "lively": ("colourfulness", 0.3, 9.0),
    "calm": ("colourfulness", 0.0, 0.3),
    "warm": ("warmth", 0.02, 1.0),
    "cool": ("warmth", -1.0, 0.0),
    "contrast": ("contrast", 0.2, 0.5),
    "sharp": ("sharpness", 2.0, 9.0),
}
"""The feature that a look is told by and its range; the bounds lie near the medians of covers of ten clips."""

Verdict = tuple[bool | None, str]


@dataclass(frozen=True)
class Finished:
    """A candidate's main picture (RGB uint8), what lies under it, and its interpretable features."""

    image: np.ndarray
    frame: FrameChoice
    layout: Layout
    features: Mapping[str, float]

    @property
    def words(self) -> str:
        """All words that are set, without signs."""
        return bare(" ".join(run.text for block in self.layout.blocks for run in block.runs))


def _judge_show(task: Task, cover: Finished) -> Verdict:
    seen, words = _look_for(task.parameters["subject"], cover)
    if seen and (wanted := task.parameters.get("count")):
        return cover.features["face_count"] >= wanted, words
    return seen, words


def _look_for(subject: str, cover: Finished) -> Verdict:
    """Whether a subject is on the cover, None where nothing here can tell, and what was found."""
    look = SUBJECTS.get(subject)
    return look(cover) if look else (None, f"no model here finds {subject!r}; that takes a vision-language model")


def _look_for_face(cover: Finished) -> Verdict:
    faces = cover.features["face_count"]
    return faces > 0, f"faces: {faces:g}"


def _look_for_product(cover: Finished) -> Verdict:
    product = cover.features["product_area"]
    return product > 0, f"an object on {product:.0%} of the picture" if product else "no object stands out"


def _look_for_price(cover: Finished) -> Verdict:
    price = cover.layout.wording.price
    return price is not None, f"the price {price} is shown" if price else "no price is shown"


def _look_for_text(cover: Finished) -> Verdict:
    return bool(cover.frame.texts), f"burnt-in lines: {len(cover.frame.texts)}"


def _look_for_hand(cover: Finished) -> Verdict:
    if REACHING_IN in cover.frame.faults:
        return True, "something reaches into the frame"
    return None, "no model here finds hands that do not reach in; that takes a vision-language model"


SUBJECTS: dict[str, Callable[[Finished], Verdict]] = {
    "face": _look_for_face,
    "person": _look_for_face,
    "product": _look_for_product,
    "price": _look_for_price,
    "text": _look_for_text,
    "hand": _look_for_hand,
}


def _judge_length(task: Task, cover: Finished) -> Verdict:
    wording = cover.layout.wording
    size = width(wording.title, wording.language)
    return size <= task.parameters["chars"], f"{size:g} wide"


def _judge_language(task: Task, cover: Finished) -> Verdict:
    title, language = cover.layout.wording.title, task.parameters["language"]
    return is_in_language(title, language), f"the title is “{title}”"


def _judge_mention(task: Task, cover: Finished) -> Verdict:
    said = bare(task.parameters["words"]) in cover.words
    return said, "the words are set" if said else "the words are not set"


def _judge_ratio(task: Task, cover: Finished) -> Verdict:
    made = task.parameters["ratio"] in RATIOS
    return made, "every cover comes in every ratio" if made else f"covers come in {', '.join(RATIOS)}"


def _judge_placement(task: Task, cover: Finished) -> Verdict:
    role = task.parameters.get("role", "title")
    block = cover.layout.block(role)
    if block is None:
        return False, f"no {role} is shown"
    place = block.outer.centre[1] / cover.layout.height
    low, high = PLACES[task.parameters["placement"]]
    return low <= place <= high, f"the {role} stands at {place:.0%} of the height"


def _judge_emphasis(task: Task, cover: Finished) -> Verdict:
    role, blocks = task.parameters["role"], cover.layout.blocks
    sizes = {block.role: max(run.size for run in block.runs) for block in blocks}
    if role not in sizes:
        return False, f"no {role} is shown"
    others = max((size for other, size in sizes.items() if other != role), default=0.0)
    if role == "title":
        return sizes[role] >= EMPHASISED_TITLE * others, f"the title is {sizes[role]:.0f} pixels an em"
    on_tag = any(block.role == role and block.tag for block in blocks)
    return on_tag or sizes[role] >= others or role == "selling_point", f"the {role} is shown" + on_tag * " on a tag"


def _judge_price(task: Task, cover: Finished) -> Verdict:
    shown, found = _look_for_price(cover)
    amount = task.parameters.get("amount")
    if shown and amount is not None:
        return f"{amount:g}" in (cover.layout.wording.price or ""), found
    return shown, found


def _judge_clearance(task: Task, cover: Finished) -> Verdict:
    boxes, limit = _boxes(task.parameters["subject"], cover.layout)
    if boxes is None:
        return None, "no model here finds it"
    covered = max(map(cover.layout.covered, boxes), default=0.0)
    return covered <= limit, f"{covered:.0%} of it is under words"


def _judge_wholeness(task: Task, cover: Finished) -> Verdict:
    boxes, _ = _boxes(task.parameters["subject"], cover.layout)
    if boxes is None:
        return None, "no model here finds it"
    whole = min((box.covered_by(cover.layout.picture) for box in boxes), default=1.0)
    return whole >= LEAST_WHOLE, f"{whole:.0%} of it is inside the picture"


def _boxes(subject: str, layout: Layout) -> tuple[tuple[Box, ...] | None, float]:
    """Where a subject is on the cover, None where nobody knows, and how much of it words may cover."""
    if subject in ("face", "person"):
        return layout.heads or layout.faces, MOST_OF_FACE
    known = {"product": tuple(filter(None, [layout.product])), "text": layout.texts}
    return known.get(subject), MOST_OF_TEXT


def _judge_eyes(task: Task, cover: Finished) -> Verdict:
    if not cover.frame.faces:
        return False, "faces: 0"
    shut = EYES_CLOSED in cover.frame.faults
    return not shut, "eyes are closed" if shut else "eyes are open"


def _judge_look(task: Task, cover: Finished) -> Verdict:
    if task.parameters["look"] not in LOOKS:
        return None, f"no measure tells {task.parameters['look']!r}"
    feature, low, high = LOOKS[task.parameters["look"]]
    value = cover.features[feature]
    return low <= value <= high, f"{feature}: {value:.2f}"


def _judge_lines(task: Task, cover: Finished) -> Verdict:
    lines = len(cover.layout.title.runs)
    return lines == task.parameters["lines"], f"lines: {lines}"


def _judge_least_length(task: Task, cover: Finished) -> Verdict:
    wording = cover.layout.wording
    size = width(wording.title, wording.language)
    return size >= task.parameters["chars"], f"{size:g} wide"


def _judge_words(task: Task, cover: Finished) -> Verdict:
    words = len(cover.layout.wording.title.split())
    return words <= task.parameters["words"], f"words: {words}"


def _judge_promotion(task: Task, cover: Finished) -> Verdict:
    words = str(task.parameters.get("event") or task.parameters.get("offer"))
    said = bare(words) in cover.words
    return said, "the words are set" if said else "the words are not set"


def _judge_template(task: Task, cover: Finished) -> Verdict:
    followed = cover.layout.route == "template"
    return followed, "laid out by the template given" if followed else "no template was given"


def _judge_other_ratio(task: Task, cover: Finished) -> Verdict:
    left_out = task.parameters["ratio"] != cover.layout.ratio
    return left_out, "left out" if left_out else "every cover has a main picture in this ratio"


def _not(judge: Callable[[Task, Finished], Verdict]) -> Callable[[Task, Finished], Verdict]:
    def judge_opposite(task: Task, cover: Finished) -> Verdict:
        met, found = judge(task, cover)
        return (None if met is None else not met), found

    return judge_opposite


JUDGES: dict[str, Callable[[Task, Finished], Verdict]] = {
    "show": _judge_show,
    "hide": _not(_judge_show),
    "keep_clear": _judge_clearance,
    "keep_whole": _judge_wholeness,
    "eyes_open": _judge_eyes,
    "look": _judge_look,
    "show_price": _judge_price,
    "hide_price": lambda task, cover: (not _look_for_price(cover)[0], _look_for_price(cover)[1]),
    "title_max_chars": _judge_length,
    "title_min_chars": _judge_least_length,
    "title_max_words": _judge_words,
    "no_title": lambda task, cover: (False, "every cover has a title"),
    "title_lines": _judge_lines,
    "few_words": lambda task, cover: (len(cover.layout.blocks) <= FEW_BLOCKS, f"texts: {len(cover.layout.blocks)}"),
    "language": _judge_language,
    "avoid_language": _not(_judge_language),
    "mention": _judge_mention,
    "avoid_words": _not(_judge_mention),
    "promotion": _judge_promotion,
    "ratio": _judge_ratio,
    "avoid_ratio": _judge_other_ratio,
    "placement": _judge_placement,
    "avoid_placement": _not(_judge_placement),
    "emphasise": _judge_emphasis,
    "template": _judge_template,
    "still": lambda task, cover: (True, "nothing is set in motion"),
}
"""By what a task asks; of others nothing here can tell."""
