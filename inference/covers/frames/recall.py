"""What was seen in a video, noted: new criteria or a new title model need no second look."""

import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from data_contracts.settings import REPOSITORY
from inference import kept
from inference.covers.frames.select import Candidate, FrameChoice, FrameSelection, select_frames
from inference.media import decode
from inference.media.geometry import Box
from inference.media.time import MediaTime
from inference.models.faces import Face
from inference.models.ocr import TextLine
from inference.models.profile import vision_language_model

log = logging.getLogger(__name__)

KIND = "frames"
CODE = ("inference/covers", "inference/media", "inference/models")
"""Folders whose every change makes what was noted worthless."""


@dataclass(frozen=True)
class _Choice:
    """A ``FrameChoice`` without its pixels; ``time`` in seconds, as a fraction."""

    time: str
    score: float
    scores: dict[str, float]
    faces: tuple[Face, ...]
    product: Box | None
    texts: tuple[TextLine, ...]
    faults: tuple[str, ...]
    reasons: dict[str, str]


@dataclass(frozen=True)
class _Candidate:
    """A ``Candidate``; ``time`` as above."""

    time: str
    score: float
    chosen: bool
    why: str


@dataclass(frozen=True)
class _Selection:
    choices: tuple[_Choice, ...]
    considered: int
    refused: dict[str, int]
    shortlist: tuple[_Candidate, ...]
    cost_s: dict[str, float]


NOTES = TypeAdapter(_Selection)


def watch(
    video_id: str,
    path: Path,
    count: int,
    shows: Collection[str] = (),
    hides: Collection[str] = (),
    fast: bool = False,
) -> FrameSelection:
    """``select_frames`` with the profile's vision-language model, of a video that was watched before from what was
    noted then: ``cost_s`` is what the first look took. Raises what ``select_frames`` raises."""
    model = vision_language_model()
    asked = sorted(shows), sorted(hides), fast, model.name if model else None
    inputs = [_code_digest(), video_id, count, *asked]
    if noted := kept.read(KIND, inputs):
        return _restore(path, NOTES.validate_python(noted))
    selection = select_frames(path, count, shows, hides, fast, model)
    kept.write(KIND, inputs, NOTES.dump_python(_without_pixels(selection), mode="json"))
    return selection


def _without_pixels(selection: FrameSelection) -> _Selection:
    choices = tuple(
        _Choice(str(c.frame.time.seconds), c.score, c.scores, c.faces, c.product, c.texts, c.faults, c.reasons)
        for c in selection.choices
    )
    listed = tuple(_Candidate(str(c.time.seconds), c.score, c.chosen, c.why) for c in selection.shortlist)
    return _Selection(choices, selection.considered, selection.refused, listed, selection.cost_s)


def _restore(path: Path, noted: _Selection) -> FrameSelection:
    times = [MediaTime(Fraction(choice.time)) for choice in noted.choices]
    frames = dict(zip(sorted(times), decode.frames_at(path, sorted(times)), strict=True))
    choices = tuple(
        FrameChoice(frames[time], c.score, c.scores, c.faces, c.product, c.texts, c.faults, c.reasons)
        for time, c in zip(times, noted.choices, strict=True)
    )
    listed = tuple(Candidate(MediaTime(Fraction(c.time)), c.score, c.chosen, c.why) for c in noted.shortlist)
    log.info("watched before: %d frames chosen from %d", len(choices), noted.considered)
    return FrameSelection(choices, noted.considered, noted.refused, listed, noted.cost_s)


@cache
def _code_digest() -> str:
    folders = (REPOSITORY / folder for folder in CODE)
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".yaml"))
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
