"""A version of the annotations as a run in MLflow: its counts and its card, once for each version."""

import hashlib
import logging
from typing import Any

from data_contracts.catalog import LAYOUT_ANNOTATIONS
from data_contracts.errors import BadMedia
from data_contracts.store import Lake
from inference.media.picture import read_picture
from training import tracking
from training.corpora.layout_annotations import card

log = logging.getLogger(__name__)

CARD = "card.html"


def record(lake: Lake, version: int) -> dict[str, Any]:
    """Log a version, unless it was logged before; its number, its run and where its card is."""
    told = {"dataset_version": str(version), "dataset_uri": lake.dataset_uri(LAYOUT_ANNOTATIONS)}
    if tracking.newest(LAYOUT_ANNOTATIONS, told) is None:
        rows = lake.read(LAYOUT_ANNOTATIONS, version=version).to_pylist()
        name = f"version {version}"
        digest = hashlib.sha256("@".join(told.values()).encode()).hexdigest()
        given = tracking.Input(LAYOUT_ANNOTATIONS, version, digest, len(rows), "result", told["dataset_uri"])
        with tracking.run(LAYOUT_ANNOTATIONS, name, inputs=[given]) as run:
            run.metrics(_metrics(rows))
            run.text(card.render(f"{LAYOUT_ANNOTATIONS.name}, {name}", rows, _show(lake, rows)), CARD)
            run.tags(told)
    logged = tracking.newest(LAYOUT_ANNOTATIONS, told)
    return {LAYOUT_ANNOTATIONS.name: version, "card": logged.link(CARD), "mlflow_run": logged.run_id}


def _metrics(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Numbers by status, role and so on, named as in ``posters by status/verified``."""
    counts = {
        f"{table.name}/{value}".replace("@", "-"): train + held_out
        for table in card.tabulate(rows)
        for value, train, held_out in table.counts
    }
    return {"posters": len(rows), "blocks": sum(len(row["blocks"]) for row in rows), **counts}


def _show(lake: Lake, rows: list[dict[str, Any]]) -> list[card.Shown]:
    shown = []
    for row in card.choose(rows):
        try:
            with lake.blob_file(row["sha256"]) as path:
                shown.append(card.show(row, read_picture(path)))
        except (BadMedia, FileNotFoundError) as error:
            log.warning("poster %s is not on the card: %s", row["poster_id"], error)
    return shown
