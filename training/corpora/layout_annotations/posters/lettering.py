"""Setting words: breaking them into lines, placing each on its baseline, and drawing their ink.

A text may carry ``|`` where a Chinese line may end; English breaks at blanks. Lines are balanced, as
a designer would break them, rather than filled from the top.
"""

import re
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from training.corpora.layout_annotations.posters.fonts import Face, advance, load_font, require_glyphs, rise_and_fall

CLOSING = "，。！？、：；）》」”’%℃"
BREAK = "|"


@dataclass(frozen=True)
class Run:
    """Letters of one face and size on one baseline; pixels from the lettering's top left corner."""

    text: str
    face: Face
    size: int
    x: float = 0.0
    baseline: float = 0.0


@dataclass(frozen=True)
class Lettering:
    """Lines of text. ``text`` is how it is read; ``tracking`` is extra space after a letter, in em."""

    text: str
    runs: tuple[Run, ...]
    width: float
    height: float
    tracking: float = 0.0


def set_lines(
    text: str,
    face: Face,
    size: float,
    language: str,
    count: int = 1,
    tracking: float = 0.0,
    leading: float = 1.3,
    centred: bool = False,
) -> Lettering:
    """A text in at most ``count`` balanced lines of ``size`` pixels; ``leading`` is in em from line to line.

    Raises ``ValueError`` when the face lacks a character.
    """
    require_glyphs(face, text.replace(BREAK, ""))
    em = round(size)
    lines = balanced(text, face, language, count, tracking)
    widths = [width_of(line, face, tracking) * em for line in lines]
    rise = rise_and_fall(face, lines[0])[0] * em
    fall = rise_and_fall(face, lines[-1])[1] * em
    width = max(widths)
    runs = tuple(
        Run(line, face, em, (width - own) / 2 if centred else 0.0, rise + index * leading * em)
        for index, (line, own) in enumerate(zip(lines, widths, strict=True))
    )
    height = rise + (len(lines) - 1) * leading * em + fall
    return Lettering(text.replace(BREAK, ""), runs, width, height, tracking)


def set_runs(parts: list[tuple[str, Face, float]], gap: float = 0.0) -> Lettering:
    """Pieces of different face and size on one baseline, ``gap`` pixels between them.

    Raises ``ValueError`` when a face lacks a character.
    """
    for text, face, _ in parts:
        require_glyphs(face, text)
    rounded = [(text, face, round(size)) for text, face, size in parts]
    rise = max(rise_and_fall(face, text)[0] * size for text, face, size in rounded)
    fall = max(rise_and_fall(face, text)[1] * size for text, face, size in rounded)
    runs, x = [], 0.0
    for text, face, size in rounded:
        runs.append(Run(text, face, size, x, rise))
        x += advance(face, text) * size + gap
    return Lettering("".join(text for text, _, _ in parts), tuple(runs), x - gap, rise + fall)


def above(upper: Lettering, lower: Lettering, gap: float) -> Lettering:
    """Two letterings as one block, centred on each other, ``gap`` pixels between their inks."""
    width = max(upper.width, lower.width)
    runs = [replace(run, x=run.x + (width - upper.width) / 2) for run in upper.runs]
    down, across = upper.height + gap, (width - lower.width) / 2
    runs += [replace(run, x=run.x + across, baseline=run.baseline + down) for run in lower.runs]
    return Lettering(upper.text + lower.text, tuple(runs), width, down + lower.height)


def read_as(lettering: Lettering, text: str) -> Lettering:
    """The same ink, read as another text: a blank between pieces is seen but not set."""
    return replace(lettering, text=text)


def width_of(line: str, face: Face, tracking: float = 0.0) -> float:
    """Width of one line in em, outline included."""
    return advance(face, line) + tracking * (len(line) - 1) + 2 * face.outline


def balanced(text: str, face: Face, language: str, count: int, tracking: float = 0.0) -> list[str]:
    """The text in at most so many lines, the widest of them as narrow as can be."""
    units = _units(text, language)
    joint = " " if language == "en" else ""
    whole = width_of(joint.join(units), face, tracking)
    limit = whole / count
    while len(lines := _filled(units, joint, face, tracking, limit)) > count:
        limit += whole / 100
    return lines


def draw_ink(lettering: Lettering, x: float, y: float, outline: float = 0.0) -> tuple[Image.Image, int, int]:
    """The coverage of a lettering set at (x, y): a grey picture and the pixel where its corner belongs.

    ``outline`` widens the ink by so many em of each run's size.
    """
    pad = 4 + round(max((outline + run.face.outline + 0.2) * run.size for run in lettering.runs))
    left, top = int(x) - pad, int(y) - pad
    size = (round(lettering.width) + 2 * pad + 2, round(lettering.height) + 2 * pad + 2)
    canvas = Image.new("L", size)
    pen = ImageDraw.Draw(canvas)
    for run in lettering.runs:
        _draw_run(pen, run, lettering.tracking, x - left, y - top, outline)
    return canvas, left, top


def _draw_run(pen: ImageDraw.ImageDraw, run: Run, tracking: float, x: float, y: float, outline: float) -> None:
    """Letter by letter: at small sizes a font's hints would widen or narrow a whole line."""
    font = load_font(run.face, run.size)
    width = (run.face.outline + outline) * run.size
    x += run.x + run.face.outline * run.size
    for letter in run.text:
        pen.text((x, y + run.baseline), letter, fill=255, font=font, anchor="ls", stroke_width=width)
        x += (advance(run.face, letter) + tracking) * run.size


def _units(text: str, language: str) -> list[str]:
    if language == "en":
        return text.split()
    if BREAK in text:
        return [part for part in text.split(BREAK) if part]
    return re.findall(rf"(?:[!-~]+|.)[{CLOSING}]*", text)


def _filled(units: list[str], joint: str, face: Face, tracking: float, limit: float) -> list[str]:
    lines: list[str] = []
    for unit in units:
        longer = f"{lines[-1]}{joint}{unit}" if lines else unit
        if lines and width_of(longer, face, tracking) <= limit + 1e-6:
            lines[-1] = longer
        else:
            lines.append(unit)
    return lines
