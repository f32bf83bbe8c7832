"""Posters and layouts in plain files: JSON lines as the annotation and poster commands write them.

A line is ``{"image": NAME, "width": W, "height": H, …}`` with the keys of the layout JSON; others are
not looked at.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from inference.models.layout import KEYS, Annotation
from inference.models.layout_json import OTHER_BOXES, from_trained

LAYOUT_KEYS = tuple(KEYS[name] for name in ("texts", *OTHER_BOXES))


@dataclass(frozen=True)
class Posters:
    """What was asked for and on what: briefs and grounds, RGB uint8, by the picture's name in the same order."""

    names: tuple[str, ...]
    briefs: tuple[Annotation, ...]
    grounds: tuple[np.ndarray, ...]


def read_layouts(file: Path) -> dict[str, Annotation]:
    """Layouts by the name of their picture. Raises ``ValueError`` naming file and line."""
    layouts: dict[str, Annotation] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            name, layout = _read_line(line)
        except ValueError as error:
            raise ValueError(f"{file}, line {number}: {error}") from error
        if name in layouts:
            raise ValueError(f"{file}, line {number}: a second layout for {name}")
        layouts[name] = layout
    if not layouts:
        raise ValueError(f"{file} has no line")
    return layouts


def read_posters(file: Path, grounds: Path) -> Posters:
    """The posters of a file, their pictures without lettering from a folder.

    Raises ``ValueError`` naming file and line or the picture that is missing or of another size.
    """
    briefs = read_layouts(file)
    pictures = [_read_ground(grounds / name, brief) for name, brief in briefs.items()]
    return Posters(tuple(briefs), tuple(briefs.values()), tuple(pictures))


def in_order(layouts: Mapping[str, Annotation], posters: Posters, file: Path) -> list[Annotation]:
    """A system's layouts in the posters' order. Raises ``ValueError`` for a poster without one: dropping the
    hard ones must not help."""
    missing = [name for name in posters.names if name not in layouts]
    if missing:
        raise ValueError(f"{file} has no layout for {len(missing)} posters, among them {', '.join(missing[:3])}")
    return [layouts[name] for name in posters.names]


def _read_line(line: str) -> tuple[str, Annotation]:
    fields: Any = json.loads(line)
    wanted = ("image", "width", "height", *LAYOUT_KEYS)
    if not isinstance(fields, dict) or (missing := [key for key in wanted if key not in fields]):
        raise ValueError(f"{', '.join(missing) if isinstance(fields, dict) else 'an object'} is missing")
    width, height = fields["width"], fields["height"]
    if not all(type(side) is int and side > 0 for side in (width, height)):
        raise ValueError(f"width {width!r} and height {height!r} are no numbers of pixels")
    return str(fields["image"]), from_trained({key: fields[key] for key in LAYOUT_KEYS}, width, height)


def _read_ground(path: Path, brief: Annotation) -> np.ndarray:
    from PIL import Image

    if not path.is_file():
        raise ValueError(f"there is no picture without lettering {path}")
    picture = np.asarray(Image.open(path).convert("RGB"))
    if picture.shape[1::-1] != (brief.width, brief.height):
        found = f"{picture.shape[1]} × {picture.shape[0]}"
        raise ValueError(f"{path} has {found} pixels, but its layout is for {brief.width} × {brief.height}")
    return picture
