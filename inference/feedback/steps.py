"""Step of the DAG ``collect_feedback``."""

from typing import Any

from data_contracts import settings
from data_contracts.store import open_lake


def join_clicks(run: str) -> dict[str, Any]:
    """Turn impressions whose attribution window has closed into outcomes; quarantine clicks that fit none."""
    from datetime import UTC, datetime, timedelta

    from inference.feedback import join

    window = timedelta(minutes=settings.load().attribution_window_minutes)
    return join.join(open_lake(), window, datetime.now(UTC), run)
