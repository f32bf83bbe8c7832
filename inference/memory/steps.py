"""Steps of the DAG ``refresh_memory``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import CLICK_MODEL
from data_contracts.store import open_lake


def distil_criteria(run: str) -> dict[str, Any]:
    """Estimate anew which cover features are clicked more; keep what holds, retire what no longer does."""
    from datetime import UTC, datetime

    from inference.memory import distil
    from inference.models import registry

    champion = registry.champion(CLICK_MODEL)
    return distil.refresh(open_lake(), champion, settings.load().criteria_valid_days, datetime.now(UTC), run)


def publish_criteria() -> dict[str, Any]:
    """Announce the set of active criteria; covers are made anew only when it is another than before."""
    from datetime import UTC, datetime

    from inference.memory import distil

    return distil.publish(open_lake(), datetime.now(UTC))
