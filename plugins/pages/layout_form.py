"""The form in which a person corrects text blocks: from a row to what is typed, and back with what is wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData

SIDES = ("left", "top", "right", "bottom")
VALUES = ("role", "text", *SIDES, "language", "colour")
"""What the form holds of a block, each under its name, repeated for every block in order."""

REMOVED = "removed"
"""The check boxes hold the places of the blocks that go."""

MARGIN = 0.2
"""Of the shorter side, shown around a block. The script draws with the same."""

DIGITS = 1
"""Behind the point of a pixel: what one can point at."""


@dataclass(frozen=True)
class Draft:
    """A block as it stands in the form, every value as it was typed; ``problem`` says what is wrong with it."""

    role: str = ""
    text: str = ""
    left: str = ""
    top: str = ""
    right: str = ""
    bottom: str = ""
    language: str = ""
    colour: str = ""
    removed: bool = False
    problem: str = ""

    @property
    def box(self) -> list[float]:
        """Left, top, width and height in pixels to draw it, as far as they are numbers."""
        left, top, right, bottom = (_number(getattr(self, side)) or 0.0 for side in SIDES)
        return [left, top, max(0.0, right - left), max(0.0, bottom - top)]

    @property
    def surroundings(self) -> list[float]:
        """The box with a margin, to see whether it cuts the ink off."""
        left, top, width, height = self.box
        margin = MARGIN * min(width, height)
        return [left - margin, top - margin, width + 2 * margin, height + 2 * margin]


def as_drafts(blocks: Iterable[Mapping[str, Any]]) -> list[Draft]:
    """The blocks of a row as the form shows them."""
    return [Draft(**{name: _show(block[name]) for name in VALUES}) for block in blocks]


def read_drafts(form: FormData) -> list[Draft]:
    """What a sent form holds. Raises ``ValueError`` when its fields do not make up whole blocks."""
    columns = [[str(value) for value in form.getlist(name)] for name in VALUES]
    if len({len(column) for column in columns}) > 1:
        raise ValueError("the form does not hold every value of every block")
    removed = set(form.getlist(REMOVED))
    drafts = [Draft(**dict(zip(VALUES, values, strict=True))) for values in zip(*columns, strict=True)]
    return [replace(draft, removed=str(place) in removed) for place, draft in enumerate(drafts)]


def check_drafts(drafts: Iterable[Draft], row: Mapping[str, Any], choices: Mapping[str, Iterable[str]]) -> list[Draft]:
    """The drafts with the problem of each, for a row's picture; those that are removed have none.

    ``choices`` are the values allowed for role, language and colour.
    """
    return [replace(draft, problem="" if draft.removed else _find_problem(draft, row, choices)) for draft in drafts]


def as_blocks(drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    """The blocks of checked drafts, without the removed ones."""
    return [
        {
            **{name: getattr(draft, name) for name in VALUES},
            "text": _clean(draft),
            **{side: round(float(getattr(draft, side)), DIGITS) for side in SIDES},
        }
        for draft in drafts
        if not draft.removed
    ]


def new_draft(row: Mapping[str, Any]) -> Draft:
    """A block to begin with, in the middle of a row's picture."""
    width, height = row["width"], row["height"]
    sides = (0.3 * width, 0.45 * height, 0.7 * width, 0.55 * height)
    return Draft("selling_point", "", *(_show(round(side)) for side in sides), "zh", "black")


def _find_problem(draft: Draft, row: Mapping[str, Any], choices: Mapping[str, Iterable[str]]) -> str:
    for name, allowed in choices.items():
        if getattr(draft, name) not in allowed:
            return f"There is no {name} {getattr(draft, name)}."
    if not _clean(draft):
        return "The text is empty. Remove the block if there is none."
    numbers = [_number(getattr(draft, side)) for side in SIDES]
    if None in numbers:
        wrong = ", ".join(side for side, number in zip(SIDES, numbers, strict=True) if number is None)
        return f"Not a number: {wrong}."
    left, top, right, bottom = numbers
    if right <= left or bottom <= top:
        return "The box has no area: right must be beyond left, bottom below top."
    if left < 0 or top < 0 or right > row["width"] or bottom > row["height"]:
        return f"The box reaches beyond the picture, which is {row['width']} × {row['height']} pixels."
    return ""


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None  # neither endless nor "nan"


def _clean(draft: Draft) -> str:
    """The lines of a text area as one text: Chinese ones without a blank between, and nothing that cannot be seen."""
    lines = [" ".join("".join(filter(str.isprintable, line)).split()) for line in draft.text.splitlines()]
    return ("" if draft.language == "zh" else " ").join(line for line in lines if line)


def _show(value: Any) -> str:
    return f"{round(value, DIGITS):.10g}" if isinstance(value, float) else str(value)
