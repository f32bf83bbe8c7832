"""The plain format: JSON that a person may write by hand.

    [{"image": "summer/a.jpg",
      "boxes": [{"kind": "text", "box": [57, 71, 452, 148],
                 "text": "夏日清凉节", "role": "headline", "language": "zh", "colour": "white"},
                {"kind": "product", "box": [100, 300, 400, 700]}]}]

``image`` is the picture's path below the folder of pictures, ``box`` its corners in pixels, ``kind``
text, logo, underlay, embellishment, product or face. Of a text, ``text``, ``role``, ``language`` and
``colour`` may be left out: they are then read from the picture.
"""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import fsspec

from inference.models.layout import Colour, Role
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed, read_corners

LANGUAGES = ("zh", "en")


def read(uri: str) -> Iterator[Known | Malformed]:
    """The pictures of a file, in its order. Raises ``ValueError`` for what is no JSON list."""
    with fsspec.open(uri, "rb") as file:
        try:
            document = json.load(file)
        except ValueError as error:
            raise ValueError(f"{uri} is no JSON: {error}") from error
    if not isinstance(document, list):
        raise ValueError(f"{uri} is no list of pictures, each with its image and boxes")
    for number, record in enumerate(document):
        try:
            yield _read_picture(record)
        except ValueError as error:
            name = record.get("image") if isinstance(record, dict) else None
            yield Malformed(str(name or f"[{number}]"), record, f"[{number}]{error}")


def _read_picture(record: Any) -> Known:
    _expect(record, "", required=("image", "boxes"))
    if not isinstance(record["image"], str) or not record["image"]:
        raise ValueError(f".image: {record['image']!r} is no path")
    if not isinstance(record["boxes"], list):
        raise ValueError(".boxes: no list")
    return Known(record["image"], tuple(_read_box(each, f".boxes[{n}]") for n, each in enumerate(record["boxes"])))


def _read_box(record: Any, path: str) -> KnownBox:
    _expect(record, path, required=("kind", "box"), optional=("text", "role", "language", "colour"))
    try:
        box = read_corners(record["box"])
    except ValueError as error:
        raise ValueError(f"{path}.box: {error}") from error
    text, language = record.get("text"), record.get("language")
    if text is not None and (not isinstance(text, str) or not text.strip()):
        raise ValueError(f"{path}.text: {text!r} is no text")
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"{path}.language: {language!r} is none of {', '.join(LANGUAGES)}")
    return KnownBox(
        _choose(record, "kind", Kind, path),
        box,
        text,
        _choose(record, "role", Role, path),
        language,
        _choose(record, "colour", Colour, path),
    )


def _choose(record: Mapping[str, Any], field: str, choices: type[StrEnum], path: str) -> Any:
    value = record.get(field)
    if value is None:
        return None
    if value not in list(choices):
        raise ValueError(f"{path}.{field}: {value!r} is none of {', '.join(choices)}")
    return choices(value)


def _expect(record: Any, path: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    if not isinstance(record, dict):
        raise ValueError(f"{path}: {type(record).__name__} instead of an object")
    if missing := [field for field in required if record.get(field) is None]:
        raise ValueError(f"{path}: {', '.join(missing)} is missing")
    if unknown := sorted(record.keys() - {*required, *optional}):
        raise ValueError(f"{path}: {', '.join(unknown)} is unknown")
