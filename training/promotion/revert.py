"""Back to what served before, by a person's word."""

import logging

from data_contracts.catalog import Model
from data_contracts.store import Lake
from training import tracking
from training.promotion import status
from training.promotion.ledger import Event, Ledger, now, open_ledger

log = logging.getLogger(__name__)

NO_VERSION = 0
"""How a form names what serves without a version: the base model, or nothing."""


def revert(lake: Lake, model: Model, why: str, by: str, run: str, version: int | None = None) -> Event:
    """Let the version serve that served before the present one was promoted, or the one asked for; the event.

    Without one before, no version serves: the base model does. The same run never rolls back twice.
    Raises ``ValueError``, and changes nothing, without a reason, when no version serves, and when the
    version asked for serves already or never did.
    """
    if not why.strip():
        raise ValueError("say why: the reason stands in served_models and in MLflow for everybody to read")
    with open_ledger(lake, model) as ledger:
        event = ledger.of_run(run, "rolled_back")
        if event is None:
            target = _find_target(model, ledger, version)
            event = ledger.serve(_describe(model, ledger, target, why.strip(), by, run))
        if event.from_version:
            _tell_run(model, ledger, event)
        status.tell(model, ledger.events, [event.version, event.from_version])
    log.info("%s: %s, by %s: %s", model.name, status.describe(event), by, event.why)
    return event


def _find_target(model: Model, ledger: Ledger, version: int | None) -> int | None:
    serving = ledger.serving
    if version is None:
        if serving is None:
            raise ValueError(f"no version of {model.name} serves, there is nothing to roll back")
        return ledger.previous()
    target = None if version == NO_VERSION else version
    if target == serving:
        raise ValueError(f"{status.name_of(serving)} of {model.name} serves already")
    served = sorted({event.version for event in ledger.events if event.kind != "refused" and event.version})
    if target and target not in served:
        names = ", ".join(map(str, served)) or "none"
        raise ValueError(f"version {target} of {model.name} never served; those that did: {names}")
    return target


def _describe(model: Model, ledger: Ledger, target: int | None, why: str, by: str, run: str) -> Event:
    runs = {event.version: event.mlflow_run for event in ledger.events}
    return Event(
        model=model.name,
        kind="rolled_back",
        version=target,
        from_version=ledger.serving,
        happened_at=now(),
        why=why,
        decided_by=by,
        run=run,
        mlflow_run=runs.get(target),
    )


def _tell_run(model: Model, ledger: Ledger, event: Event) -> None:
    """The run of the version that was taken off says so."""
    runs = {each.mlflow_run for each in ledger.events if each.version == event.from_version and each.mlflow_run}
    for run_id in runs:
        with tracking.resume(model, run_id) as run:
            run.tags({"rolled_back": f"{event.happened_at:%Y-%m-%d %H:%M} UTC by {event.decided_by}: {event.why}"})
