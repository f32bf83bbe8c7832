"""The dataset card of layout annotations: one page with the counts, and the pictures to look at.

It is for who must trust the data: how many posters can be trained on and how many wait, how roles,
languages and colours are spread over the two sides of the split, and posters with their boxes drawn,
those that the second reading doubts most first. Texts come from outside and are escaped.
"""

import base64
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image, ImageDraw

from inference.media.geometry import Box
from inference.models.layout import Role

DOUBTED, BELIEVED = 12, 24
"""Posters shown of those that need review, and of the rest."""

SHEET_SIDE = 320
"""Pixels of a shown poster's longer side."""

BOX_COLOURS = {
    Role.HEADLINE: "#e5484d",
    Role.SUBHEADLINE: "#f76b15",
    Role.SELLING_POINT: "#30a46c",
    Role.PRICE: "#d6409f",
    Role.CALL_TO_ACTION: "#0090ff",
    Role.BRAND: "#8e4ec6",
    "faces": "#00c2d7",
    "products": "#a18072",
    "underlays": "#8b8d98",
}

Row = Mapping[str, Any]

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Table:
    """Counts of one property, for each side of the split and together, the most frequent first."""

    name: str
    counts: Sequence[tuple[str, int, int]]

    @property
    def most(self) -> int:
        return max((train + held_out for _, train, held_out in self.counts), default=1)


@dataclass(frozen=True)
class Shown:
    """A poster on the contact sheet: its picture with boxes as a data URI."""

    row: Row
    picture: str


def render(title: str, rows: Sequence[Row], shown: Iterable[Shown]) -> str:
    """The card as HTML. The same rows give the same text."""
    return ENVIRONMENT.get_template("card.html").render(
        title=title,
        total=len(rows),
        usable=sum(row["status"] in ("verified", "confirmed", "fixed") for row in rows),
        blocks=sum(len(row["blocks"]) for row in rows),
        tables=tabulate(rows),
        shown=list(shown),
        colours={str(name): colour for name, colour in BOX_COLOURS.items()},
    )


def tabulate(rows: Iterable[Row]) -> list[Table]:
    """Posters by status, source and annotator; blocks by role, language and colour."""
    counted: dict[str, dict[str, Counter[str]]] = {}
    for row in rows:
        for name in ("status", "source", "annotator"):
            counted.setdefault(f"posters by {name}", {}).setdefault(row["split"], Counter())[row[name]] += 1
        for block in row["blocks"]:
            for name in ("role", "language", "colour"):
                counted.setdefault(f"blocks by {name}", {}).setdefault(row["split"], Counter())[block[name]] += 1
    return [_table(name, sides) for name, sides in counted.items()]


def choose(rows: Iterable[Row]) -> list[Row]:
    """The rows to show: those most doubted, then others as their ids fall."""
    ordered = sorted(rows, key=lambda row: row["annotation_id"])
    doubted = [row for row in ordered if row["status"] == "needs_review"]
    others = [row for row in ordered if row["status"] != "needs_review"]
    return [*sorted(doubted, key=lambda row: -row["ocr_error"])[:DOUBTED], *others[:BELIEVED]]


def show(row: Row, image: np.ndarray) -> Shown:
    """A row's RGB picture (height × width × 3, uint8), reduced, with its boxes drawn."""
    picture = Image.fromarray(image)
    picture.thumbnail((SHEET_SIDE, SHEET_SIDE))
    pen = ImageDraw.Draw(picture)
    across, down = picture.width / row["width"], picture.height / row["height"]
    boxes = [(name, box) for name in ("underlays", "products", "faces") for box in row[name]]
    for name, each in [*boxes, *((block["role"], block) for block in row["blocks"])]:
        box = Box(each["left"], each["top"], each["right"], each["bottom"]).scaled(across, down)
        pen.rectangle(box.as_list(), outline=BOX_COLOURS[name], width=2)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=80)
    return Shown(row, f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}")


def _table(name: str, sides: Mapping[str, Counter[str]]) -> Table:
    train, held_out = sides.get("train", Counter()), sides.get("held_out", Counter())
    order = sorted(train.keys() | held_out.keys(), key=lambda value: (-train[value] - held_out[value], value))
    return Table(name, [(value, train[value], held_out[value]) for value in order])
