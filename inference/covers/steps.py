"""Steps of the DAG ``make_covers``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import COVERS
from data_contracts.errors import NothingToDo
from data_contracts.store import open_lake


def find_due_videos(requirement: str | None, videos: list[str] | None) -> list[list[str]]:
    """Ids of videos that have no cover, and were refused none, from what is known now; in batches."""
    from inference.covers import publish

    due = publish.find_due(open_lake(), _as_text(requirement), videos or [])
    if not due:
        raise NothingToDo("every video has a cover or was refused one, from what is known now")
    size = settings.load().media_batch_size
    return [due[i : i + size] for i in range(0, len(due), size)]


def make_batch(batch: list[str], requirement: str | None, run: str) -> dict[str, int]:
    """Make and keep the covers of a batch of videos."""
    from inference.covers import publish

    return publish.make_batch(open_lake(), batch, _as_text(requirement), settings.load().cover_candidates, run)


def publish_covers() -> dict[str, Any]:
    """The version of covers whose consumers may start."""
    lake = open_lake()
    return {COVERS.name: lake.version(COVERS)}


def _as_text(requirement: str | None) -> str:
    """What was typed into the form; Airflow hands on ``618`` as a number."""
    return "" if requirement is None else str(requirement)
