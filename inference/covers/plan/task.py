"""What a requirement asks for: single tasks, and the constraints they add up to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from inference.memory.criteria import Criterion

Need = Literal["have_to_have", "better_to_have"]

KIND_OF = {
    "show": "visual",
    "hide": "visual",
    "keep_clear": "visual",
    "keep_whole": "visual",
    "eyes_open": "visual",
    "expression": "visual",
    "look": "visual",
    "title_max_chars": "textual",
    "title_min_chars": "textual",
    "title_max_words": "textual",
    "no_title": "textual",
    "language": "textual",
    "avoid_language": "textual",
    "mention": "textual",
    "avoid_words": "textual",
    "promotion": "textual",
    "show_price": "textual",
    "hide_price": "textual",
    "ratio": "layout",
    "avoid_ratio": "layout",
    "placement": "layout",
    "avoid_placement": "layout",
    "emphasise": "layout",
    "moving": "layout",
    "still": "layout",
    "template": "layout",
    "title_lines": "layout",
    "few_words": "layout",
    "candidates": "layout",
}
"""Every kind of task by what it asks: the vocabulary of plans.

``show``/``hide`` take a ``subject`` (face, person, product, text, hand; a ``count`` for faces);
``keep_clear`` (nothing over it) and ``keep_whole`` (not cut off) a ``subject``; ``look`` one of ``LOOKS``;
``show_price`` an ``amount`` when one is named; ``promotion`` is what the cover is made for, an ``event``
or an ``offer``; ``few_words`` asks for little text on the picture.
"""

LOOKS = ("bright", "dark", "lively", "calm", "warm", "cool", "contrast", "sharp", "minimal", "premium")


@dataclass(frozen=True)
class Task:
    """One thing that a requirement asks for. ``source`` is the span of the requirement that says so."""

    kind: str
    need: Need
    what: str
    parameters: Mapping[str, Any] = field(hash=False)
    source: str
    read_by: Literal["rule", "model"] = "rule"

    @classmethod
    def of(
        cls,
        what: str,
        parameters: Mapping[str, Any],
        source: str,
        need: Need = "have_to_have",
        read_by: Literal["rule", "model"] = "rule",
    ) -> "Task":
        """A task of the vocabulary. Raises ``KeyError`` for another ``what``."""
        return cls(KIND_OF[what], need, what, dict(parameters), source, read_by)

    @property
    def mandatory(self) -> bool:
        return self.need == "have_to_have"

    def says(self, other: "Task") -> bool:
        """Whether another task asks for the same."""
        return (self.what, dict(self.parameters)) == (other.what, dict(other.parameters))

    def describe(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "kind": self.kind,
            "need": self.need,
            "what": self.what,
            "parameters": dict(self.parameters),
            "from": self.source,
            "read_by": self.read_by,
        }


@dataclass(frozen=True)
class Price:
    """Whether the price must be on the cover (None: either will do) and which, if one is named."""

    shown: bool | None = None
    amount: float | None = None


@dataclass(frozen=True)
class Constraints:
    """What a cover has to meet: the mandatory tasks as values. Empty fields constrain nothing.

    Lengths count Chinese characters or letters; ``must_show`` and ``must_not_show`` hold face, person,
    product, price, text or hand; ``languages`` what titles are written in. ``moving_s`` is the length of
    a moving cover in seconds when one is demanded, ``"any"`` when no length is.
    """

    ratio: str | None = None
    ratios: tuple[str, ...] = ()
    title_min_chars: int | None = None
    title_max_chars: int | None = None
    title_max_words: int | None = None
    languages: tuple[str, ...] = ()
    must_show: tuple[str, ...] = ()
    must_not_show: tuple[str, ...] = ()
    price: Price = Price()
    moving_s: float | Literal["any"] | None = None

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> "Constraints":
        """Those of the mandatory tasks among ``tasks``; of several limits the strictest holds."""
        tasks = tuple(tasks)
        by_what: dict[str, list[Mapping[str, Any]]] = {}
        for task in tasks:
            if task.mandatory:
                by_what.setdefault(task.what, []).append(task.parameters)

        def values(what: str, name: str) -> tuple[Any, ...]:
            return tuple(dict.fromkeys(each[name] for each in by_what.get(what, ()) if name in each))

        def subjects(verb: str) -> tuple[str, ...]:
            named = (
                "price" if task.what == f"{verb}_price" else task.parameters.get("subject")
                for task in tasks
                if task.mandatory and task.what in (verb, f"{verb}_price")
            )
            return tuple(dict.fromkeys(filter(None, named)))

        ratios = values("ratio", "ratio")
        shown, hidden = "show_price" in by_what, "hide_price" in by_what
        lengths = [each.get("seconds") for each in by_what.get("moving", ())]
        return cls(
            ratio=ratios[0] if ratios else None,
            ratios=ratios,
            title_min_chars=max(values("title_min_chars", "chars"), default=None),
            title_max_chars=min(values("title_max_chars", "chars"), default=None),
            title_max_words=min(values("title_max_words", "words"), default=None),
            languages=values("language", "language"),
            must_show=subjects("show"),
            must_not_show=subjects("hide"),
            price=Price(shown if shown != hidden else None, next(iter(values("show_price", "amount")), None)),
            moving_s=next((length for length in lengths if length), "any") if lengths else None,
        )


@dataclass(frozen=True)
class Plan:
    """A requirement as tasks. ``conflicts`` says in words what contradicts itself or cannot be made.

    ``unread`` holds the clauses that nobody understood, so that none believes they were honoured;
    ``criteria`` those learned from clicks that apply beside the requirement.
    """

    requirement: str = ""
    tasks: tuple[Task, ...] = ()
    conflicts: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    criteria: "tuple[Criterion, ...]" = ()

    @property
    def mandatory(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.mandatory)

    @property
    def optional(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if not task.mandatory)

    def asking(self, what: str) -> Iterator[Task]:
        """The tasks that ask for something of the vocabulary."""
        return (task for task in self.tasks if task.what == what)

    @property
    def constraints(self) -> Constraints:
        return Constraints.of(self.tasks)

    @property
    def ratio(self) -> str | None:
        return self.constraints.ratio

    @property
    def title_max_chars(self) -> int | None:
        return self.constraints.title_max_chars

    @property
    def language(self) -> str | None:
        """The one in which titles have to be written, if it is one they can be written in."""
        return next((each for each in self.constraints.languages if each in TITLE_LANGUAGES), None)

    @property
    def must_show(self) -> tuple[str, ...]:
        return self.constraints.must_show

    @property
    def must_not_show(self) -> tuple[str, ...]:
        return self.constraints.must_not_show

    def describe(self) -> dict[str, Any]:
        """As plain JSON."""
        constraints = self.constraints
        return {
            "requirement": self.requirement,
            "tasks": [task.describe() for task in self.tasks],
            "constraints": {
                **{name: getattr(constraints, name) for name in Constraints.__dataclass_fields__},
                "price": {"shown": constraints.price.shown, "amount": constraints.price.amount},
            },
            "criteria": [
                {
                    "criterion_id": each.criterion_id,
                    "feature": each.feature,
                    "direction": each.direction,
                    "need": each.need,
                    "scope": each.scope,
                    "sentence_zh": each.sentence_zh,
                    "sentence_en": each.sentence_en,
                }
                for each in self.criteria
            ],
            "conflicts": list(self.conflicts),
            "unread": list(self.unread),
        }


TITLE_LANGUAGES = ("zh", "en")
"""Languages in which titles are written."""
