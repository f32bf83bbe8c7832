"""Steps of the DAG ``make_covers``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import COVERS
from data_contracts.errors import NothingToDo
from data_contracts.store import open_lake


def find_due_videos(
    requirement: str | None, videos: list[str] | None, moving: bool | None = True
) -> list[dict[str, Any]]:
    """Ids of videos that have no cover, and were refused none, from what is known now; in batches.

    Each batch names the title and layout models that serve now, so that all of this run's covers are
    by one version of each, whatever is promoted or rolled back meanwhile. A requirement that
    contradicts itself fails here, before any work, and its conflicts are named.
    """
    from dataclasses import asdict

    from inference.covers import publish

    lake = open_lake()
    titles, layout, moving = publish.find_title_model(lake), publish.find_layout_version(), moving is not False
    due = publish.find_due(lake, _as_text(requirement), videos or [], titles, layout, moving)
    if not due:
        raise NothingToDo("every video has a cover or was refused one, from what is known now")
    size = settings.load().media_batch_size
    same = {"titles": asdict(titles), "layout": layout, "moving": moving}
    return [{"videos": due[i : i + size], **same} for i in range(0, len(due), size)]


def make_batch(batch: dict[str, Any], requirement: str | None, run: str) -> dict[str, Any]:
    """Make and keep the covers of a batch of videos, titles and layouts by the models that the batch names."""
    from inference.covers import publish

    titles, candidates = publish.TitleModel(**batch["titles"]), settings.load().cover_candidates
    models = {"titles": titles, "layout": batch["layout"]}
    counts = publish.make_batch(
        open_lake(), batch["videos"], _as_text(requirement), candidates, run, **models, moving=batch["moving"]
    )
    return {**counts, "title_version": titles.version, "layout_version": batch["layout"]}


def publish_covers() -> dict[str, Any]:
    """The version of covers whose consumers may start."""
    lake = open_lake()
    return {COVERS.name: lake.version(COVERS)}


def _as_text(requirement: str | None) -> str:
    """What was typed into the form; Airflow hands on ``618`` as a number."""
    return "" if requirement is None else str(requirement)
