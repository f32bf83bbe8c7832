"""The step of the DAG ``revert_promotion``."""

from typing import Any


def revert_champion(model: str, why: str, by: str | None, run: str, version: int | None = None) -> dict[str, Any]:
    """Let the champion before this one serve again, or the version asked for; say who did it and why."""
    from data_contracts.catalog import MODELS
    from data_contracts.store import open_lake
    from training.promotion.revert import revert

    chosen = {each.name: each for each in MODELS}[model]
    event = revert(open_lake(), chosen, str(why), by or "somebody unnamed", run, version)
    return {"model": model, "version": event.version or 0, "from_version": event.from_version or 0, "reverted_by": run}
