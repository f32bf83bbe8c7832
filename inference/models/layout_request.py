"""What the layout model is asked: the texts to place, what to keep clear of, size and style of the canvas.

The question is a JSON document in the words of the answer, beside the picture: what is named in both
is spelled in one way, and a model that has seen little of the world has the fewer words to learn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inference.media.geometry import Box
from inference.models.layout import KEYS, SCALE, Role
from inference.models.layout_json import as_json, box_as_text

STYLE = {
    "placement": {"top": "上部", "middle": "中部", "bottom": "下部"},
    "align": {"left": "左对齐", "centre": "居中"},
    "underlay": {"none": "无衬底", "panel": "有衬底"},
}
"""What may be wished of a layout, in the words of a cover's style, and what stands for it in the question.

``placement`` is where the headline stands, ``align`` how texts line up, ``underlay`` whether the
headline lies on a panel.
"""

SIZE, WISHES = "尺寸", "风格"


@dataclass(frozen=True)
class WantedText:
    """A text to place in its role; ``language`` is zh or en, ``box`` about where it should stand, if that is wished."""

    text: str
    role: Role
    language: str
    box: Box | None = None


@dataclass(frozen=True)
class LayoutRequest:
    """A canvas of ``width`` × ``height`` pixels and what is to be put on it; boxes in its pixels.

    ``faces`` and ``products`` are not to be covered; None says that nobody looked for them, and the
    model then says where it sees them. ``style`` holds keys and values of ``STYLE``; what it does not
    name is the model's choice. Raises ``ValueError`` for a text that is empty and a wish that is not known.
    """

    texts: Sequence[WantedText]
    width: int
    height: int
    faces: Sequence[Box] | None = None
    products: Sequence[Box] | None = None
    style: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a canvas of {self.width} × {self.height} pixels holds nothing")
        for wanted in self.texts:
            if not wanted.text.strip():
                raise ValueError(f"a {wanted.role} to be placed is empty; leave it out")
        for name, value in self.style.items():
            if value not in STYLE.get(name, {}):
                known = ", ".join(f"{key} {'/'.join(values)}" for key, values in STYLE.items())
                raise ValueError(f"style {name}={value} is not known; there are {known}")


def as_question(request: LayoutRequest) -> str:
    """The request as the model reads it, texts in the order given."""
    longer = max(request.width, request.height)
    sides = [max(1, round(side * SCALE / longer)) for side in (request.width, request.height)]
    question: dict[str, Any] = {
        SIZE: f"[{sides[0]}, {sides[1]}]",
        WISHES: [STYLE[name][request.style[name]] for name in STYLE if name in request.style],
    }
    for kind in ("faces", "products"):
        if (boxes := getattr(request, kind)) is not None:
            question[KEYS[kind]] = [box_as_text(box, request.width, request.height) for box in boxes]
    question[KEYS["texts"]] = [_as_item(wanted, request) for wanted in request.texts]
    return as_json(question)


def _as_item(wanted: WantedText, request: LayoutRequest) -> dict[str, str]:
    item = {KEYS[wanted.role]: wanted.text}
    if wanted.box:
        item[KEYS["box"]] = box_as_text(wanted.box, request.width, request.height)
    return item
