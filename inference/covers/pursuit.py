"""One video's way to its covers: watch, act, reflect, and again with what reflection found wrong.

Every attempt, what it tried and what came of it is noted, in the record and in the trace. The best attempt
so far is kept: a later one replaces it only by being better.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data_contracts.errors import BadMedia
from inference.covers import traces, watching
from inference.covers.attempts import MOST_ATTEMPTS, Attempt, Course, next_course
from inference.covers.candidate import MAIN_RATIO, Cover, Studio
from inference.covers.coverset import Brief, CoverSet
from inference.covers.demands import judge_later
from inference.covers.drafts import draw_up
from inference.covers.frames import recall
from inference.covers.frames.select import FrameSelection
from inference.covers.motion import MovingCover, Unstill, make_moving
from inference.covers.plan import Plan, Task
from inference.covers.pool import Dropped, Judged, judge_pool
from inference.covers.titles.verdict import TitleCandidate
from inference.covers.watching import Answered
from inference.memory.criteria import Criterion

POOL_PER_CANDIDATE = 2
"""Drafts drawn up for each candidate kept."""

MOVING_TRIES = 3
"""Covers, best first, that are set in motion before a plan that demands it is given up; a wish is tried on one."""


STILL_WANTED = "nobody asked for it"
"""Why nothing moves."""


@dataclass(frozen=True)
class Commission:
    """What is wanted of every video of a batch."""

    plan: Plan
    candidates: int
    studio: Studio
    moving: bool
    fast: bool


class Pursuit:
    """One video's attempts, until one gives covers with which nothing is wrong or nothing is left to try."""

    def __init__(
        self,
        brief: Brief,
        wanted: Commission,
        criteria: tuple[Criterion, ...],
        titles: tuple[TitleCandidate, ...],
        trace: traces.Trace,
    ) -> None:
        self.brief, self.wanted, self.criteria, self.titles, self.trace = brief, wanted, criteria, titles, trace
        self.attempts: list[Attempt] = []
        self.dropped: list[Dropped] = []
        self.answers: tuple[Answered, ...] = ()
        self.cost_s = dict.fromkeys(("watch", "compose", "moving"), 0.0)
        self._looks: dict[tuple, FrameSelection] = {}

    def make(self) -> CoverSet:
        """Raises ``BadMedia`` when there is no cover that may be published."""
        publishable = self._plan()
        best, selection = self._attempt(publishable)
        if not best.covers:
            raise BadMedia(f"no candidate passed its checks: {best.reason}")
        covers, moving, unmoved = self._set_in_motion(self._count(best.covers))
        return CoverSet(
            self.brief,
            tuple(covers),
            selection,
            self.titles,
            self.criteria,
            tuple(self.dropped),
            self.cost_s,
            plan=self.wanted.plan,
            attempts=tuple(self.attempts),
            answers=self.answers,
            moving=moving,
            unmoved=unmoved,
            trace_id=self.trace.id,
        )

    def _plan(self) -> list[TitleCandidate]:
        """The titles that may be published."""
        with self.trace.span(traces.PLAN, requirement=self.wanted.plan.requirement) as span:
            publishable = [title for title in self.titles if title.kept]
            span.set({"tasks": self.wanted.plan.tasks, "titles": publishable, "criteria": len(self.criteria)})
            if not publishable:
                faults = "; ".join(f"“{title.text}” {', '.join(title.reasons)}" for title in self.titles[:3])
                raise BadMedia(f"no title may be published: {faults or 'nothing is known of the video'}")
        return publishable

    def _attempt(self, titles: Sequence[TitleCandidate]) -> tuple[Judged, FrameSelection]:
        """The best of all attempts, and the frames it had."""
        course, why = Course.of(self.wanted.plan, self.wanted.candidates), "the plan"
        best: tuple[Judged, FrameSelection] | None = None
        for number in range(1, MOST_ATTEMPTS + 1):
            started = time.perf_counter()
            selection = self._watch(course)
            tried, judged = self._act(number, course, titles, selection)
            following = self._reflect(judged, course, number)
            outcome = f"{len(judged.covers)} covers kept, {len(judged.dropped)} dropped"
            reasons = tuple(dict.fromkeys([*filter(None, [judged.reason]), *(drop.reason for drop in judged.dropped)]))
            spent = time.perf_counter() - started
            self.attempts.append(Attempt(number, tried, why, outcome, reasons, spent))
            self.dropped += judged.dropped
            if best is None or judged.order < best[0].order:
                best = judged, selection
            if following is None:
                break
            course, why = following, judged.reason
        return best

    def _watch(self, course: Course) -> FrameSelection:
        """The frames of a course; what the plan wants to know is asked at the first look."""
        look = course.frames, course.shows, course.hides
        if look in self._looks:
            return self._looks[look]
        started, first = time.perf_counter(), not self._looks
        with self.trace.span(traces.WATCH, frames=course.frames, shows=course.shows, hides=course.hides) as span:
            selection = recall.watch(
                self.brief.video_id, self.brief.path, course.frames, course.shows, course.hides, self.wanted.fast
            )
            if first:
                self.answers = watching.watch(self.brief, self.wanted.plan, selection)
            times = [float(choice.frame.time) for choice in selection.choices]
            span.set({"chosen_s": times, "refused": selection.refused, "answers": self.answers if first else ()})
            span.set({}, considered=selection.considered)
        self._looks[look] = selection
        self.cost_s["watch"] += time.perf_counter() - started
        return selection

    def _act(
        self, number: int, course: Course, titles: Sequence[TitleCandidate], selection: FrameSelection
    ) -> tuple[str, Judged]:
        """What is tried, in words, and what came of it."""
        started, brief, wanted = time.perf_counter(), self.brief, self.wanted
        fitting = course.fitting(titles)
        if not fitting:
            raise BadMedia(f"every title says what must not be said: {', '.join(course.avoided)}")
        size, language = wanted.candidates * POOL_PER_CANDIDATE, wanted.plan.language or brief.language
        key = brief.key if number == 1 else f"{brief.key} attempt {number}"
        drafts = draw_up(selection.choices, fitting, brief.facts, language, course, size, key)
        tried = course.describe(len(drafts))
        with self.trace.span(traces.ACT, attempt=number, tried=tried) as span:
            judged = judge_pool(drafts, wanted.plan, key, self.criteria, wanted.candidates, wanted.studio)
            span.set({"kept": [(cover.cover_id, cover.score) for cover in judged.covers], "dropped": judged.dropped})
        self.cost_s["compose"] += time.perf_counter() - started
        return tried, judged

    def _reflect(self, judged: Judged, course: Course, number: int) -> Course | None:
        """What to do about what is wrong; None when nothing is, or nothing is left to do."""
        with self.trace.span(traces.REFLECT, attempt=number, covers=len(judged.covers)) as span:
            following = next_course(course, judged.wrong) if number < MOST_ATTEMPTS else None
            demands = judged.covers[0].demands if judged.covers else ()
            span.set({"wrong": judged.wrong, "reason": judged.reason, "demands": demands, "goes_on": bool(following)})
        return following

    def _count(self, covers: list[Cover]) -> list[Cover]:
        """The covers, told whether they are as many as asked for. Raises ``BadMedia`` when more are demanded."""
        for task in self.wanted.plan.asking("candidates"):
            enough = len(covers) >= task.parameters["count"]
            told = judge_later(task, enough, f"candidates: {len(covers)}")
            if told.unmet:
                raise BadMedia(f"{told.wanted} wanted, {len(covers)} passed their checks")
            covers = [replace(cover, demands=(*cover.demands, told)) for cover in covers]
        return covers

    def _set_in_motion(self, covers: list[Cover]) -> tuple[list[Cover], dict[str, MovingCover], str]:
        """The covers, one that moves at their head, its loop, and why there is none.

        Raises ``BadMedia`` when the plan demands one that moves and none can.
        """
        tasks = list(self.wanted.plan.asking("moving"))
        demanded = any(task.mandatory for task in tasks)
        if not (self.wanted.moving or demanded) or any(self.wanted.plan.asking("still")):
            return [_tell_of_motion(cover, tasks, None, STILL_WANTED) for cover in covers], {}, STILL_WANTED
        started, reasons = time.perf_counter(), []
        seconds = next((task.parameters.get("seconds") for task in tasks), None)
        moved: dict[str, MovingCover] = {}
        for cover in covers[: MOVING_TRIES if demanded else 1]:
            try:
                moved[cover.cover_id] = self._move(cover, seconds)
                break
            except (Unstill, ValueError) as error:
                reasons.append(str(error))
        self._note_motion(moved, reasons, time.perf_counter() - started)
        reason = "" if moved else "; ".join(dict.fromkeys(reasons))
        if demanded and not moved:
            raise BadMedia(f"no cover can be set in motion: {reason}")
        told = [_tell_of_motion(cover, tasks, moved.get(cover.cover_id), reason) for cover in covers]
        return sorted(told, key=lambda cover: cover.cover_id not in moved), moved, reason

    def _note_motion(self, moved: dict[str, MovingCover], reasons: Sequence[str], spent: float) -> None:
        self.cost_s["moving"] = spent
        outcome = "it moves" if moved else "no moving cover"
        why = "the plan" if any(self.wanted.plan.asking("moving")) else "every cover may move"
        tries = len(reasons) + len(moved)
        number, tried = len(self.attempts) + 1, f"set {'the best cover' if tries == 1 else f'{tries} covers'} in motion"
        self.attempts.append(Attempt(number, tried, why, outcome, tuple(dict.fromkeys(reasons)), spent))

    def _move(self, cover: Cover, seconds: float | None) -> MovingCover:
        layout = cover.pictures[MAIN_RATIO].layout
        with self.trace.span(traces.ACT, moving=cover.cover_id, seconds=seconds) as span:
            moving = make_moving(self.brief.path, cover.frame, layout, layout.wording, seconds)
            span.set({"start_s": moving.start_s, "end_s": moving.end_s, "loop": moving.loop}, bytes=len(moving.mp4))
        return moving


def _tell_of_motion(cover: Cover, tasks: Sequence[Task], moving: MovingCover | None, reason: str) -> Cover:
    """The cover with a word on each task that asks for motion."""
    found = f"{moving.end_s - moving.start_s:.1f} s, {moving.loop}" if moving else reason or "another candidate moves"
    told = tuple(judge_later(task, moving is not None, found) for task in tasks)
    return replace(cover, demands=(*cover.demands, *told))
