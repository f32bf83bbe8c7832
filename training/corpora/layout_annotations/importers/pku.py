"""PKU PosterLayout: a CSV with a line for each element.

    poster_path,total_elem,cls_elem,box_elem
    train/1.png,2,1,"[57, 71, 452, 148]"
    train/1.png,2,3,"[40, 60, 470, 160]"

``cls_elem`` is 1 for text, 2 for a logo, 3 for an underlay; ``total_elem`` is the number of the
poster's lines; boxes are corners in pixels of the 513 × 750 posters. The published file holds some
lines of class 0: their posters are malformed. Source: Hsu et al., *PosterLayout: A New Benchmark and
Approach for Content-aware Visual-Textual Presentation Layout*, CVPR 2023.
"""

import csv
import io
import json
from collections.abc import Iterator

import fsspec

from inference.media.landing import decode_text
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, Malformed, read_corners

COLUMNS = ("poster_path", "total_elem", "cls_elem", "box_elem")
CLASSES = {"1": Kind.TEXT, "2": Kind.LOGO, "3": Kind.UNDERLAY}


def read(uri: str) -> Iterator[Known | Malformed]:
    """The posters of a file, in its order. Raises ``ValueError`` naming the columns it lacks."""
    with fsspec.open(uri, "rb") as file:
        reader = csv.DictReader(io.StringIO(decode_text(file.read(), "replace"), newline=""))
    if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        raise ValueError(f"{uri} has no column {', '.join(missing)}; PKU PosterLayout has {', '.join(COLUMNS)}")
    posters: dict[str, list[tuple[int, dict]]] = {}
    for row in reader:
        posters.setdefault(row["poster_path"] or "", []).append((reader.line_num, row))
    for name, lines in posters.items():
        try:
            yield Known(name, _read_boxes(name, lines))
        except ValueError as error:
            yield Malformed(name, [row for _, row in lines], str(error))


def _read_boxes(name: str, lines: list[tuple[int, dict]]) -> tuple[KnownBox, ...]:
    if not name:
        raise ValueError(f"line {lines[0][0]}: poster_path is empty")
    boxes = []
    for number, row in lines:
        if row["cls_elem"] not in CLASSES:
            classes = ", ".join(f"{each} ({kind})" for each, kind in CLASSES.items())
            raise ValueError(f"line {number}: cls_elem {row['cls_elem']!r} is none of {classes}")
        try:
            boxes.append(KnownBox(CLASSES[row["cls_elem"]], read_corners(json.loads(row["box_elem"] or ""))))
        except ValueError as error:
            raise ValueError(f"line {number}: box_elem {row['box_elem']!r}: {error}") from error
    number, last = lines[-1]
    if last["total_elem"] != str(len(lines)):
        raise ValueError(f"line {number}: total_elem is {last['total_elem']!r}, but the poster has {len(lines)} lines")
    return tuple(boxes)
