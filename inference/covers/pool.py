"""One attempt's pool of drafts, rendered and judged: which candidates stay, which fail, and at what."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from inference.covers.candidate import MAIN_RATIO, Cover, Studio, Unfit, render_main, render_rest
from inference.covers.drafts import Draft
from inference.covers.picture.reflect import READ_BACK
from inference.covers.plan import Plan
from inference.memory.criteria import Criterion

ID_LENGTH = 16


@dataclass(frozen=True)
class Dropped:
    """A draft that gave no cover, and why."""

    style: str
    title: str
    reason: str


@dataclass
class Judged:
    """What came of a pool. ``covers`` meet all that is demanded, best first; ``failing`` are covers that do not."""

    covers: list[Cover] = field(default_factory=list)
    failing: list[Cover] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def order(self) -> tuple[float, ...]:
        """What attempts are compared by: the best cover of one, or how far it was from having one."""
        if self.covers:
            return 0, *self.covers[0].order
        return (1, *min(map(_order, self.failing))) if self.failing else (2,)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Names of what the next attempt must do something about; empty when nothing is wrong."""
        if self.covers:
            return () if all(picture.read_exactly for picture in self.covers[0].pictures.values()) else (READ_BACK,)
        unmet = [demand.key for demand in min(self.failing, key=_order).demands if demand.unmet] if self.failing else []
        return tuple(dict.fromkeys([*unmet, *self.problems]))

    @property
    def reason(self) -> str:
        """In words, why there is no cover, or what is wrong with the best one."""
        if self.covers:
            pictures = self.covers[0].pictures.items()
            return "; ".join(
                f"{ratio}: {check.reason}"
                for ratio, picture in pictures
                for check in picture.checks
                if check.name == READ_BACK and not check.passed
            )
        if self.failing:
            best = min(self.failing, key=_order)
            return "; ".join(f"{demand.wanted}: {demand.found}" for demand in best.demands if demand.unmet)
        return self.dropped[0].reason if self.dropped else "there is no draft"


def judge_pool(
    pool: Sequence[Draft], plan: Plan, key: str, criteria: Sequence[Criterion], count: int, studio: Studio
) -> Judged:
    """The ``count`` best that pass in every ratio and differ. Only those kept are rendered beyond 3:4.

    ``key`` tells this pool from every other; the covers' ids come from it.
    """
    judged = Judged()
    scored: list[tuple[Cover, Draft]] = []
    seen: set[bytes] = set()
    for place, draft in enumerate(pool):
        try:
            cover = render_main(draft, plan, _cover_id(key, place), criteria, studio)
        except Unfit as error:
            _drop(judged, draft, str(error), error.problems)
            continue
        picture = cover.pictures[MAIN_RATIO].jpeg
        if picture in seen:
            _drop(judged, draft, "the same picture as another candidate")
        elif unmet := [demand for demand in cover.demands if demand.unmet]:
            judged.failing.append(cover)
            _drop(judged, draft, "; ".join(f"{demand.wanted}: {demand.found}" for demand in unmet))
        else:
            scored.append((cover, draft))
        seen.add(picture)
    scored.sort(key=lambda pair: pair[0].order)
    _render_best(judged, scored, count, studio, [task.parameters["ratio"] for task in plan.asking("avoid_ratio")])
    return judged


def _render_best(
    judged: Judged, scored: Sequence[tuple[Cover, Draft]], count: int, studio: Studio, left_out: Sequence[str]
) -> None:
    for cover, draft in scored:
        if len(judged.covers) == count:
            break
        try:
            judged.covers.append(render_rest(cover, draft, studio, left_out))
        except Unfit as error:
            _drop(judged, draft, str(error), error.problems)
    judged.covers.sort(key=_order)


def _drop(judged: Judged, draft: Draft, reason: str, problems: Sequence[str] = ()) -> None:
    judged.dropped.append(Dropped(draft.style, draft.title.text, reason))
    judged.problems += problems


def _order(cover: Cover) -> tuple[int, int, float]:
    return cover.order


def _cover_id(key: str, place: int) -> str:
    return hashlib.sha256(f"{key} {place}".encode()).hexdigest()[:ID_LENGTH]
