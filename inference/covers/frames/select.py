"""From a video to the few frames worth a cover.

One streaming pass finds the shots and measures four frames a second; gates drop what is black,
white, blurred, mixed or broken. What is left is judged at small size, the best of it again at full
size for faces, eyes, burnt-in text and what it shows. The choice is greedy: the best frame first,
then the best of those that show something else.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inference.covers.frames.captions import is_legible
from inference.covers.frames.closeup import Closeup, locate_products, look_closely
from inference.covers.frames.gates import sift
from inference.covers.frames.glance import Glance, glance
from inference.covers.frames.scan import scan
from inference.media import decode
from inference.media.frame import Frame
from inference.media.geometry import Box
from inference.models import ocr
from inference.models.faces import Face
from inference.models.ocr import TextLine

log = logging.getLogger(__name__)

SHORTLIST = 16
"""Frames looked at closely: a fifth of a second each."""

GAP_S, GAP_SHARE = 1.0, 0.125
"""Two choices from one shot lie at least so far apart, or in a short clip so large a share of it."""

TOO_LIKE, LIKENESS_COST = 0.85, 1.0
"""Cosine of image features above which a frame repeats a chosen one, and the score it costs per unit beyond."""

SAME = 0.995
"""Cosine from which a frame is the chosen one again: nothing moved between them."""

SPARE = 2
"""Finalists beyond those asked for: the product, found in finalists only, has a word in the choice."""

KEEP_SHARE = 0.82
"""A choice below this share of the best one's score would be a worse cover, not another one."""


@dataclass(frozen=True)
class FrameChoice:
    """A frame that passed every gate, with all that was seen in it (boxes in its own pixels).

    ``scores`` holds each judge's verdict, 0 to 1; ``score`` is their weighted mean, less for each of
    its ``faults``. A frame with a fault is chosen only where better ones are few.
    """

    frame: Frame
    score: float
    scores: dict[str, float]
    faces: tuple[Face, ...] = ()
    product: Box | None = None
    texts: tuple[TextLine, ...] = ()
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrameSelection:
    """The chosen frames, best first, and how many frames each gate refused."""

    choices: tuple[FrameChoice, ...]
    considered: int
    refused: dict[str, int] = field(default_factory=dict)


def select_frames(path: Path, count: int = 6, must_show_face: bool = False, no_text: bool = False) -> FrameSelection:
    """At most ``count`` frames of a video that are good and different, best first; the same at every call.

    ``must_show_face`` and ``no_text`` rank frames without a face, or with any burnt-in text, behind
    all others. Raises ``BadMedia`` when the video cannot be decoded or is black or white throughout.
    """
    scanned = scan(path)
    usable, refused = sift(scanned)
    clip = glance(scanned, usable, must_show_face)
    gap_s = min(GAP_S, GAP_SHARE * float(scanned.samples[-1].time))
    closeups = look_closely(path, clip, shortlist(clip.glances, gap_s / 2), must_show_face, no_text)
    finalists = locate_products(choose(closeups, count + SPARE, gap_s))
    chosen = choose(finalists, count, gap_s)
    taken = {closeup.glance for closeup in chosen}
    refused += Counter(fault for closeup in closeups if closeup.glance not in taken for fault in closeup.faults)
    log.info("%s: %d frames seen, %d chosen, refused: %s", path.name, scanned.seen, len(chosen), dict(refused))
    return FrameSelection(_full_size(path, chosen), scanned.seen, dict(refused))


def shortlist(glances: Sequence[Glance], gap_s: float) -> list[Glance]:
    """The best frames, no two of a shot too near in time."""
    picked: list[Glance] = []
    for candidate in sorted(glances, key=lambda glance: -glance.score):
        if len(picked) < SHORTLIST and not any(_near(candidate, other, gap_s) for other in picked):
            picked.append(candidate)
    return picked


def choose(closeups: Sequence[Closeup], count: int, gap_s: float) -> list[Closeup]:
    """Up to ``count`` frames, best first, each chosen for its score less its likeness to those before."""
    chosen: list[Closeup] = []
    left = sorted(closeups, key=lambda closeup: -closeup.score)
    while left and len(chosen) < count:
        best = max(left, key=lambda closeup: closeup.score - _repetition(closeup, chosen))
        chosen.append(best)
        left = [
            closeup
            for closeup in left
            if closeup.score >= KEEP_SHARE * chosen[0].score
            and not _near(closeup.glance, best.glance, gap_s)
            and float(closeup.vector @ best.vector) < SAME
        ]
    return sorted(chosen, key=lambda closeup: -closeup.score)


def _near(one: Glance, other: Glance, gap_s: float) -> bool:
    return one.shot == other.shot and abs(one.sample.time - other.sample.time) < gap_s


def _repetition(closeup: Closeup, chosen: Sequence[Closeup]) -> float:
    likeness = max((float(closeup.vector @ other.vector) for other in chosen), default=0.0)
    return LIKENESS_COST * max(0.0, likeness - TOO_LIKE)


def _full_size(path: Path, chosen: Sequence[Closeup]) -> tuple[FrameChoice, ...]:
    in_time = sorted(chosen, key=lambda closeup: closeup.glance.sample.time)
    frames = decode.frames_at(path, [closeup.glance.sample.time for closeup in in_time])
    choices = {closeup: _as_choice(closeup, frame) for closeup, frame in zip(in_time, frames, strict=True)}
    return tuple(choices[closeup] for closeup in chosen)


def _as_choice(closeup: Closeup, frame: Frame) -> FrameChoice:
    grown = frame.width / closeup.image.shape[1]
    lines = ocr.read_lines(closeup.image, closeup.captions)
    return FrameChoice(
        frame=frame,
        score=closeup.score,
        scores=closeup.scores,
        faces=tuple(_scaled(face, grown) for face in closeup.faces),
        product=closeup.product.scaled(grown) if closeup.product else None,
        texts=tuple(replace(line, box=line.box.scaled(grown)) for line in lines if is_legible(line)),
        faults=closeup.faults,
    )


def _scaled(face: Face, factor: float) -> Face:
    moved = {
        name: tuple(factor * value for value in getattr(face, name)) for name in ("right_eye", "left_eye", "mouth")
    }
    return replace(face, box=face.box.scaled(factor), head=face.head.scaled(factor), **moved)
