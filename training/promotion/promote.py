"""From a trained version to the champion: judged, perhaps approved by a person, recorded whichever way it falls.

Every step may be done again after being killed at any place: what happened already is seen in the
ledger and not done twice.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data_contracts.errors import NotBetterThanChampion
from data_contracts.store import Lake
from training import tracking
from training.promotion import status
from training.promotion.card import write_card
from training.promotion.challenge import Challenge
from training.promotion.gate import NotComparable, Verdict, judge
from training.promotion.ledger import Event, Kind, Ledger, now, open_ledger

log = logging.getLogger(__name__)

THE_GATE = "the gate"
CARD = "model_card.md"

Approval = Mapping[str, Any]
"""A person's answer: ``approved`` (None where nobody was asked), ``by`` and ``reason``."""


def promote_if_better(lake: Lake, challenge: Challenge, approval: Approval | None = None) -> str:
    """Make the challenger champion if the gate lets it pass and nobody refused it; the table of scores as Markdown.

    Verdict, table and model card are kept on the run and the registered version whichever way it
    falls. Promoting the champion again changes nothing, so a retried task is safe. Raises
    ``NotBetterThanChampion``, with the table, when it does not pass, when a person refused it, and
    when it, or a version of the same data and recipe, was rolled back. Raises ``NotComparable`` when
    another version serves than the one it was compared with, or was scored on other rows.
    """
    verdict = judge(challenge.challenger, challenge.incumbent, challenge.gate)
    with open_ledger(lake, challenge.model) as ledger:
        decision = _decide(ledger, challenge, verdict, approval or {})
        if decision.kind == "promoted" and ledger.serving != challenge.version:
            ledger.serve(_as_event(challenge, verdict, decision))
        elif decision.by != THE_GATE and decision.kind == "refused":
            ledger.note(_as_event(challenge, verdict, decision))
        _tell(ledger, challenge, verdict, decision)
    if decision.kind == "refused":
        challenger, incumbent = challenge.challenger.name, challenge.incumbent.name
        raise NotBetterThanChampion(f"{challenger} does not replace {incumbent}: {decision.why}\n\n{verdict.table}")
    log.info("%s: version %d is champion\n%s", challenge.model.name, challenge.version, verdict.table)
    return verdict.table


def ask(challenge: Challenge) -> str:
    """What a person is asked before the challenger serves, as Markdown; empty where the gate refuses it anyway."""
    verdict = judge(challenge.challenger, challenge.incumbent, challenge.gate)
    if verdict.faults:
        return ""
    challenger, incumbent = challenge.challenger, challenge.incumbent
    return (
        f"**{challenge.model.name}: shall {challenger.name} serve instead of {incumbent.name}?**\n\n"
        f"{challenge.model.about}\n\n"
        f"The gate lets it pass: {verdict.reason}. Scored on {challenger.held_out}.\n\n{verdict.table}\n\n"
        f"Samples, curves and recipe: {tracking.finished(challenge.run_id).link('')}"
    )


@dataclass(frozen=True)
class _Decision:
    """What becomes of a challenger, why, and who decided."""

    kind: Kind
    why: str
    by: str = THE_GATE


def _decide(ledger: Ledger, challenge: Challenge, verdict: Verdict, approval: Approval) -> _Decision:
    if ledger.serving == challenge.version:  # another attempt of a task that was killed after promoting it
        done = next(event for event in reversed(ledger.events) if event.version == challenge.version)
        return _Decision("promoted", done.why, done.decided_by)
    _check_current(ledger, challenge)
    if verdict.faults:
        return _Decision("refused", verdict.reason)
    if taken := ledger.find_taken_back(challenge.version, challenge.facts.lineage):
        when = f"{taken.happened_at:%Y-%m-%d %H:%M} UTC"
        return _Decision(
            "refused",
            f"{status.name_of(taken.from_version)}, of the same data and recipe, was taken back by {taken.decided_by} "
            f"at {when}: {taken.why}. Train on other data or with another recipe",
        )
    if approval.get("approved") is False:
        reason = approval.get("reason") or "no reason given"
        return _Decision("refused", f"{approval['by']} refused it: {reason}", approval["by"])
    return _Decision("promoted", verdict.reason, approval.get("by") or THE_GATE)


def _check_current(ledger: Ledger, challenge: Challenge) -> None:
    if ledger.serving != challenge.incumbent.version:
        raise NotComparable(
            f"{challenge.model.name}: scores compare with {status.name_of(challenge.incumbent.version)}, "
            f"but {status.name_of(ledger.serving)} serves now. Evaluate again."
        )


def _as_event(challenge: Challenge, verdict: Verdict, decision: _Decision) -> Event:
    return Event(
        model=challenge.model.name,
        kind=decision.kind,
        version=challenge.version,
        from_version=challenge.incumbent.version,
        happened_at=now(),
        why=decision.why,
        decided_by=decision.by,
        run=challenge.run_id,
        mlflow_run=challenge.run_id,
        scores=list(verdict.scores),
        held_out=str(challenge.challenger.held_out),
        lineage=challenge.facts.lineage,
    )


def _tell(ledger: Ledger, challenge: Challenge, verdict: Verdict, decision: _Decision) -> None:
    """On the run, on the registered version and on the model: what was decided, and the card."""
    said = f"{decision.why}{'' if decision.by == THE_GATE else f' ({decision.kind} by {decision.by})'}"
    heading = decision.kind.capitalize()
    card = write_card(challenge, verdict)
    with tracking.resume(challenge.model, challenge.run_id) as run:
        run.tags({"gate": decision.kind, "gate.reason": said})
        run.describe(f"**{heading}:** {said}\n\n{verdict.table}")
        run.text(f"# {heading}\n\n{said}\n\n{verdict.table}\n", "gate.md")
        run.text(card, CARD)
    status.tell_card(challenge.model, challenge.version, card)
    status.tell(challenge.model, ledger.events, [challenge.version, challenge.incumbent.version])
