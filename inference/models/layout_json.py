"""The JSON that the layout model is trained on, from an annotation and back.

Every key is always there, in the same order, with an empty list where a picture has nothing of the
kind: a model that must also learn when to leave out a key makes more malformed answers, and
"no price" is worth saying. Within a role, blocks stand in reading order. Boxes are strings of four
integers from 0 to ``SCALE``, so that they mean the same at every size of the picture.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from inference.media.geometry import Box
from inference.models.layout import KEYS, SCALE, Annotation, Colour, Role, TextBlock

BOX = re.compile(r"\[(\d{1,4}), (\d{1,4}), (\d{1,4}), (\d{1,4})\]")
LANGUAGES = {KEYS[language]: language for language in ("zh", "en")}
COLOURS = {KEYS[colour]: colour for colour in Colour}
OTHER_BOXES = ("faces", "products", "underlays")


def to_trained(annotation: Annotation) -> dict[str, Any]:
    """The document for an annotation. Confidences and the order between roles are not in it."""
    texts = {
        KEYS[role]: [_block_as_json(block, annotation) for block in annotation.blocks if block.role == role]
        for role in Role
    }
    rest = {
        KEYS[kind]: [box_as_text(box, annotation.width, annotation.height) for box in getattr(annotation, kind)]
        for kind in OTHER_BOXES
    }
    return {KEYS["texts"]: texts, **rest}


def from_trained(document: Any, width: int, height: int) -> Annotation:
    """The annotation a document stands for, in pixels of a picture of that size; blocks in the order of roles.

    Raises ``ValueError`` naming the place, such as ``文本.价格[0].box``, and what is wrong there.
    """
    _expect_keys(document, "", [KEYS["texts"], *(KEYS[kind] for kind in OTHER_BOXES)])
    texts = document[KEYS["texts"]]
    _expect_keys(texts, KEYS["texts"], [KEYS[role] for role in Role])
    blocks = [
        _read_block(each, role, f"{KEYS['texts']}.{KEYS[role]}[{number}]", width, height)
        for role in Role
        for number, each in enumerate(_list(texts[KEYS[role]], f"{KEYS['texts']}.{KEYS[role]}"))
    ]
    rest = {
        kind: tuple(
            _read_box(each, f"{KEYS[kind]}[{number}]", width, height)
            for number, each in enumerate(_list(document[KEYS[kind]], KEYS[kind]))
        )
        for kind in OTHER_BOXES
    }
    return Annotation(width, height, tuple(blocks), **rest)


def as_json(value: Any) -> str:
    """JSON in which no text can pass for one of a chat template's marks, such as ``<|im_end|>``."""
    return json.dumps(value, ensure_ascii=False).replace("<|", "\\u003c|")


def box_as_text(box: Box, width: int, height: int) -> str:
    """A box in pixels of a picture of that size, in thousandths of its sides."""
    left, right = _span(box.left, box.right, width)
    top, bottom = _span(box.top, box.bottom, height)
    return f"[{left}, {top}, {right}, {bottom}]"


def _block_as_json(block: TextBlock, annotation: Annotation) -> dict[str, str]:
    return {
        KEYS["text"]: block.text,
        KEYS["box"]: box_as_text(block.box, annotation.width, annotation.height),
        KEYS["language"]: KEYS[block.language],
        KEYS["colour"]: KEYS[block.colour],
    }


def _span(start: float, end: float, length: int) -> tuple[int, int]:
    """Both ends in thousandths of the length, never the same: what is there at all has an extent."""
    first = min(max(0, round(start * SCALE / length)), SCALE - 1)
    return first, min(max(first + 1, round(end * SCALE / length)), SCALE)


def _read_block(item: Any, role: Role, path: str, width: int, height: int) -> TextBlock:
    _expect_keys(item, path, [KEYS[name] for name in ("text", "box", "language", "colour")])
    text = item[KEYS["text"]]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"{path}.{KEYS['text']}: {text!r} is no text")
    return TextBlock(
        text=text,
        box=_read_box(item[KEYS["box"]], f"{path}.{KEYS['box']}", width, height),
        role=role,
        language=_choose(item[KEYS["language"]], LANGUAGES, f"{path}.{KEYS['language']}"),
        colour=_choose(item[KEYS["colour"]], COLOURS, f"{path}.{KEYS['colour']}"),
    )


def _read_box(text: Any, path: str, width: int, height: int) -> Box:
    match = BOX.fullmatch(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"{path}: {text!r} is not like [x1, y1, x2, y2]")
    left, top, right, bottom = map(int, match.groups())
    if not (left < right <= SCALE and top < bottom <= SCALE):
        raise ValueError(f"{path}: {text} is no box within 0 to {SCALE}")
    return Box(left, top, right, bottom).scaled(width / SCALE, height / SCALE)


def _choose(name: Any, choices: Mapping[str, Any], path: str) -> Any:
    if not isinstance(name, str) or name not in choices:
        raise ValueError(f"{path}: {name!r} is none of {', '.join(choices)}")
    return choices[name]


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"{path}: {type(value).__name__} instead of a list")
    return value


def _expect_keys(value: Any, path: str, keys: list[str]) -> None:
    place = path or "the document"
    if not isinstance(value, dict):
        raise ValueError(f"{place}: {type(value).__name__} instead of an object")
    if missing := [key for key in keys if key not in value]:
        raise ValueError(f"{place}: {', '.join(missing)} is missing")
    if unknown := [str(key) for key in value if key not in keys]:
        raise ValueError(f"{place}: {', '.join(unknown)} is unknown")
