"""The cover agent: plan, watch, write, lay out, render, reflect, for one video after another.

For each video a pool of candidates is drawn up that differ in frame, words and style. Each is
rendered and judged anew; what breaks a mandatory check is dropped with the reason. The best stay:
first those that meet the requirement, then by a score to which criteria learned from clicks
contribute when there are any.
"""

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data_contracts.errors import BadMedia
from inference.covers.candidate import MAIN_RATIO, Cover, Unfit, render_main, render_rest
from inference.covers.drafts import Draft, draw_up
from inference.covers.frames import recall
from inference.covers.frames.select import FrameSelection
from inference.covers.plan import Plan
from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import write_titles_for
from inference.covers.titles.facts import Facts
from inference.covers.titles.verdict import TitleCandidate, judge
from inference.memory.criteria import Criterion, relevant
from inference.models.language import LanguageModel

log = logging.getLogger(__name__)

AGENT_VERSION = 3
"""Raised when the same inputs would give another cover, so that covers are made anew."""

POOL_PER_CANDIDATE = 2
"""Drafts drawn up for each candidate kept."""

ID_LENGTH = 16


@dataclass(frozen=True)
class Brief:
    """What is known of a video before it is watched.

    ``key`` is the digest of all that its cover depends on. ``title`` is one that a person gave.
    ``duration_s`` is for the record only.
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


@dataclass(frozen=True)
class Dropped:
    """A draft that gave no cover, and why."""

    style: str
    title: str
    reason: str


@dataclass(frozen=True)
class CoverSet:
    """A video's candidates, best first, and what was looked at on the way to them."""

    brief: Brief
    covers: tuple[Cover, ...]
    selection: FrameSelection
    titles: tuple[TitleCandidate, ...]
    criteria: tuple[Criterion, ...]
    dropped: tuple[Dropped, ...]
    cost_s: dict[str, float]


@dataclass(frozen=True)
class Refused:
    """A video that got no cover, and why."""

    brief: Brief
    reason: str


def make_covers(
    briefs: Sequence[Brief],
    plan: Plan,
    criteria: Sequence[Criterion],
    model: LanguageModel | None,
    candidates: int,
) -> Iterator[CoverSet | Refused]:
    """Covers for each video, one result per brief, in order.

    ``model`` writes titles beside the rules, which write alone without one. A video that cannot be
    decoded, has no title that may be published or no candidate that passes its checks is
    ``Refused``, and the rest go on.
    """
    started = time.perf_counter()
    written = _write_titles(briefs, plan, model)
    titles_s = (time.perf_counter() - started) / max(1, len(briefs))
    for number, (brief, titles) in enumerate(zip(briefs, written, strict=True), 1):
        place = f"{number} of {len(briefs)}: {brief.name}"
        try:
            made = _make_one(brief, plan, relevant(criteria, brief.facts.category), titles, candidates)
        except BadMedia as error:
            log.warning("%s refused: %s", place, error)
            yield Refused(brief, str(error))
        else:
            best = made.covers[0]
            log.info("%s: “%s” at %s, %s", place, best.title.text, best.frame.frame.time, best.style)
            yield replace(made, cost_s={"titles": titles_s, **made.cost_s})


def _write_titles(briefs: Sequence[Brief], plan: Plan, model: LanguageModel | None) -> list[list[TitleCandidate]]:
    """Titles for every brief; the model is asked once for all that nobody gave."""
    languages = [plan.language or brief.language for brief in briefs]
    unwritten = [i for i, brief in enumerate(briefs) if brief.title is None]
    written = write_titles_for(
        [briefs[i].facts for i in unwritten],
        [languages[i] for i in unwritten],
        max_chars=plan.title_max_chars,
        model=model,
    )
    titles = dict(zip(unwritten, written, strict=True))
    for i, brief in enumerate(briefs):
        if brief.title is not None:
            titles[i] = _judge_given(brief, Limits.of(languages[i], plan.title_max_chars))
    return [titles[i] for i in range(len(briefs))]


def _judge_given(brief: Brief, limits: Limits) -> list[TitleCandidate]:
    """The title that a person gave: they answer for it; its faults stay in the record."""
    return [replace(judge(brief.title, "given", brief.facts, limits), kept=True)]


def _make_one(
    brief: Brief, plan: Plan, criteria: Sequence[Criterion], titles: Sequence[TitleCandidate], candidates: int
) -> CoverSet:
    publishable = [title for title in titles if title.kept]
    if not publishable:
        faults = "; ".join(f"“{title.text}” {', '.join(title.reasons)}" for title in titles[:3])
        raise BadMedia(f"no title may be published: {faults or 'nothing is known of the video'}")
    started = time.perf_counter()
    shows, hides = plan.must_show, plan.must_not_show
    selection = recall.watch(brief.video_id, brief.path, candidates, "face" in shows, "text" in hides)
    watched = time.perf_counter()
    language = plan.language or brief.language
    pool = draw_up(
        selection.choices, publishable, brief.facts, language, plan, candidates * POOL_PER_CANDIDATE, brief.key
    )
    covers, dropped = _keep_best(pool, plan, brief.key, criteria, candidates)
    if not covers:
        raise BadMedia(f"no candidate passed its checks: {dropped[0].reason}")
    cost = {"watch": watched - started, "compose": time.perf_counter() - watched}
    return CoverSet(brief, tuple(covers), selection, tuple(titles), tuple(criteria), tuple(dropped), cost)


def _keep_best(
    pool: Sequence[Draft], plan: Plan, key: str, criteria: Sequence[Criterion], count: int
) -> tuple[list[Cover], list[Dropped]]:
    """The ``count`` best that pass in every ratio and differ. Only those kept are rendered beyond 3:4."""
    scored: list[tuple[Cover, Draft]] = []
    dropped: list[Dropped] = []
    seen: set[bytes] = set()
    for place, draft in enumerate(pool):
        try:
            cover = render_main(draft, plan, _cover_id(key, place), criteria)
        except Unfit as error:
            dropped.append(Dropped(draft.style, draft.title.text, str(error)))
            continue
        picture = cover.pictures[MAIN_RATIO].jpeg
        if picture in seen:
            dropped.append(Dropped(cover.style, draft.title.text, "the same picture as another candidate"))
            continue
        seen.add(picture)
        scored.append((cover, draft))
    scored.sort(key=lambda pair: pair[0].order)
    covers: list[Cover] = []
    for cover, draft in scored:
        if len(covers) == count:
            break
        try:
            covers.append(render_rest(cover, draft))
        except Unfit as error:
            dropped.append(Dropped(draft.style, draft.title.text, str(error)))
    return covers, dropped


def _cover_id(key: str, place: int) -> str:
    return hashlib.sha256(f"{key} {place}".encode()).hexdigest()[:ID_LENGTH]
