"""The grammar of a layout model's answer to one request, for constrained decoding with llguidance.

Every answer that keeps to it parses, names exactly the texts of the request, each once and in its
role, takes colours from the vocabulary and boxes from 0 to ``SCALE``. Faces and products that the
request tells are repeated as they were told. What a grammar without memory cannot say ``parse`` sees to
afterwards: sides of a box that come in the wrong order are exchanged, and a box too small for its text
grows to the least size in which that can be read.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from inference.models.layout import KEYS, SCALE, Annotation, Colour, Role
from inference.models.layout_json import BOX, OTHER_BOXES, as_json, box_as_text, from_trained
from inference.models.layout_request import LayoutRequest, WantedText
from inference.models.layout_room import with_room

MOST_FREELY_ORDERED = 6
"""Texts of one role whose order the model chooses; more of them keep the order of the request, for the
rules that allow every order double with each text."""

MOST_BOXES = {"faces": 4, "products": 4, "underlays": 12}
"""Boxes of a kind that an answer may name, so that every answer ends."""


def write_grammar(request: LayoutRequest) -> str:
    """The grammar in llguidance's dialect of Lark."""
    by_role: dict[Role, list[WantedText]] = defaultdict(list)
    for wanted in request.texts:
        by_role[wanted.role].append(wanted)
    rules = [f"COLOUR: {' | '.join(_literal(KEYS[colour]) for colour in Colour)}"]
    rules += [f"NUMBER: /0|[1-9][0-9]?[0-9]?|{SCALE}/", 'box: NUMBER ", " NUMBER ", " NUMBER ", " NUMBER']
    texts = []
    for role in Role:
        rules += _rules_of(role, by_role[role])
        texts.append(f'{_literal(json.dumps(KEYS[role], ensure_ascii=False) + ": [")} {role}_all "]"')
    rest = []
    for kind in OTHER_BOXES:
        told = getattr(request, kind, None)
        rules.append(f"{kind}: {_boxes(kind) if told is None else _told(told, request)}")
        rest.append(f'{_literal(f", {json.dumps(KEYS[kind], ensure_ascii=False)}: [")} {kind} "]"')
    opening = _literal(f'{{"{KEYS["texts"]}": {{')
    joined = ' ", " '.join(texts)
    return "\n".join([f'start: {opening} {joined} "}}" {" ".join(rest)} "}}"', *rules])


def parse(answer: str, width: int, height: int) -> Annotation:
    """The layout that an answer says, in pixels of a canvas of that size, boxes in order and large enough.

    Raises ``ValueError`` naming the place where an answer, not made under the grammar, cannot be read.
    """
    try:
        document = json.loads(answer)
    except json.JSONDecodeError as error:
        raise ValueError(f"the layout is no JSON: {error}") from error
    layout = from_trained(_in_order(document), width, height)
    blocks = tuple(replace(block, box=with_room(block, layout)) for block in layout.blocks)
    return replace(layout, blocks=blocks)


def _rules_of(role: Role, texts: Sequence[WantedText]) -> Iterator[str]:
    """Rules by which each text comes once: after some of them any of the others may follow."""
    for number, wanted in enumerate(texts):
        yield f"{role}_{number}: {_block(wanted)}"
    names = [f"{role}_{number}" for number in range(len(texts))]
    if not 1 < len(texts) <= MOST_FREELY_ORDERED:
        yield f"{role}_all: {_sequence(names)}"
        return
    everything = (1 << len(texts)) - 1
    for left in range(1, everything + 1):
        ways = [
            f'{name} ", " {role}_of_{left & ~(1 << number)}' if left & ~(1 << number) else name
            for number, name in enumerate(names)
            if left >> number & 1
        ]
        yield f"{role}_of_{left}: {' | '.join(ways)}"
    yield f"{role}_all: {role}_of_{everything}"


def _block(wanted: WantedText) -> str:
    keys = {name: json.dumps(KEYS[name], ensure_ascii=False) for name in ("text", "box", "language", "colour")}
    text = as_json(wanted.text)
    before = f'{{{keys["text"]}: {text}, {keys["box"]}: "['
    between = f']", {keys["language"]}: "{KEYS[wanted.language]}", {keys["colour"]}: "'
    return f"{_literal(before)} box {_literal(between)} COLOUR {_literal(chr(34) + '}')}"


def _sequence(names: Sequence[str]) -> str:
    return ' ", " '.join(names) if names else '""'


def _boxes(kind: str) -> str:
    item = f"{_literal(chr(34) + '[')} box {_literal(']' + chr(34))}"
    return f'({item} (", " {item}){{0,{MOST_BOXES[kind] - 1}}})?'


def _told(boxes: Sequence[Any], request: LayoutRequest) -> str:
    return _literal(", ".join(json.dumps(box_as_text(box, request.width, request.height)) for box in boxes))


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _in_order(value: Any, key: str = "") -> Any:
    """A document with the sides of each box in order; what is read in a text is left as it is."""
    if isinstance(value, dict):
        return {name: _in_order(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_order(each, key) for each in value]
    if key == KEYS["text"] or not isinstance(value, str) or not (found := BOX.fullmatch(value)):
        return value
    left, top, right, bottom = map(int, found.groups())
    (left, right), (top, bottom) = _span(left, right), _span(top, bottom)
    return f"[{left}, {top}, {right}, {bottom}]"


def _span(one: int, other: int) -> tuple[int, int]:
    start, end = min(one, other, SCALE - 1), max(one, other)
    return start, max(end, start + 1)
