"""Annotations as rows of ``layout_annotations``, and back."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.corpora.layout_annotations.importers.known import Known
from training.corpora.layout_annotations.verify import VERIFIED, Verification

HELD_OUT_SHARE = 0.2
NEAR = 6
"""Bits of 64 in which two looks may differ to be taken for one poster; a JPEG copy of half the size differs in 4."""

TRUTH = Verification(ocr_error=0.0, block_errors=(), layout_score=1.0, status=VERIFIED, problems=())
"""Of a poster whose annotation is known because it was drawn from it."""


def annotation_id(poster: Mapping[str, Any], annotator: str, known: Known | None = None) -> str:
    """The same for the same picture, annotator and known boxes."""
    identity = "\n".join((poster["sha256"], annotator, known.digest if known else ""))
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def to_row(
    poster: Mapping[str, Any],
    annotation: Annotation,
    verdict: Verification,
    annotator: str,
    source: str,
    group: str,
    known: Known | None = None,
) -> dict[str, Any]:
    """The row for a row of ``posters``; ``group`` as ``group_by_look`` gives it."""
    errors = verdict.block_errors or (None,) * len(annotation.blocks)
    return {
        "annotation_id": annotation_id(poster, annotator, known),
        "poster_id": poster["poster_id"],
        "sha256": poster["sha256"],
        "width": annotation.width,
        "height": annotation.height,
        "blocks": [_block_row(block, error) for block, error in zip(annotation.blocks, errors, strict=True)],
        "faces": [_box_row(box) for box in annotation.faces],
        "products": [_box_row(box) for box in annotation.products],
        "underlays": [_box_row(box) for box in annotation.underlays],
        "annotator": annotator,
        "known": known.digest if known else None,
        "source": source,
        "ocr_error": verdict.ocr_error,
        "layout_score": verdict.layout_score,
        "status": verdict.status,
        "problems": list(verdict.problems),
        "group": group,
        "split": split_of(group),
        "day": poster["day"],
    }


def to_annotation(row: Mapping[str, Any]) -> Annotation:
    """What a row says."""
    blocks = tuple(
        TextBlock(
            each["text"],
            _box(each),
            Role(each["role"]),
            each["language"],
            Colour(each["colour"]),
            each["confidence"],
        )
        for each in row["blocks"]
    )
    rest = {kind: tuple(map(_box, row[kind])) for kind in ("faces", "products", "underlays")}
    return Annotation(row["width"], row["height"], blocks, **rest)


def group_by_look(posters: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """For each poster_id the group it is in: that of the earliest poster that looks like it.

    Posters are taken in the order in which they were seen, so that a new one never moves an old one
    to another group, and thus to the other side of the split.
    """
    leaders: list[str] = []
    looks = np.empty(0, np.uint64)
    groups = {}
    for poster in sorted(posters, key=lambda poster: (poster["seen_at"], poster["poster_id"])):
        look = np.uint64(int(poster["look"], 16))
        near = np.flatnonzero(np.bitwise_count(looks[: len(leaders)] ^ look) <= NEAR)
        if near.size:
            groups[poster["poster_id"]] = leaders[near[0]]
            continue
        if len(leaders) == len(looks):
            looks = np.resize(looks, 2 * len(looks) + 1)
        looks[len(leaders)] = look
        leaders.append(poster["poster_id"])
        groups[poster["poster_id"]] = poster["poster_id"]
    return groups


def split_of(group: str) -> str:
    digest = hashlib.sha256(group.encode()).hexdigest()
    return "held_out" if int(digest[:8], 16) < HELD_OUT_SHARE * 16**8 else "train"


def _block_row(block: TextBlock, error: float | None) -> dict[str, Any]:
    return {
        "role": str(block.role),
        "text": block.text,
        **_box_row(block.box),
        "language": block.language,
        "colour": str(block.colour),
        "confidence": float(block.confidence),
        "agreement_cer": error,
    }


def _box_row(box: Box) -> dict[str, float]:
    return {side: float(getattr(box, side)) for side in ("left", "top", "right", "bottom")}


def _box(row: Mapping[str, float]) -> Box:
    return Box(row["left"], row["top"], row["right"], row["bottom"])
