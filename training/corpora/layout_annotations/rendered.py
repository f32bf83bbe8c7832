"""Rendered posters in the lake: clean training data, because what stands in them is known."""

import io
import logging
from datetime import UTC, datetime
from typing import Any

from data_contracts.catalog import LAYOUT_ANNOTATIONS, POSTERS
from data_contracts.store import Lake
from inference.media.posters import row_of
from training.corpora.layout_annotations import rows as annotation_rows
from training.corpora.layout_annotations.posters.photos import packaged
from training.corpora.layout_annotations.posters.render import Poster, render

log = logging.getLogger(__name__)

RENDERER = "renderer-1"
"""Raised whenever a seed gives another poster."""

FIRST_SEED = 1_000_000
"""Below lie the seeds that annotators are built on, from ten million those they are measured with."""

ROWS_PER_WRITE = 16


def add_rendered(lake: Lake, count: int, run: str) -> int:
    """See to it that the first ``count`` rendered posters are in the lake with their annotations; how many were new."""
    names = [f"{RENDERER}/{seed}" for seed in range(FIRST_SEED, FIRST_SEED + count)]
    posters = {row["name"]: row for row in lake.read(POSTERS, where="source = 'rendered'").to_pylist()}
    annotated = set(lake.read(LAYOUT_ANNOTATIONS, ["poster_id"])["poster_id"].to_pylist())
    due = [n for n, name in enumerate(names) if name not in posters or posters[name]["poster_id"] not in annotated]
    photos = packaged() if due else ()
    for start in range(0, len(due), ROWS_PER_WRITE):
        batch = [render(FIRST_SEED + number, photos) for number in due[start : start + ROWS_PER_WRITE]]
        _write(lake, batch, posters, run)
        log.info("%d of %d posters rendered", start + len(batch), len(due))
    return len(due)


def _write(lake: Lake, batch: list[Poster], known: dict[str, dict[str, Any]], run: str) -> None:
    now = datetime.now(UTC)
    fresh = {}
    for poster in batch:
        name = f"{RENDERER}/{poster.seed}"
        fresh[poster.seed] = known.get(name) or _poster_row(lake, poster, name, now)
    lake.write(POSTERS, fresh.values(), run)
    groups = annotation_rows.group_by_look(lake.read(POSTERS, ["poster_id", "look", "seen_at"]).to_pylist())
    lake.write(
        LAYOUT_ANNOTATIONS,
        [
            annotation_rows.to_row(
                row,
                poster.annotation,
                annotation_rows.TRUTH,
                RENDERER,
                "rendered",
                groups[row["poster_id"]],
            )
            for poster in batch
            for row in (fresh[poster.seed],)
        ],
        run,
    )


def _poster_row(lake: Lake, poster: Poster, name: str, now: datetime) -> dict[str, Any]:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(poster.image).save(file, "PNG")
    return row_of(
        poster.image,
        lake.put_blob(file.getvalue()),
        now,
        name=name,
        uri=f"rendered:{name}",
        fingerprint=RENDERER,
        size_bytes=len(file.getvalue()),
        source="rendered",
    )
