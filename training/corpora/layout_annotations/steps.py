"""Steps of the DAG ``build_layout_annotations``."""

from typing import Any

from data_contracts import settings
from data_contracts.catalog import LAYOUT_ANNOTATIONS
from data_contracts.errors import NothingToDo
from data_contracts.store import open_lake


def render_posters(count: int, run: str) -> int:
    """See to it that so many rendered posters, whose annotations are known, are in the data; how many were new."""
    from training.corpora.layout_annotations import rendered

    return rendered.add_rendered(open_lake(), count, run)


def find_due_posters(run: str, day: str | None = None) -> list[list[str]]:
    """Ids of posters that this annotator has not seen as they now are, or of all of a day; in batches."""
    from training.corpora.layout_annotations import annotators, publish

    where = settings.load()
    due = publish.find_due(open_lake(), where.landing, annotators.chosen().name, run, day)
    if not due:
        raise NothingToDo(
            f"no posters were first seen on {day}" if day else "every poster is annotated, or was refused"
        )
    size = where.media_batch_size
    return [due[start : start + size] for start in range(0, len(due), size)]


def annotate_posters(batch: list[str], run: str, day: str | None = None) -> dict[str, int]:
    """Annotate a batch of posters, those of a day again, verify each, and keep what came of it."""
    from training.corpora.layout_annotations import annotators, publish

    landing, annotator = settings.load().landing, annotators.chosen()
    return publish.annotate_batch(open_lake(), landing, batch, annotator, run, again=day is not None)


def publish_annotations() -> dict[str, Any]:
    """The version of the annotations whose consumers may start, and its dataset card in MLflow."""
    lake = open_lake()
    if not (version := lake.version(LAYOUT_ANNOTATIONS)):
        raise NothingToDo("there are no annotations yet")
    from training.corpora.layout_annotations import record

    return record.record(lake, version)
