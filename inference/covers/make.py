"""The cover agent: plan, watch, write, lay out, render, reflect, for one video after another.

For each video a pool of candidates is drawn up that differ in frame, words and style. Each is
rendered and judged anew on its pixels. While a mandatory task of the plan is unmet, or a title is not
read back exactly, another attempt does something about just that, within a budget; a video with which
nothing helps is refused with the reason. What stays is sorted by a score to which wishes and criteria
learned from clicks contribute, and the best is set in motion.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from data_contracts.errors import BadMedia
from inference.covers import traces
from inference.covers.candidate import Studio
from inference.covers.coverset import Brief, CoverSet, Refused
from inference.covers.picture.template import Template
from inference.covers.plan import Plan
from inference.covers.pursuit import Commission, Pursuit
from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import write_titles_for
from inference.covers.titles.verdict import TitleCandidate, judge
from inference.memory.criteria import Criterion, relevant
from inference.models.language import LanguageModel
from inference.models.layout_model import LayoutModel
from inference.models.profile import vision_language_model

log = logging.getLogger(__name__)

AGENT_VERSION = 4
"""Raised when the same inputs would give another cover, so that covers are made anew."""


MOST_CANDIDATES = 12
"""For one video: beyond, candidates hardly differ."""


def make_covers(
    briefs: Sequence[Brief],
    plan: Plan,
    criteria: Sequence[Criterion],
    model: LanguageModel | None,
    candidates: int,
    *,
    layout_model: LayoutModel | None = None,
    template: Template | None = None,
    moving: bool = True,
    fast: bool = False,
) -> Iterator[CoverSet | Refused]:
    """Covers for each video, one result per brief, in order.

    ``model`` writes titles beside the rules, which write alone without one. ``layout_model`` proposes
    layouts beside the search; a designer's ``template`` overrules both. ``moving`` sets the best cover in
    motion; where the plan demands that, it is done all the same. ``fast`` looks at keyframes first. A
    video that cannot be decoded, has no title that may be published, or no candidate that passes its checks
    and meets all that the plan demands is ``Refused``, and the rest go on. A plan that contradicts itself
    refuses all of them before any work.
    """
    if plan.conflicts:
        yield from (Refused(brief, f"the requirement cannot be met: {'; '.join(plan.conflicts)}") for brief in briefs)
        return
    started = time.perf_counter()
    written = _write_titles(briefs, plan, model)
    titles_s = (time.perf_counter() - started) / max(1, len(briefs))
    asked = [task.parameters["count"] for task in plan.asking("candidates")]
    candidates = min(MOST_CANDIDATES, max([candidates, *asked]))
    wanted = Commission(plan, candidates, Studio(layout_model, template, vision_language_model()), moving, fast)
    for number, (brief, titles) in enumerate(zip(briefs, written, strict=True), 1):
        place = f"{number} of {len(briefs)}: {brief.name}"
        result = _make_one(brief, wanted, relevant(criteria, brief.facts.category), titles)
        if isinstance(result, Refused):
            log.warning("%s refused: %s", place, result.reason)
            yield result
        else:
            best = result.covers[0]
            log.info("%s: “%s” at %s, %s", place, best.title.text, best.frame.frame.time, best.style)
            yield replace(result, cost_s={"titles": titles_s, **result.cost_s})


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
    brief: Brief, wanted: Commission, criteria: Sequence[Criterion], titles: Sequence[TitleCandidate]
) -> CoverSet | Refused:
    with traces.run(brief, wanted.plan) as trace:
        pursuit = Pursuit(brief, wanted, tuple(criteria), tuple(titles), trace)
        try:
            made = pursuit.make()
        except BadMedia as error:
            trace.set({"refused": str(error), "attempts": pursuit.attempts})
            return Refused(brief, str(error), tuple(pursuit.attempts), trace.id)
        best = made.covers[0]
        trace.set({"cover_id": best.cover_id, "title": best.title.text, "score": best.score}, **made.cost_s)
        return made
