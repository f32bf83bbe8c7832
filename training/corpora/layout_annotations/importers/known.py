"""What an imported file says of a picture: boxes with their kind, and rarely more.

Public layout datasets have no texts, roles or colours; ``completing`` reads those from the picture.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from inference.media.geometry import Box
from inference.models.layout import Colour, Role


class Kind(StrEnum):
    """What a known box is around. An embellishment is known and of no use here."""

    TEXT = "text"
    LOGO = "logo"
    UNDERLAY = "underlay"
    EMBELLISHMENT = "embellishment"
    PRODUCT = "product"
    FACE = "face"


@dataclass(frozen=True)
class KnownBox:
    """A box in pixels. The rest is of texts alone, and None where the file does not say."""

    kind: Kind
    box: Box
    text: str | None = None
    role: Role | None = None
    language: str | None = None
    colour: Colour | None = None


@dataclass(frozen=True)
class Known:
    """One picture, as the file names it. ``size`` is the width and height that the boxes are meant for, if told."""

    name: str
    boxes: tuple[KnownBox, ...]
    size: tuple[int, int] | None = None

    @property
    def digest(self) -> str:
        """Sixteen hex digits: the same for the same boxes."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Malformed:
    """A record that cannot be used, whole, and why; ``reason`` names line or field."""

    name: str
    record: Any
    reason: str


def by_picture(names: Iterable[str], known: Iterable[Known]) -> dict[str, Known]:
    """For each name of a picture what is known of it: by its whole path, else by a file name that only it bears."""
    known = list({each.name: each for each in known}.values())
    names = list(names)
    whole = {each.name: each for each in known}
    told = Counter(PurePosixPath(each.name).name for each in known)
    borne = Counter(PurePosixPath(name).name for name in names)
    by_file = {PurePosixPath(each.name).name: each for each in known}
    found = {}
    for name in names:
        file = PurePosixPath(name).name
        if name in whole:
            found[name] = whole[name]
        elif told[file] == borne[file] == 1:
            found[name] = by_file[file]
    return found


def read_corners(value: Any) -> Box:
    """A box from [left, top, right, bottom]. Raises ``ValueError`` for what is none."""
    left, top, right, bottom = _four_numbers(value)
    if left >= right or top >= bottom:
        raise ValueError(f"{value} has no area; a box is [left, top, right, bottom]")
    return Box(left, top, right, bottom)


def read_corner_and_size(value: Any) -> Box:
    """A box from [left, top, width, height], as COCO has it. Raises ``ValueError`` for what is none."""
    left, top, width, height = _four_numbers(value)
    if width <= 0 or height <= 0:
        raise ValueError(f"{value} has no area; a box is [left, top, width, height]")
    return Box(left, top, left + width, top + height)


def _four_numbers(value: Any) -> list[float]:
    numbers = value if isinstance(value, list) else []
    if len(numbers) != 4 or not all(type(n) in (int, float) and abs(n) < 1e6 for n in numbers):
        raise ValueError(f"{value!r} is no list of four numbers")
    return numbers
