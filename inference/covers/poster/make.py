"""A poster from a photo and its texts: laid out, rendered, judged on its pixels, or refused with the reasons."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from inference.covers.frames.select import FrameChoice
from inference.covers.picture import reflect
from inference.covers.picture.compose import compose
from inference.covers.picture.layout import Layout
from inference.covers.picture.reflect import Check
from inference.covers.picture.render import render, to_jpeg, to_webp
from inference.covers.picture.style import STYLES, Wording
from inference.covers.picture.template import Template
from inference.models.layout_model import LayoutModel

TRIED = ("poster", "headline", "billboard", "card", "editorial")
"""Styles that are tried when nobody asks for one: those that differ most in where and how words stand."""

RENDERED = 3
"""The cheapest layouts that are rendered until one passes its checks."""


class Unfit(Exception):
    """No layout of these texts on this photo passes. The message says what each one failed."""


@dataclass(frozen=True, eq=False)
class Poster:
    """A finished poster (RGB uint8) and how it came about; every mandatory check passed."""

    image: np.ndarray
    layout: Layout
    style: str
    checks: tuple[Check, ...]


def make_poster(
    photo: FrameChoice,
    wording: Wording,
    size: tuple[int, int],
    style: str | None = None,
    template: Template | None = None,
    model: LayoutModel | None = None,
) -> Poster:
    """The cheapest poster of ``size`` (width, height) pixels that passes every mandatory check and shows every text.

    ``style`` is a name of ``STYLES``; without one several are tried. Raises ``Unfit`` when none passes.
    """
    names = (style,) if style else TRIED[:1] if template else TRIED
    layouts: list[tuple[Layout, str]] = []
    failures: dict[str, list[str]] = {}
    for name in names:
        try:
            layouts.append((compose(photo, wording, size, STYLES[name], model, template), name))
        except ValueError as error:
            failures.setdefault(str(error), []).append(name)
    for layout, name in sorted(layouts, key=lambda pair: pair[0].cost)[:RENDERED]:
        if missing := _find_missing(layout, wording):
            failures.setdefault(f"there is no room for {missing}", []).append(name)
            continue
        image = render(photo, layout)
        checks = tuple(reflect.check(image, layout, wording))
        failed = [check.reason for check in checks if check.mandatory and not check.passed]
        if not failed:
            return Poster(image, layout, name, checks)
        failures.setdefault("; ".join(failed), []).append(name)
    raise Unfit(" | ".join(f"{', '.join(names)}: {reason}" for reason, names in failures.items()))


def _find_missing(layout: Layout, wording: Wording) -> str:
    """What a poster should say and does not, in words; nobody wants half a headline on a wall."""
    if layout.shortened:
        return f"more of the headline than “{layout.wording.title}”"
    wanted = {"subheadline", "selling_point", "price", "call_to_action", "brand"}
    given = {role for role in wanted if getattr(wording, role)}
    if layout.route == "template":
        return ""  # what has no slot the designer left out
    return ", ".join(sorted(given - {block.role for block in layout.blocks}))


def encode(poster: Poster, path: Path) -> bytes:
    """The poster as a file of the path's kind: .jpg, .png or .webp."""
    return {".png": _to_png, ".webp": to_webp}.get(path.suffix.lower(), to_jpeg)(poster.image)


def _to_png(image: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(image).save(target, "PNG")
    return target.getvalue()
