"""Whether a challenger is better than what serves: an interval must say so, and nothing guarded may suffer.

Chance makes one of two equal models look better every other time. So the challenger's gain in its
main score must have a 95 % interval above zero, paired row by row and drawn over groups of rows,
both scored on exactly the same held-out rows. Guards are on the means alone: their limits are what
one would bear, and a few held-out rows could never prove that little was lost.
"""

import math
from dataclasses import dataclass
from typing import Any

from training.intervals import Interval
from training.promotion.scorecard import Scorecard

MIN_GROUPS = 6
"""With fewer groups all of them may favour either of two equal models by chance: 2^-5 is more than 2.5 %."""

ROUNDING = 1e-9
"""So that a guard of 0.05 allows 0.07 after 0.02."""


class NotComparable(RuntimeError):
    """The scores do not speak of the same rows, or not of what serves now: evaluate again."""


@dataclass(frozen=True)
class Guard:
    """A score whose mean may get worse by at most this much (same unit) against the incumbent's."""

    metric: str
    max_worsening: float
    higher_is_better: bool = False


@dataclass(frozen=True)
class Gate:
    """What decides: the main score, its direction, and the guarded scores."""

    main: str
    higher_is_better: bool = True
    guards: tuple[Guard, ...] = ()

    @property
    def decides(self) -> tuple[str, ...]:
        return (self.main, *(guard.metric for guard in self.guards))


@dataclass(frozen=True)
class Verdict:
    """Why the challenger may not serve, nothing if it may; what was compared, as rows and as a Markdown table."""

    faults: tuple[str, ...]
    reason: str
    scores: tuple[dict[str, Any], ...]
    table: str


def judge(challenger: Scorecard, incumbent: Scorecard, gate: Gate) -> Verdict:
    """Compare the two. NaN never passes.

    Raises ``NotComparable`` when they were scored on different rows, and ``ValueError`` when a score
    that decides is missing.
    """
    _check_comparable(challenger, incumbent, gate)
    gains = {name: challenger.gain_on(incumbent, name) for name in challenger.values if name in incumbent.values}
    faults = [*_find_gaps(challenger, incumbent, gate), *_judge_main(challenger, incumbent, gate, gains[gate.main])]
    faults += [fault for guard in gate.guards if (fault := _judge_guard(challenger, incumbent, guard))]
    names = (*gate.decides, *(name for name in challenger.values if name not in gate.decides))
    rows = tuple(_compare(challenger, incumbent, name, gains.get(name)) for name in names)
    won = f"{gate.main} {_signed(gains[gate.main])} against {incumbent.name}, no guard broken"
    return Verdict(tuple(faults), "; ".join(faults) or won, rows, _as_table(rows, challenger, incumbent, gate))


def _check_comparable(challenger: Scorecard, incumbent: Scorecard, gate: Gate) -> None:
    if challenger.held_out != incumbent.held_out or list(challenger.groups) != list(incumbent.groups):
        raise NotComparable(
            f"{challenger.name} was scored on {challenger.held_out}, {incumbent.name} on {incumbent.held_out}: "
            "no difference between them means anything. Evaluate again."
        )
    for card in (challenger, incumbent):
        if lacking := [name for name in gate.decides if name not in card.values]:
            raise ValueError(f"the scores of {card.name} lack {', '.join(lacking)}, by which the gate decides")


def _find_gaps(challenger: Scorecard, incumbent: Scorecard, gate: Gate) -> list[str]:
    faults = []
    for card in (challenger, incumbent):
        for name in gate.decides:
            if missing := card.count_missing(name):
                faults.append(f"{name} of {card.name} is not a number in {missing} of {len(card.groups)} rows")
    return faults


def _judge_main(challenger: Scorecard, incumbent: Scorecard, gate: Gate, gained: Interval) -> list[str]:
    if (groups := len(set(challenger.groups))) < MIN_GROUPS:
        return [f"{groups} groups of held-out rows cannot tell better from luck, at least {MIN_GROUPS} are needed"]
    bound = gained.low if gate.higher_is_better else -gained.high
    if bound > 0:
        return []
    new, old = challenger.mean(gate.main).mean, incumbent.mean(gate.main).mean
    better = new > old if gate.higher_is_better else new < old
    told = f"{gate.main} {new:.4f} against {old:.4f}, {_signed(gained)}"
    return [f"{told}: {'it may be luck' if better else 'not better'}"]


def _judge_guard(challenger: Scorecard, incumbent: Scorecard, guard: Guard) -> str:
    new, old = (card.mean(guard.metric).mean for card in (challenger, incumbent))
    worse = old - new if guard.higher_is_better else new - old
    if worse <= guard.max_worsening + ROUNDING:
        return ""
    moved = "fell" if guard.higher_is_better else "rose"
    return f"{guard.metric} {moved} from {old:.4f} to {new:.4f}, more than {guard.max_worsening:g}"


def _compare(challenger: Scorecard, incumbent: Scorecard, name: str, gained: Interval | None) -> dict[str, Any]:
    gained = gained or Interval(math.nan, math.nan, math.nan)
    before = incumbent.mean(name).mean if name in incumbent.values else math.nan
    numbers = {"before": before, "after": challenger.mean(name).mean, "difference": gained.mean}
    numbers |= {"low": gained.low, "high": gained.high}
    return {"name": name} | {key: None if math.isnan(value) else value for key, value in numbers.items()}


def _as_table(rows: tuple[dict[str, Any], ...], challenger: Scorecard, incumbent: Scorecard, gate: Gate) -> str:
    lines = [
        f"| score | {incumbent.name} | {challenger.name} | difference (95 % interval) | decides |",
        "|---" * 5 + "|",
    ]
    for row in rows:
        gained = Interval(*(row[key] for key in ("difference", "low", "high"))) if row["low"] is not None else None
        cells = (row["name"], _number(row["before"]), _number(row["after"]), _signed(gained), _role(row["name"], gate))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _role(name: str, gate: Gate) -> str:
    if name == gate.main:
        return "interval must lie above 0" if gate.higher_is_better else "interval must lie below 0"
    words = {g.metric: f"may {'fall' if g.higher_is_better else 'rise'} by {g.max_worsening:g}" for g in gate.guards}
    return words.get(name, "")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _signed(gained: Interval | None) -> str:
    return f"{gained.mean:+.4f} ({gained.low:+.4f} to {gained.high:+.4f})" if gained else ""
