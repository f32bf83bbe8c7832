"""The gate between a trained model and the one that serves.

A challenger becomes champion only when its main score beats that of the model serving now, measured
on the same held-out rows, and no guarded score got worse than its guard allows. The verdict, with
the table of scores, is kept on the run and on the registered version whichever way it falls.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from data_contracts.catalog import Model
from data_contracts.errors import NotBetterThanChampion
from inference.models import registry
from training import tracking

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guard:
    """A score for which lower is better, and how far above the incumbent's it may lie (same unit)."""

    metric: str
    max_rise: float


@dataclass(frozen=True)
class Gate:
    """What decides: the main score, its direction, and the guarded scores."""

    main: str
    higher_is_better: bool = True
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True)
class Scores:
    """A model's scores on the held-out rows. ``version`` is None for the base model or a baseline."""

    name: str
    values: Mapping[str, float]
    version: int | None = None


def promote_if_better(model: Model, challenger: Scores, incumbent: Scores, gate: Gate, run_id: str) -> str:
    """Make the challenger champion if the gate lets it pass; the table of scores as Markdown.

    Promoting the champion again changes nothing, so a retried task is safe. Raises
    ``NotBetterThanChampion``, with the table, when it does not pass, and ``RuntimeError`` when
    another version became champion since the incumbent was scored: score again, then.
    """
    table = compare(challenger, incumbent, gate)
    serving = registry.champion_version(model)
    if serving == challenger.version:
        return table
    if serving != incumbent.version:
        raise RuntimeError(
            f"{model.name}: scores compare with version {incumbent.version}, but version {serving} serves now. "
            "Evaluate again."
        )
    faults = find_faults(challenger, incumbent, gate)
    _record(model, run_id, table, faults)
    if faults:
        raise NotBetterThanChampion(f"{challenger.name} does not replace {incumbent.name}: {faults}\n\n{table}")
    tracking.set_alias(model, challenger.version, registry.CHAMPION, {gate.main: challenger.values[gate.main]})
    log.info("%s: version %d is champion\n%s", model.name, challenger.version, table)
    return table


def find_faults(challenger: Scores, incumbent: Scores, gate: Gate) -> str:
    """Why the challenger may not replace the incumbent, empty if it may. NaN never passes."""
    new, old = challenger.values[gate.main], incumbent.values[gate.main]
    faults = []
    if not (new > old if gate.higher_is_better else new < old):
        faults.append(f"{gate.main} {new:.4f} does not beat {old:.4f}")
    for guard in gate.guards:
        new, old = challenger.values[guard.metric], incumbent.values[guard.metric]
        if not new <= old + guard.max_rise:
            faults.append(f"{guard.metric} rose from {old:.4f} to {new:.4f}, more than {guard.max_rise:.4f}")
    return "; ".join(faults)


def compare(challenger: Scores, incumbent: Scores, gate: Gate) -> str:
    """Both models' scores side by side as a Markdown table, what decides first."""
    decides = (gate.main, *(guard.metric for guard in gate.guards))
    names = (*decides, *(name for name in challenger.values if name not in decides))
    lines = [f"| score | {incumbent.name} | {challenger.name} | decides |", "|---|---|---|---|"]
    for name in names:
        old = f"{incumbent.values[name]:.4f}" if name in incumbent.values else ""
        lines.append(f"| {name} | {old} | {challenger.values[name]:.4f} | {_role(name, gate)} |")
    return "\n".join(lines)


def _role(name: str, gate: Gate) -> str:
    if name == gate.main:
        return "must be higher" if gate.higher_is_better else "must be lower"
    return next((f"may rise by {g.max_rise:g}" for g in gate.guards if g.metric == name), "")


def _record(model: Model, run_id: str, table: str, faults: str) -> None:
    verdict = "refused" if faults else "promoted"
    reason = faults or "beats what serves now"
    with tracking.resume(model, run_id) as run:
        run.tags({"gate": verdict, "gate.reason": reason})
        run.describe(f"**{verdict.capitalize()}:** {reason}\n\n{table}")
        run.text(f"# {verdict.capitalize()}\n\n{reason}\n\n{table}\n", "gate.md")
