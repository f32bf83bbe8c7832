"""Between the lake and the annotators: which posters are due, and what is said of them, written down."""

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data_contracts.catalog import LAYOUT_ANNOTATIONS, LAYOUT_REVIEWS, POSTERS, QUARANTINE
from data_contracts.errors import BadMedia, ContractViolation
from data_contracts.store import Lake
from inference.media.picture import read_picture
from inference.models.layout import Annotation
from training.corpora.layout_annotations.annotation import Annotator
from training.corpora.layout_annotations.importers.completing import complete
from training.corpora.layout_annotations.importers.files import FORMATS, find_files, recognise
from training.corpora.layout_annotations.importers.known import Known, Malformed, by_picture
from training.corpora.layout_annotations.reviews import apply_reviews
from training.corpora.layout_annotations.rows import annotation_id, group_by_look, to_row
from training.corpora.layout_annotations.verify import NEEDS_REVIEW, Verification, verify
from training.corpora.layout_annotations.vision_language import UnusableAnswer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Told:
    """What an imported file, in this format, says of a poster."""

    format: str
    known: Known


def find_due(lake: Lake, landing: str, annotator: str, run: str, day: str | None = None) -> list[str]:
    """Ids of landed posters not annotated, and not refused, by this annotator with what is now known of them.

    With a ``day`` they are all that were first seen then. Records of imported files that cannot be
    used are quarantined.
    """
    posters = lake.read(POSTERS, where="source = 'landing'").to_pylist()
    if day:
        return sorted(poster["poster_id"] for poster in posters if poster["day"] == day)
    told = read_told(lake, landing, posters, run)
    done = _done(lake)
    return sorted(
        poster["poster_id"] for poster in posters if annotation_id(poster, annotator, _known(told, poster)) not in done
    )


def annotate_batch(
    lake: Lake, landing: str, poster_ids: Sequence[str], annotator: Annotator, run: str, again: bool = False
) -> dict[str, int]:
    """Annotate and verify posters, each written as soon as it is done; counts by status, and ``refused``.

    Those that were done before, by an earlier try of this task, are passed over unless ``again``.
    """
    posters = lake.read(POSTERS).to_pylist()
    told = read_told(lake, landing, posters, run)
    groups = group_by_look(posters)
    wanted, done = set(poster_ids), set() if again else _done(lake)
    counts: Counter[str] = Counter()
    for poster in (poster for poster in posters if poster["poster_id"] in wanted):
        identity = annotation_id(poster, annotator.name, _known(told, poster))
        if identity in done:
            continue
        try:
            annotation, verdict = _annotate(lake, poster, _known(told, poster), annotator)
        except (BadMedia, UnusableAnswer) as error:
            log.warning("%s: no annotation: %s", poster["name"], error)
            _quarantine(lake, poster, identity, error, run)
            counts["refused"] += 1
            continue
        group, given = groups[poster["poster_id"]], told.get(poster["name"])
        source = given.format if given else poster["source"]
        row = to_row(poster, annotation, verdict, annotator.name, source, group, _known(told, poster))
        status = verdict.status if _write(lake, row, run) else "refused"
        log.info("%s: %d blocks, %s", poster["name"], len(annotation.blocks), status)
        counts[status] += 1
    return dict(counts)


def read_told(lake: Lake, landing: str, posters: Sequence[Mapping[str, Any]], run: str) -> dict[str, Told]:
    """By poster name, what the files beside the posters say; what cannot be used is quarantined."""
    told: dict[str, Told] = {}
    names = [poster["name"] for poster in posters]
    for uri in find_files(landing):
        form = recognise(uri)
        try:
            records = list(FORMATS[form](uri))
        except ValueError as error:
            log.warning("%s: %s", uri, error)
            lake.quarantine(LAYOUT_ANNOTATIONS, [{"file": uri}], "malformed_file", str(error), run)
            continue
        for bad in (each for each in records if isinstance(each, Malformed)):
            row = {"file": uri, "name": bad.name, "record": bad.record}
            lake.quarantine(LAYOUT_ANNOTATIONS, [row], "malformed", bad.reason, run)
        known = by_picture(names, (each for each in records if isinstance(each, Known)))
        told |= {name: Told(form, each) for name, each in known.items()}
    return told


def annotate(image: np.ndarray, known: Known | None, annotator: Annotator) -> tuple[Annotation, Verification]:
    """An RGB picture's annotation (height × width × 3, uint8), with what is known of it, and its verification."""
    annotation, left = complete(image, known, annotator) if known else (annotator.annotate(image), ())
    verdict = verify(annotation, image)
    if left:
        verdict = replace(verdict, status=NEEDS_REVIEW, problems=(*left, *verdict.problems))
    return annotation, verdict


def _annotate(
    lake: Lake, poster: Mapping[str, Any], known: Known | None, annotator: Annotator
) -> tuple[Annotation, Verification]:
    with lake.blob_file(poster["sha256"]) as path:
        image = read_picture(path)
    return annotate(image, known, annotator)


def _write(lake: Lake, row: dict[str, Any], run: str) -> bool:
    """Write a row as people left it; False when it broke its contract, and is in quarantine instead."""
    reviews = lake.read(LAYOUT_REVIEWS, where=f"sha256 = '{row['sha256']}'")  # one may have come meanwhile
    try:
        lake.write(LAYOUT_ANNOTATIONS, apply_reviews([row], reviews.to_pylist()), run)
    except ContractViolation as error:  # of one row in a write of one: the others are not to suffer
        log.warning("%s", error)
        return False
    return True


def _known(told: Mapping[str, Told], poster: Mapping[str, Any]) -> Known | None:
    return told[poster["name"]].known if poster["name"] in told else None


def _quarantine(lake: Lake, poster: Mapping[str, Any], identity: str, error: Exception, run: str) -> None:
    row = {"annotation_id": identity, "poster_id": poster["poster_id"], "name": poster["name"]}
    if isinstance(error, UnusableAnswer):
        row["answer"] = error.answer
    lake.quarantine(LAYOUT_ANNOTATIONS, [row], "no_annotation", str(error), run)


def _done(lake: Lake) -> set[str]:
    """Ids of annotations that are there, and of those tried in vain: trying again would end the same."""
    refused = lake.read(QUARANTINE, ["row"], f"contract = '{LAYOUT_ANNOTATIONS.name}'")["row"].to_pylist()
    tried = {json.loads(row).get("annotation_id") for row in refused}
    return tried | set(lake.read(LAYOUT_ANNOTATIONS, ["annotation_id"])["annotation_id"].to_pylist())
