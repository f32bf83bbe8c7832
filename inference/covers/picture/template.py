"""A designer's template: where each text stands, in which font and colours, beside which logo.

A JSON document; every length is a share of the canvas, so a template serves any size of its shape:

    {
      "name": "sale",
      "font": "sans",                          sans or serif; a slot may have its own
      "align": "left",                         left or centre; a slot may have its own
      "underlay": "none",                      none, scrim or panel: what lies under words on the picture
      "colours": {"text": "#ffffff", "shade": "#14213d", "accent": "#fca311"},
      "panels": [{"box": [0, 0.7, 1, 1], "colour": "#14213d", "opacity": 0.85}],
      "logo": {"path": "logo.png", "box": [0.8, 0.04, 0.94, 0.12]},
      "slots": [
        {"role": "headline", "box": [0.06, 0.72, 0.94, 0.86], "largest": 0.14, "least": 0.06,
         "max_lines": 2, "at": "middle"},
        {"role": "price", "box": [0.06, 0.88, 0.5, 0.96]}
      ]
    }

``box`` is left, top, right, bottom from 0 to 1. ``role`` is headline, subheadline, selling_point,
price, call_to_action or brand; exactly one slot is the headline's, several may be for selling points.
``largest`` and ``least`` are em as shares of the canvas's short side; a text that does not fit at its
largest size shrinks down to its least. ``at`` says where a text stands that leaves room in its slot:
top, middle or bottom. ``shade`` lies under the text where the picture leaves it unreadable; on a ground
as bright as ``text`` the two change places. An accent too close to them is made lighter or darker until it
carries text. The logo's path is relative to the template's folder and stays in it. Only ``slots`` must be there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from PIL import Image, ImageOps
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from inference.covers.picture import typeset
from inference.covers.picture.colour import Colour, Palette, contrast, lighten_until_readable, luminance_of
from inference.covers.picture.layout import Logo, Panel, Scene
from inference.covers.picture.legibility import READABLE_CONTRAST
from inference.covers.picture.style import Style
from inference.covers.picture.typeset import ROLE_OF, Fitted
from inference.media.geometry import Box
from inference.media.picture import DAMAGED
from inference.models.layout import Role

MOST_BYTES, MOST_SLOTS, MOST_PANELS = 256 * 1024, 12, 12
MOST_LOGO_PIXELS, LOGO_FORMATS = 4_000_000, ("PNG", "WEBP", "JPEG")
LEAST_EXTENT = 0.01
"""Of the canvas's sides: a box thinner than this is a slip of the pen."""

INSET = 0.04
"""Distance that slots keep from the canvas's edges, as a share of its sides: platforms and printers cut there."""

AT = {"top": 0.0, "middle": 0.5, "bottom": 1.0}

STRICT = ConfigDict(extra="forbid", strict=True)
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Em = Annotated[float, Field(ge=0.01, le=1, allow_inf_nan=False)]
Hex = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Corners = tuple[Share, Share, Share, Share]
Font, Align = Literal["sans", "serif"], Literal["left", "centre"]


@dataclass(frozen=True)
class Slot:
    """Where texts of a role stand; see the module for what each key means."""

    __pydantic_config__ = STRICT

    role: Role
    box: Corners
    largest: Em | None = None
    least: Em | None = None
    max_lines: Annotated[int, Field(ge=1, le=4)] | None = None
    at: Literal["top", "middle", "bottom"] = "middle"
    font: Font | None = None
    align: Align | None = None


@dataclass(frozen=True)
class Colours:
    """Of text, of what lies under it, and of tags and accents, as #rrggbb."""

    __pydantic_config__ = STRICT

    text: Hex
    shade: Hex
    accent: Hex | None = None


@dataclass(frozen=True)
class FilledBox:
    """A filled rectangle under the words."""

    __pydantic_config__ = STRICT

    box: Corners
    colour: Hex
    opacity: Share = 1.0


@dataclass(frozen=True)
class LogoFile:
    """A picture file, relative to the template's folder, and where it is laid."""

    __pydantic_config__ = STRICT

    path: str
    box: Corners


@dataclass(frozen=True)
class Design:
    """A template's document."""

    __pydantic_config__ = STRICT

    slots: Annotated[list[Slot], Field(min_length=1, max_length=MOST_SLOTS)]
    name: str = "template"
    font: Font = "sans"
    align: Align = "left"
    underlay: Literal["none", "scrim", "panel"] = "none"
    colours: Colours | None = None
    panels: Annotated[list[FilledBox], Field(max_length=MOST_PANELS)] | None = None
    logo: LogoFile | None = None


