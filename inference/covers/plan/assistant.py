"""What the language model adds to a plan: what a clause that no rule read speaks of.

A small model can tell that 要看清是谁在说话 speaks of a face; it cannot be trusted with a negation, a
number or a list. So it only names the topic, under a schema; whether that is wanted or not is read by the
rule for negations; and what a rule has said of a topic stands.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from inference.covers.plan import guided, negation
from inference.covers.plan.clauses import CONDITION, normalise
from inference.covers.plan.negation import DEGREE
from inference.covers.plan.patterns import as_pattern
from inference.covers.plan.subjects import COVERING
from inference.covers.plan.task import Task
from inference.models.language import LanguageModel

log = logging.getLogger(__name__)

LONGEST_CLAUSE = 60
"""Characters of a clause that the model is asked about; longer ones are stories."""

MOST_CLAUSES = 12
"""Clauses of one requirement that the model is asked about; each costs a second."""

OTHER = "other"

WANTED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "face": ("show", {"subject": "face"}),
    "product": ("show", {"subject": "product"}),
    "price": ("show_price", {}),
    "bright": ("look", {"look": "bright"}),
    "colourful": ("look", {"look": "lively"}),
    "warm": ("look", {"look": "warm"}),
    "cool": ("look", {"look": "cool"}),
    "luxury": ("look", {"look": "premium"}),
    "simple": ("look", {"look": "minimal"}),
}
"""What a clause asks for that speaks of a topic. Of text and hands it asks for nothing, and of sharpness
neither: the small model says so of whatever it does not know (圆角边框, make it go viral)."""

UNWANTED: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "face": ("hide", {"subject": "face"}),
    "price": ("hide_price", {}),
    "text": ("hide", {"subject": "text"}),
    "hand": ("hide", {"subject": "hand"}),
    "colourful": ("look", {"look": "calm"}),
}
"""What it asks for when it forbids. A product is never hidden on a guess, and 不要黑屏 asks for no
brighter picture."""

TOPICS = guided.Task(
    instructions=(
        "What in the picture does the clause speak of? face: a person's face or expression; product: the goods for "
        "sale; price: what it costs; text: writing in the picture; hand: hands; bright: light; dark: darkness; "
        "colourful: many colours; warm: warm tones; cool: cold tones; luxury: an expensive look; simple: an empty, "
        "tidy picture; sharp: a clear picture; other: anything else."
    ),
    examples=(
        ("把模特拍全一点", "face"),
        ("明天下午三点交稿", OTHER),
        ("Keep it airy and uncrowded", "simple"),
        ("The client is based in Berlin", OTHER),
        ("画面要亮堂堂的", "bright"),
        ("别让人看到卖多少", "price"),
        ("投放在抖音", OTHER),
        ("Let shoppers see the bag", "product"),
        ("背景换成蓝色", OTHER),
        ("大红大紫", "colourful"),
        ("秋日午后的阳光", "warm"),
        ("参考竞品", OTHER),
        ("像高端杂志一样", "luxury"),
        ("Use the music from last time", OTHER),
        ("别在画面上加字", "text"),
        ("不要阴森森的", "dark"),
    ),
    key="about",
    options=(
        "face",
        "product",
        "price",
        "text",
        "hand",
        "bright",
        "dark",
        "colourful",
        "warm",
        "cool",
        "luxury",
        "simple",
        "sharp",
        OTHER,
    ),
    empty=("……", "N/A", "做好一点", "Do it well"),
)

FOR_RULES = as_pattern(r"[\d{}<>]|\":|[两三四五六七八九十百千万][万千百元个张]|预算|成本|\bbudget\b")
"""Numbers, money and programs: what rules left of them is left on purpose."""


def read_by_model(
    model: LanguageModel, tasks: Sequence[Task], clauses: Sequence[str]
) -> tuple[list[Task], tuple[str, ...]]:
    """The tasks that the model adds, and the clauses that stay unread.

    All of them are wishes: a guess is no reason to refuse a cover. One that repeats or contradicts what a
    rule read is dropped, and its clause stays unread.
    """
    asked = [clause for clause in clauses if _is_open(clause)][:MOST_CLAUSES]
    added: dict[str, Task] = {}
    for clause, topic in zip(asked, guided.choose(model, TOPICS, asked), strict=True):
        task = _as_task(clause, topic)
        if task is None:
            continue
        if spoken := next((each for each in tasks if _topic(each) == _topic(task)), None):
            log.info("“%s” is said by “%s” already; what the model reads in it is left out", clause, spoken.source)
        else:
            added[clause] = task
    return list(added.values()), tuple(clause for clause in clauses if clause not in added)


def _is_open(clause: str) -> bool:
    """Whether the model may read a clause: no story, no condition, nothing that rules understand better."""
    text = normalise(clause)
    return len(text) <= LONGEST_CLAUSE and not (
        CONDITION.match(text) or FOR_RULES.search(text) or COVERING.search(text) or DEGREE.search(text)
    )


def _as_task(clause: str, topic: str | None) -> Task | None:
    text = normalise(clause)
    forbidden = negation.count(text) % 2 == 1
    said = (UNWANTED if forbidden else WANTED).get(topic or OTHER)
    if said is None:
        return None
    what, parameters = said
    return Task.of(what, parameters, clause, "better_to_have", read_by="model")


def _topic(task: Task) -> str:
    """What a task speaks of, for or against: price, face, product, text, hand, light, colour …"""
    if task.what in ("show_price", "hide_price"):
        return "price"
    if task.what == "look":
        return {"dark": "bright", "calm": "lively", "cool": "warm"}.get(
            task.parameters["look"], task.parameters["look"]
        )
    if task.what in ("show", "hide"):
        return {"person": "face"}.get(task.parameters["subject"], task.parameters["subject"])
    return task.what
