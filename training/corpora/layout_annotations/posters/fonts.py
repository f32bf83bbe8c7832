"""The fonts posters are set in: families of several weights, pinned like models.

Where a family comes in one weight, a bolder one is drawn with an outline in the ink's own colour,
which then counts as ink.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from random import Random

from PIL import ImageFont

from inference.models import shelf

REFERENCE_SIZE = 1000
"""Pixels per em at which text is measured, so large that hints move nothing; measures grow linearly from there."""


@dataclass(frozen=True)
class Face:
    """One weight of a family. ``outline`` is the width of the bolder outline on each side, in em."""

    family: str
    entry: str
    file: str
    weight: int | None = None
    outline: float = 0.0


def _noto_sans(weight: int) -> Face:
    return Face("Noto Sans SC", "noto-sans-sc-variable", "NotoSansSC[wght].ttf", weight)


def _noto_serif(outline: float) -> Face:
    return Face("Noto Serif SC", "noto-sc", "NotoSerifSC-Regular.otf", outline=outline)


@dataclass(frozen=True)
class Suite:
    """Faces that go together: ``display`` for headlines, ``text`` for the rest, ``figures`` for prices."""

    display: Face
    strong: Face
    text: Face
    figures: Face


LATO = tuple(Face("Lato", "lato", f"Lato-{name}.ttf") for name in ("Regular", "Bold", "Black"))
MANROPE = tuple(Face("Manrope", "manrope", f"Manrope-{name}.ttf") for name in ("Medium", "SemiBold", "ExtraBold"))
SERIF = tuple(
    Face("Source Serif Pro", "source-serif-pro", f"SourceSerifPro-{name}.otf")
    for name in ("Regular", "Semibold", "Black")
)
CALADEA = tuple(Face("Caladea", "caladea", f"Caladea-{name}.ttf") for name in ("Regular", "Bold"))
ROUND = Face("Fredoka One", "fredoka-one", "FredokaOne-Regular.ttf")

SUITES: dict[str, tuple[Suite, ...]] = {
    "zh": (
        Suite(_noto_sans(900), _noto_sans(700), _noto_sans(400), _noto_sans(900)),
        Suite(_noto_sans(700), _noto_sans(500), _noto_sans(400), MANROPE[2]),
        Suite(_noto_sans(500), _noto_sans(500), _noto_sans(400), LATO[1]),
        Suite(_noto_sans(900), _noto_sans(500), _noto_sans(500), LATO[2]),
        Suite(_noto_serif(0.02), _noto_serif(0.014), _noto_serif(0.006), SERIF[2]),
        Suite(_noto_serif(0.01), _noto_sans(500), _noto_sans(400), SERIF[1]),
        Suite(_noto_serif(0.022), _noto_sans(700), _noto_sans(500), _noto_sans(700)),
    ),
    "en": (
        Suite(LATO[2], LATO[1], LATO[0], LATO[2]),
        Suite(MANROPE[2], MANROPE[1], MANROPE[0], MANROPE[2]),
        Suite(SERIF[2], SERIF[1], SERIF[0], SERIF[2]),
        Suite(SERIF[1], LATO[1], LATO[0], LATO[1]),
        Suite(CALADEA[1], CALADEA[1], CALADEA[0], CALADEA[1]),
        Suite(ROUND, MANROPE[1], MANROPE[0], ROUND),
        Suite(_noto_sans(800), _noto_sans(600), _noto_sans(400), _noto_sans(800)),
        Suite(CALADEA[1], MANROPE[1], MANROPE[0], MANROPE[2]),
    ),
}
"""Combinations a designer would set a poster in, by language."""


def choose_suite(random: Random, language: str) -> Suite:
    return random.choice(SUITES[language])


@lru_cache(maxsize=64)
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """The face at so many pixels per em. One layout engine, or machines would kern differently."""
    path = _folder(face.entry) / face.file
    font = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    if face.weight is not None:
        font.set_variation_by_axes([face.weight])
    return font


@lru_cache(maxsize=65536)
def advance(face: Face, text: str) -> float:
    """How far a text moves the pen, in em."""
    return load_font(face, REFERENCE_SIZE).getlength(text) / REFERENCE_SIZE


@lru_cache(maxsize=8192)
def rise_and_fall(face: Face, text: str) -> tuple[float, float]:
    """How far a text's ink reaches above and below the baseline, in em."""
    _, top, _, bottom = load_font(face, REFERENCE_SIZE).getbbox(text, anchor="ls")
    return face.outline - top / REFERENCE_SIZE, face.outline + bottom / REFERENCE_SIZE


def require_glyphs(face: Face, text: str) -> None:
    """Raise ``ValueError`` when the face lacks a character of the text, which would show as an empty box."""
    missing = sorted({character for character in text if ord(character) not in _covered(face)})
    if missing:
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing[:5])
        raise ValueError(f"{face.family} has no glyph for {named}; reword the text or set it in another font")


@cache
def _covered(face: Face) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_folder(face.entry) / face.file, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


@cache
def _folder(entry: str) -> Path:
    return shelf.resolve(entry)
