"""Steps of the DAG ``make_covers``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import COVERS
from data_contracts.errors import NothingToDo
from data_contracts.store import open_lake


def find_due_videos(requirement: str | None, videos: list[str] | None) -> list[dict[str, Any]]:
    """Ids of videos that have no cover, and were refused none, from what is known now; in batches.

    Each batch names the title model that serves now, so that all of this run's titles are by one
    version, whatever is promoted or rolled back meanwhile.
    """
    from dataclasses import asdict

    from inference.covers import publish

    lake = open_lake()
    titles = publish.find_title_model(lake)
    due = publish.find_due(lake, _as_text(requirement), videos or [], titles)
    if not due:
        raise NothingToDo("every video has a cover or was refused one, from what is known now")
    size = settings.load().media_batch_size
    return [{"videos": due[i : i + size], "titles": asdict(titles)} for i in range(0, len(due), size)]


def make_batch(batch: dict[str, Any], requirement: str | None, run: str) -> dict[str, Any]:
    """Make and keep the covers of a batch of videos, their titles by the model that the batch names."""
    from inference.covers import publish

    titles, candidates = publish.TitleModel(**batch["titles"]), settings.load().cover_candidates
    counts = publish.make_batch(open_lake(), batch["videos"], _as_text(requirement), candidates, run, titles)
    return {**counts, "title_version": titles.version}


def publish_covers() -> dict[str, Any]:
    """The version of covers whose consumers may start."""
    lake = open_lake()
    return {COVERS.name: lake.version(COVERS)}


def _as_text(requirement: str | None) -> str:
    """What was typed into the form; Airflow hands on ``618`` as a number."""
    return "" if requirement is None else str(requirement)