@dataclass(frozen=True, eq=False)
class Template:
    """A design that was checked, and its logo's pixels (height × width × 4, uint8, RGBA)."""

    design: Design
    logo: np.ndarray | None = None

    @classmethod
    def read(cls, path: Path) -> "Template":
        """Raises ``ValueError`` naming the key, such as ``slots.1.box``, and what is wrong there."""
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"{path}: {path.stat().st_size} bytes are too many for a template ({MOST_BYTES} at most)")
        try:
            design = AS_JSON.validate_json(path.read_bytes())
        except ValidationError as error:
            raise ValueError(f"{path}: {_say(error)}") from error
        for fault in _faults(design):
            raise ValueError(f"{path}: {fault}")
        return cls(design, _read_logo(path.parent, design.logo) if design.logo else None)

    @property
    def palette(self) -> Palette | None:
        """The design's colours, each readable on the other; None leaves the choice to the picture."""
        if self.design.colours is None:
            return None
        text, shade = to_colour(self.design.colours.text), to_colour(self.design.colours.shade)
        deep, light = sorted((text, shade), key=luminance_of)
        accent = to_colour(self.design.colours.accent) if self.design.colours.accent else None
        return Palette(
            light=light,
            deep=deep,
            accent_light=lighten_until_readable(accent, deep) if accent else light,
            accent_deep=lighten_until_readable(accent, light) if accent else deep,
        )

    def apply(self, style: Style) -> Style:
        """The style with what the design decides; the title stands where its slot is."""
        design = self.design
        return replace(
            style, placement="free", underlay=design.underlay, font=design.font, align=design.align, scale=1.0
        )

    def fit(self, scene: Scene) -> list[Fitted]:
        """Every text that has a slot, set into it, the title first; the others are left out.

        Raises ``ValueError`` naming the slot that its text does not fit even at the least size.
        """
        slots = list(enumerate(self.design.slots))
        fitted = []
        for role, text in typeset.texts_by_role(scene.words):
            found = next((pair for pair in slots if pair[1].role == ROLE_OF[role]), None)
            if found is None:
                continue
            slots.remove(found)
            number, slot = found
            one = _fit(slot, role, text, scene)
            if one is None:
                raise ValueError(f"slots.{number} ({slot.role}): “{text}” does not fit even at the slot's least size")
            fitted.append(one)
        return fitted

    def panels_on(self, width: int, height: int) -> tuple[Panel, ...]:
        boxes = self.design.panels or ()
        return tuple(
            Panel(Box(*each.box).scaled(width, height), to_colour(each.colour), each.opacity) for each in boxes
        )

    def logo_on(self, width: int, height: int) -> Logo | None:
        if self.design.logo is None or self.logo is None:
            return None
        return Logo(self.logo, Box(*self.design.logo.box).scaled(width, height))


AS_JSON = TypeAdapter(Design)


def to_colour(code: str) -> Colour:
    """sRGB, 0 to 1, of #rrggbb."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _fit(slot: Slot, role: typeset.Role, text: str, scene: Scene) -> Fitted | None:
    style = replace(scene.style, font=slot.font or scene.style.font, align=slot.align or scene.style.align)
    em = {name: share * scene.short for name in ("least", "largest") if (share := getattr(slot, name))}
    return typeset.fit(
        role,
        text,
        Box(*slot.box).scaled(scene.width, scene.height),
        replace(scene, style=style),
        least=em.get("least"),
        most=em.get("largest"),
        most_lines=slot.max_lines,
        at=AT[slot.at],
    )


def _say(error: ValidationError) -> str:
    """The first fault of a document, in words, with its place."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, fault["loc"])) or "the document"
    return f"{place}: {fault['msg']}"


def _faults(design: Design) -> Iterator[str]:
    """What no type can say."""
    headlines = sum(slot.role == Role.HEADLINE for slot in design.slots)
    if headlines != 1:
        yield f"slots: {headlines} slots for the headline; there must be one"
    for place, box in _boxes(design):
        if box[2] - box[0] < LEAST_EXTENT or box[3] - box[1] < LEAST_EXTENT:
            yield f"{place}: {list(box)} is not left, top, right, bottom with room between them"
    for number, slot in enumerate(design.slots):
        if min(slot.box[:2]) < INSET or max(slot.box[2:]) > 1 - INSET:
            yield f"slots.{number}.box: words keep {INSET} from the edges; {list(slot.box)} does not"
        if slot.least and slot.largest and slot.least > slot.largest:
            yield f"slots.{number}.least: {slot.least} is more than largest, {slot.largest}"
    if design.colours:
        ratio = contrast(*(luminance_of(to_colour(c)) for c in (design.colours.text, design.colours.shade)))
        if ratio < READABLE_CONTRAST:
            yield f"colours: text on shade has a contrast of {ratio:.1f}, at least {READABLE_CONTRAST} is wanted"


def _boxes(design: Design) -> Iterator[tuple[str, Corners]]:
    yield from ((f"slots.{n}.box", slot.box) for n, slot in enumerate(design.slots))
    yield from ((f"panels.{n}.box", panel.box) for n, panel in enumerate(design.panels or ()))
    yield from [("logo.box", design.logo.box)] if design.logo else []


def _read_logo(folder: Path, logo: LogoFile) -> np.ndarray:
    try:
        path = (folder / logo.path).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            raise ValueError(f"logo.path: there is no file {logo.path!r} in the template's folder")
        with Image.open(path, formats=LOGO_FORMATS) as picture:
            if picture.width * picture.height > MOST_LOGO_PIXELS:
                raise ValueError(f"logo.path: more than {MOST_LOGO_PIXELS} pixels")
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))
    except (*DAMAGED, Image.DecompressionBombError) as error:
        place = "" if str(error).startswith("logo.path") else "logo.path: not a picture that can be read: "
        raise ValueError(f"{place}{error}") from error
