"""From a video to the few frames worth a cover, in two stages.

The global scan streams the video once, finds the shots and measures four frames a second; gates drop
what is black, white, blurred, mixed or broken. What is left is judged at small size, and about sixteen
candidates are taken that are good and differ. The close look judges those at full size: faces, eyes,
burnt-in text, the product, what they show; where the profile has a vision-language model, it is asked
too. The choice is greedy: the best frame first, then the best of those that show something else.
"""

import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from inference.covers.frames import judges, viewer
from inference.covers.frames.captions import is_legible
from inference.covers.frames.closeup import Closeup, locate_products, look_closely
from inference.covers.frames.costs import Costs
from inference.covers.frames.gates import sift
from inference.covers.frames.glance import Glance, glance
from inference.covers.frames.promising import find_promising
from inference.covers.frames.reasons import explain
from inference.covers.frames.scan import WHOLE, scan
from inference.covers.frames.wanted import Wanted
from inference.media.frame import Frame
from inference.media.geometry import Box
from inference.media.time import MediaTime
from inference.models import ocr
from inference.models.faces import Face
from inference.models.ocr import TextLine
from inference.models.vision_language import VisionLanguageModel

log = logging.getLogger(__name__)

SHORTLIST = 16
"""Frames looked at closely: a fifth of a second each."""

GAP_S, GAP_SHARE = 1.0, 0.125
"""Two choices from one shot lie at least so far apart, or in a short clip so large a share of it."""

SIMILAR_COST = 0.15
"""Score that a candidate for the close look loses when it looks like one taken before: less than judges differ by
where something is wrong, enough that sixteen frames are not sixteen times the same moment."""

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
    its ``faults``. A frame with a fault is chosen only where better ones are few. ``reasons`` gives each
    judge's verdict as a sentence.
    """

    frame: Frame
    score: float
    scores: dict[str, float]
    faces: tuple[Face, ...] = ()
    product: Box | None = None
    texts: tuple[TextLine, ...] = ()
    faults: tuple[str, ...] = ()
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A frame that was looked at closely, and what became of it, in a sentence."""

    time: MediaTime
    score: float
    chosen: bool
    why: str


@dataclass(frozen=True)
class FrameSelection:
    """The chosen frames, best first, how many frames each gate refused, the candidates of the first stage in order
    of time, and the seconds that stages (``scan`` to ``full size``) and judges took."""

    choices: tuple[FrameChoice, ...]
    considered: int
    refused: dict[str, int] = field(default_factory=dict)
    shortlist: tuple[Candidate, ...] = ()
    cost_s: dict[str, float] = field(default_factory=dict)


def select_frames(
    path: Path,
    count: int = 6,
    shows: Collection[str] = (),
    hides: Collection[str] = (),
    fast: bool = False,
    model: VisionLanguageModel | None = None,
    weights: Mapping[str, float] = judges.WEIGHTS,
) -> FrameSelection:
    """At most ``count`` frames of a video that are good and different, best first; the same at every call.

    Frames without what is to be shown (``face``, ``product``), or with what is to be hidden (``face``, ``text``,
    ``hand``, ``product``), rank behind all others. ``fast`` looks at the keyframes of a long video first and
    densely only where they promise something. ``model`` is one more judge. Raises ``BadMedia`` when the
    video cannot be decoded or is black or white throughout.
    """
    wanted, costs = Wanted.of(shows, hides), Costs()
    with costs.of("scan"):
        scanned = scan(path, find_promising(path, wanted) if fast else (WHOLE,))
    with costs.of("glance"):
        usable, refused = sift(scanned)
        clip = glance(scanned, usable, wanted, weights)
        gap_s = min(GAP_S, GAP_SHARE * float(scanned.samples[-1].time))
        candidates = shortlist(clip.glances, gap_s / 2)
    closeups = look_closely(path, clip, candidates, wanted, costs)
    closeups, chosen = _finish(closeups, count, gap_s, wanted, model, costs)
    with costs.of("full size"):
        choices = tuple(_as_choice(closeup) for closeup in chosen)
    taken = {closeup.glance for closeup in chosen}
    refused += Counter(fault for closeup in closeups if closeup.glance not in taken for fault in closeup.faults)
    log.info("%s: %d frames seen, %d chosen, refused: %s", path.name, scanned.seen, len(chosen), dict(refused))
    listed = tuple(_as_candidate(closeup, chosen, gap_s) for closeup in closeups)
    return FrameSelection(choices, scanned.seen, dict(refused), listed, dict(costs))


def _finish(
    closeups: Sequence[Closeup],
    count: int,
    gap_s: float,
    wanted: Wanted,
    model: VisionLanguageModel | None,
    costs: Costs,
) -> tuple[list[Closeup], list[Closeup]]:
    """All closeups and the chosen ones, after the judges that are too dear for every frame have spoken."""
    if model:
        with costs.of("viewer"):
            closeups = viewer.rank(model, closeups)
    finalists = list(closeups) if wanted.product else choose(closeups, count + SPARE, gap_s)
    with costs.of("product"):
        finalists = locate_products(finalists, wanted)
    if model:
        finalists = choose(finalists, count + SPARE, gap_s)
        with costs.of("critic"):
            finalists = viewer.criticise(model, finalists)
    judged = {closeup.glance: closeup for closeup in [*closeups, *finalists]}
    return list(judged.values()), choose(finalists, count, gap_s)


def shortlist(glances: Sequence[Glance], gap_s: float) -> list[Glance]:
    """The best frames that differ, no two of a shot too near in time."""
    picked: list[Glance] = []
    left = dict.fromkeys(sorted(glances, key=lambda glance: -glance.score), 0.0)
    while left and len(picked) < SHORTLIST:
        best = max(left, key=lambda each: each.score - SIMILAR_COST * left[each])
        picked.append(best)
        left = {
            each: max(likeness, each.sample.likeness(best.sample))
            for each, likeness in left.items()
            if not _near(each, best, gap_s)
        }
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


def _as_candidate(closeup: Closeup, chosen: Sequence[Closeup], gap_s: float) -> Candidate:
    glances = [other.glance for other in chosen]
    taken = closeup.glance in glances
    why = f"chosen, number {glances.index(closeup.glance) + 1}" if taken else _why_dropped(closeup, chosen, gap_s)
    return Candidate(closeup.glance.sample.time, closeup.score, taken, why)


def _why_dropped(closeup: Closeup, chosen: Sequence[Closeup], gap_s: float) -> str:
    if closeup.faults:
        return f"dropped: {', '.join(closeup.faults)}"
    alike = max(chosen, key=lambda other: float(closeup.vector @ other.vector))
    if any(_near(closeup.glance, other.glance, gap_s) for other in chosen):
        return "dropped: a better frame is a moment away"
    if float(closeup.vector @ alike.vector) > TOO_LIKE:
        return f"dropped: shows again what {alike.glance.sample.time} shows"
    if closeup.score < KEEP_SHARE * chosen[0].score:
        return "dropped: falls too far behind the best"
    return "dropped: enough were better"


def _as_choice(closeup: Closeup) -> FrameChoice:
    frame = closeup.still.full_size()
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
        reasons=explain(closeup),
    )


def _scaled(face: Face, factor: float) -> Face:
    moved = {
        name: tuple(factor * value for value in getattr(face, name)) for name in ("right_eye", "left_eye", "mouth")
    }
    return replace(face, box=face.box.scaled(factor), head=face.head.scaled(factor), **moved)
