"""Attempts at a video's covers: how one goes about it, and what the next does about what was wrong.

The first attempt already follows every task of the plan. What still goes wrong has a name: the task
that is unmet, or the check that failed. For each name there are remedies, gentlest first; an attempt
takes for every name the first remedy that has not been taken. When none is left, trying again would
give the same covers, and there is no further attempt.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from inference.covers.picture.reflect import READ_BACK
from inference.covers.plan import Plan
from inference.covers.titles.verdict import TitleCandidate

MOST_ATTEMPTS = 4
"""For each video. Every problem has at most three remedies, so a fifth could not differ."""

NOT_FRAMES = ("price",)
"""Subjects of which no frame is chosen: they are set as words."""

UNSET = "cannot be set"
"""The problem of words that no style can set at all."""


@dataclass(frozen=True)
class Attempt:
    """What was tried, why, and what came of it. ``cost_s`` is the time it took in seconds."""

    number: int
    tried: str
    why: str
    outcome: str
    reasons: tuple[str, ...]
    cost_s: float


@dataclass(frozen=True)
class Course:
    """How an attempt goes about it.

    ``frames`` are chosen with what they should show and hide. ``price`` is on every draft, on none, or on
    half of them (None), and ``amount`` is it where the requirement alone names one. ``said`` must stand on
    the cover, ``avoided`` must not, ``offered`` (an event, an offer) may. ``placement`` and
    ``emphasis`` are for the layout. A ``short`` attempt uses the shortest titles, a ``bare`` one leaves
    selling points out, a ``plain`` one uses the styles that are easiest to read.
    """

    frames: int
    shows: frozenset[str] = frozenset()
    hides: frozenset[str] = frozenset()
    price: bool | None = None
    said: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    amount: float | None = None
    placement: str | None = None
    emphasis: str | None = None
    wide: bool = False
    short: bool = False
    bare: bool = False
    plain: bool = False

    @classmethod
    def of(cls, plan: Plan, frames: int) -> "Course":
        """The first attempt at a plan: what is wished is tried as well as what is demanded."""
        emphasis = next(iter(_parameters(plan, "emphasise", "role")), None)
        places = [
            t.parameters["placement"] for t in plan.asking("placement") if t.parameters.get("role", "title") == "title"
        ]
        shown, hidden = _parameters(plan, "show", "subject"), _parameters(plan, "hide", "subject")
        if "price" in shown or emphasis == "price" or any(plan.asking("show_price")):
            price = True
        else:
            price = False if "price" in hidden or any(plan.asking("hide_price")) else None
        return cls(
            frames=frames,
            shows=frozenset(shown).difference(NOT_FRAMES),
            hides=frozenset(hidden).difference(NOT_FRAMES),
            price=price,
            said=_parameters(plan, "mention", "words"),
            avoided=_parameters(plan, "avoid_words", "words"),
            offered=(*_parameters(plan, "promotion", "event"), *_parameters(plan, "promotion", "offer")),
            placement=next(iter(places), None),
            emphasis=emphasis,
            amount=next(
                (task.parameters["amount"] for task in plan.asking("show_price") if "amount" in task.parameters), None
            ),
            bare=any(plan.asking("few_words")),
        )

    def describe(self, drafts: int) -> str:
        """In words, what an attempt with so many drafts tries."""
        wishes = (
            (self.shows, f"showing {', '.join(sorted(self.shows))}"),
            (self.hides, f"without {', '.join(sorted(self.hides))}"),
            (self.wide, "more of them"),
            (self.price is not None, "the price on every draft" if self.price else "no price"),
            (self.said, f"saying {', '.join(self.said)}"),
            (self.avoided, f"not saying {', '.join(self.avoided)}"),
            (self.placement, f"title at the {self.placement}"),
            (self.emphasis, f"{self.emphasis} emphasised"),
            (self.short, "the shortest titles"),
            (self.bare, "no selling points"),
            (self.plain, "the plainest styles"),
        )
        return ", ".join([f"{drafts} drafts from {self.frames} frames", *(words for asked, words in wishes if asked)])

    def fitting(self, titles: Iterable[TitleCandidate]) -> list[TitleCandidate]:
        """The titles that this attempt uses, best first."""
        left = [title for title in titles if not any(word.casefold() in title.text.casefold() for word in self.avoided)]
        said = [title for title in left if all(word.casefold() in title.text.casefold() for word in self.said)]
        left = said or left
        return sorted(left, key=lambda title: len(title.text)) if self.short else left


Remedy = Callable[[Course], Course]


def widen(course: Course) -> Course:
    """Twice as many frames to choose from."""
    return course if course.wide else replace(course, frames=2 * course.frames, wide=True)


def shorten(course: Course) -> Course:
    return replace(course, short=True)


def bare(course: Course) -> Course:
    return replace(course, bare=True)


def simplify(course: Course) -> Course:
    return replace(course, plain=True)


def with_price(course: Course) -> Course:
    return replace(course, price=True)


def without_price(course: Course) -> Course:
    return replace(course, price=False)


ROOM = (shorten, bare, widen)
"""For words that come to lie where they should not: fewer of them, then other frames."""

REMEDIES: dict[str, tuple[Remedy, ...]] = {
    "show face": (widen,),
    "show person": (widen,),
    "show product": (widen,),
    "hide face": (widen,),
    "hide person": (widen,),
    "hide product": (widen,),
    "hide text": (widen,),
    "hide hand": (widen,),
    "show price": (with_price, shorten, bare),
    "hide price": (without_price,),
    "title_max_chars": (shorten,),
    "title_max_words": (shorten,),
    "title_lines": (shorten,),
    "few_words": (bare,),
    "look": (widen,),
    "eyes_open": (widen,),
    "keep_clear face": ROOM,
    "keep_clear person": ROOM,
    "keep_clear product": ROOM,
    "keep_clear text": ROOM,
    "keep_whole face": (widen,),
    "keep_whole person": (widen,),
    "keep_whole product": (widen,),
    "mention": (shorten, widen),
    "placement": (shorten, bare, widen),
    "avoid_placement": (shorten, bare, widen),
    "emphasise": (shorten, simplify),
    "faces_uncovered": ROOM,
    "burnt_in_text_uncovered": ROOM,
    "burnt_in_text_whole": ROOM,
    "product_uncovered": ROOM,
    "heads_whole": (widen,),
    "inside_margins": ROOM,
    "words_whole": (shorten, simplify),
    "glyphs_whole": (simplify, shorten),
    "readable": (simplify, shorten, widen),
    READ_BACK: (simplify, shorten, widen),
    UNSET: ROOM,
}
"""What is done about a task that is unmet or a check that failed, by its name."""


def next_course(course: Course, problems: Iterable[str]) -> Course | None:
    """The course of the next attempt; None when nothing is left to be done about the problems."""
    changed = course
    for problem in problems:
        remedies = (remedy(changed) for remedy in REMEDIES.get(problem, ()))
        changed = next((other for other in remedies if other != changed), changed)
    return None if changed == course else changed


def _parameters(plan: Plan, what: str, name: str) -> tuple[str, ...]:
    """The values of a parameter of all tasks of a kind, the demanded ones first."""
    tasks = [task for task in (*plan.mandatory, *plan.optional) if task.what == what]
    return tuple(dict.fromkeys(str(task.parameters[name]) for task in tasks if name in task.parameters))
