"""What the cover agent is given for a video and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inference.covers.attempts import Attempt
from inference.covers.candidate import Cover
from inference.covers.frames.select import FrameSelection
from inference.covers.motion import MovingCover
from inference.covers.plan import Plan
from inference.covers.pool import Dropped
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import TitleCandidate
from inference.covers.watching import Answered
from inference.memory.criteria import Criterion
from inference.models.speech import Word


@dataclass(frozen=True)
class Brief:
    """What is known of a video before it is watched.

    ``key`` is the digest of all that its cover depends on. ``title`` is one that a person gave.
    ``duration_s`` is for the record only, ``words`` are what is said, with their times.
    """

    name: str
    video_id: str
    path: Path
    facts: Facts
    language: str
    key: str
    product_id: str | None = None
    title: str | None = None
    duration_s: float | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class CoverSet:
    """A video's candidates, best first, and all that led to them.

    ``attempts`` are in order; ``answers`` are what was asked of the video; ``moving`` holds the loop of
    the candidate with that id, and ``unmoved`` says why there is none. ``trace_id`` is MLflow's.
    """

    brief: Brief
    covers: tuple[Cover, ...]
    selection: FrameSelection
    titles: tuple[TitleCandidate, ...]
    criteria: tuple[Criterion, ...]
    dropped: tuple[Dropped, ...]
    cost_s: dict[str, float]
    plan: Plan = field(default_factory=Plan)
    attempts: tuple[Attempt, ...] = ()
    answers: tuple[Answered, ...] = ()
    moving: Mapping[str, MovingCover] = field(default_factory=dict)
    unmoved: str = ""
    trace_id: str | None = None


@dataclass(frozen=True)
class Refused:
    """A video that got no cover, why, and what was tried."""

    brief: Brief
    reason: str
    attempts: tuple[Attempt, ...] = ()
    trace_id: str | None = None
