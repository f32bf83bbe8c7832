"""Posters as a designer found them: their grounds as files in a training's folder, and a row for each.

A rendered poster is drawn again from its seed, without words and panels. Of a landed one only the
finished picture is known: its texts, chips and buttons are painted over with what surrounds them, or
the answer would stand in the picture.
"""

import hashlib
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from data_contracts.catalog import POSTERS
from data_contracts.errors import BadMedia
from data_contracts.store import Lake
from inference.media.geometry import Box
from inference.media.picture import read_picture
from inference.media.posters import row_of
from inference.models.layout import Annotation
from training.corpora.layout_annotations import rows as annotation_rows
from training.corpora.layout_annotations.posters.photos import Photo, packaged
from training.corpora.layout_annotations.posters.render import render
from training.corpora.layout_annotations.rendered import FIRST_SEED, RENDERER
from training.corpora.layout_annotations.verify import VERIFIED

log = logging.getLogger(__name__)

FOLDER = "pictures"
LONGER_SIDE = 640
"""Pixels of a ground that is kept: more than any recipe of a CPU looks at, and enough to judge contrast on."""

QUALITY = 92
"""Of the JPEG; its blocks do not show at this size."""

LARGEST_PAINTED_OVER = 0.15
"""Of the canvas: an underlay beyond this is a panel, and what lay behind it cannot be guessed."""

SLACK = 0.006
"""Of the longer side: letters have soft edges and shadows outside of their boxes."""

PAINT_RADIUS = 5
"""Pixels of ``LONGER_SIDE`` from which the colour of a painted-over pixel is taken."""

LEARNED = ("blocks", "faces", "products", "underlays", "width", "height", "source", "group", "split")
"""What a training keeps of an annotation."""

USABLE = (VERIFIED, "confirmed", "fixed")
PROGRESS_EVERY = 200


def from_lake(lake: Lake, annotations: Sequence[Mapping[str, Any]], work: Path) -> list[dict[str, Any]]:
    """A row for each usable annotation; a poster whose picture cannot be read is left out, with a line in the log."""
    posters = {
        row["poster_id"]: row for row in lake.read(POSTERS, ["poster_id", "name", "sha256", "source"]).to_pylist()
    }
    photos = packaged() if any(row["source"] == "rendered" for row in annotations) else ()
    rows = []
    for number, row in enumerate(annotations, 1):
        poster = posters.get(row["poster_id"])
        try:
            if row["status"] in USABLE and poster:
                rows.append(_row(row, row["poster_id"], work, partial(_ground_of, lake, row, poster, photos)))
        except (BadMedia, FileNotFoundError) as error:
            log.warning("poster %s is left out: %s", row["poster_id"], error)
        _tell(number, len(annotations))
    return rows


def from_renderer(count: int, work: Path, first: int = FIRST_SEED) -> list[dict[str, Any]]:
    """Rows of ``count`` posters that are drawn for this, with groups and splits as the lake would have them."""
    photos, now = packaged(), datetime.now(UTC)
    posters, annotations = [], []
    for number in range(count):
        drawn = render(first + number, photos)
        poster = row_of(drawn.image, hashlib.sha256(f"{RENDERER}/{drawn.seed}".encode()).hexdigest(), now)
        posters.append(poster)
        annotations.append(drawn.annotation)
        _keep(drawn.ground, _path(work, poster["poster_id"]))
        _tell(number + 1, count)
    groups = annotation_rows.group_by_look(posters)
    rows = []
    for poster, annotation in zip(posters, annotations, strict=True):
        group = groups[poster["poster_id"]]
        row = annotation_rows.to_row(poster, annotation, annotation_rows.TRUTH, RENDERER, "rendered", group)
        rows.append(_row(row, poster["poster_id"], work))
    return rows


def paint_over(image: np.ndarray, annotation: Annotation) -> np.ndarray:
    """An RGB picture with its texts, and the small shapes under them, painted over with what surrounds them.

    After Telea, *An Image Inpainting Technique Based on the Fast Marching Method*, 2004; the picture
    comes back no larger than ``LONGER_SIDE``.
    """
    small = _shrunk(image)
    height, width = small.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    slack = SLACK * max(height, width)
    for box in _lettering(annotation):
        scaled = box.scaled(width / annotation.width, height / annotation.height).grown(*[slack] * 4)
        left, top, right, bottom = scaled.as_list()
        mask[max(0, top) : bottom, max(0, left) : right] = 255
    return cv2.inpaint(small, mask, PAINT_RADIUS, cv2.INPAINT_TELEA)


def _lettering(annotation: Annotation) -> Iterable[Box]:
    most = LARGEST_PAINTED_OVER * annotation.width * annotation.height
    return [*(block.box for block in annotation.blocks), *(box for box in annotation.underlays if box.area <= most)]


def _row(row: Mapping[str, Any], poster_id: str, work: Path, ground: Any = None) -> dict[str, Any]:
    path = _path(work, poster_id)
    if ground and not path.exists():
        _keep(ground(), path)
    return {"example_id": poster_id, "picture": str(path.relative_to(work)), **{name: row[name] for name in LEARNED}}


def _ground_of(lake: Lake, row: Mapping[str, Any], poster: Mapping[str, Any], photos: Sequence[Photo]) -> np.ndarray:
    maker, _, seed = poster["name"].rpartition("/")
    if poster["source"] == "rendered" and maker == RENDERER:
        return render(int(seed), photos).ground
    with lake.blob_file(row["sha256"]) as path:
        return paint_over(read_picture(path), annotation_rows.to_annotation(row))


def _path(work: Path, poster_id: str) -> Path:
    return work / FOLDER / f"{poster_id}.jpg"


def _keep(ground: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = io.BytesIO()
    Image.fromarray(_shrunk(ground)).save(file, "JPEG", quality=QUALITY, subsampling=0)
    unfinished = path.with_suffix(".partial")
    unfinished.write_bytes(file.getvalue())
    unfinished.replace(path)


def _shrunk(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    scale = LONGER_SIDE / max(height, width)
    if scale >= 1:
        return image
    return cv2.resize(image, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)


def _tell(done: int, count: int) -> None:
    if done % PROGRESS_EVERY == 0 or done == count:
        log.info("%d of %d grounds", done, count)
