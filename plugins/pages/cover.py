"""One cover with everything that led to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pyarrow.compute as pc

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, PRODUCTS, VIDEOS
from data_contracts.store import Lake
from inference.covers.features import FEATURES
from plugins.pages.clicks import Clicks, clicks_by_cover
from plugins.pages.gallery import card_picture, product_title
from plugins.pages.moving import Moving, by_format
from plugins.pages.reviews import reviews_of

BOXES = {"text": "text_boxes", "face": "face_boxes", "product": "product_box"}
"""What can be outlined on a picture, and where its record keeps the boxes."""


@dataclass(frozen=True)
class Picture:
    """One rendered picture; each box is its kind with left, top, width and height in pixels.

    ``route`` says who laid it out, ``alternatives`` what the layout of each route costs; ``webp`` is
    the digest of the same picture as WebP. All three are empty for covers of before.
    """

    ratio: str
    sha256: str
    width: int
    height: int
    boxes: list[tuple[str, float, float, float, float]]
    checks: list[dict[str, Any]]
    costs: dict[str, float]
    route: str
    alternatives: dict[str, float]
    webp: str


@dataclass(frozen=True)
class Cover:
    """A row of ``covers`` with what other datasets know of it. ``record`` may be of an older format.

    ``candidates`` are those it was chosen from, itself included, and ``other_sets`` those made from
    other inputs, newest first, each in the order of rank; ``superseded`` says that one is newer.
    ``simulated_criteria`` are the ids of criteria learned from a simulated crowd.
    """

    row: dict[str, Any]
    record: dict[str, Any]
    video: str
    product: str
    pictures: list[Picture]
    moving: Moving
    features: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    other_sets: list[list[dict[str, Any]]]
    superseded: bool
    clicks: Mapping[str, Clicks]
    simulated_criteria: set[str]
    reviews: list[dict[str, Any]]

    @property
    def checks(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """What was checked, picture by picture, and on the moving cover if there is one."""
        pictures = [(picture.ratio, picture.checks) for picture in self.pictures]
        on_moving = (self.record.get("moving") or {}).get("checks")
        return [*pictures, ("moving", on_moving)] if on_moving else pictures

    @property
    def trace_id(self) -> str:
        """Of the agent's trace in MLflow; empty where there was none."""
        return str(self.record.get("trace_id") or "")


def open_cover(lake: Lake, cover_id: str) -> Cover | None:
    """Everything known of one cover; None when there is no such cover."""
    rows = lake.read(COVERS, where=pc.field("cover_id") == cover_id).to_pylist()
    if not rows:
        return None
    (row,) = rows
    record = json.loads(row["record"])
    sets = _candidate_sets(lake, row["video_id"])
    superseded = next(iter(sets)) != row["inputs_key"]
    return Cover(
        row=row,
        record=record,
        video=_video_name(lake, row["video_id"]),
        product=_product_title(lake, row),
        pictures=_pictures(row, record),
        moving=by_format(row.get("moving")),
        features=_features(row["features"]),
        candidates=sets.pop(row["inputs_key"]),
        other_sets=list(sets.values()),
        superseded=superseded,
        clicks=clicks_by_cover(lake),
        simulated_criteria=_simulated_criteria(lake),
        reviews=reviews_of(lake, cover_id),
    )


def _video_name(lake: Lake, video_id: str) -> str:
    names = lake.read(VIDEOS, ["name"], where=pc.field("video_id") == video_id)["name"].to_pylist()
    return names[0] if names else video_id


def _product_title(lake: Lake, row: dict[str, Any]) -> str:
    where = pc.field("product_id") == (row["product_id"] or "")
    described = lake.read(PRODUCTS, ["language", "title"], where=where).to_pylist()
    return product_title(described, row["language"]) or row["product_id"] or ""


def _candidate_sets(lake: Lake, video_id: str) -> dict[str, list[dict[str, Any]]]:
    """All covers of a video by the key of what they were made from, newest set first."""
    columns = ["cover_id", "generation", "inputs_key", "rank", "chosen", "score", "title", "language", "images"]
    rows = lake.read(COVERS, columns, where=pc.field("video_id") == video_id).to_pylist()
    written = {row["inputs_key"]: place for place, row in enumerate(rows)}
    for row in rows:
        row["picture"] = card_picture(row.pop("images"))
    rows.sort(key=lambda row: (-row["generation"], -written[row["inputs_key"]], row["rank"]))
    return {key: list(members) for key, members in groupby(rows, key=lambda row: row["inputs_key"])}


def _simulated_criteria(lake: Lake) -> set[str]:
    return set(lake.read(MEMORY_CRITERIA, ["criterion_id"], where=pc.field("simulated"))["criterion_id"].to_pylist())


def _pictures(row: dict[str, Any], record: dict[str, Any]) -> list[Picture]:
    webp = {image["ratio"]: image["sha256"] for image in row.get("webp_images") or []}
    told = record.get("pictures", {})
    return [_picture(image, told.get(image["ratio"], {}), webp.get(image["ratio"], "")) for image in row["images"]]


def _picture(image: dict[str, Any], told: dict[str, Any], webp: str) -> Picture:
    return Picture(
        **image,
        boxes=[(kind, *box) for kind, key in BOXES.items() for box in _boxes(told.get(key))],
        checks=told.get("checks", []),
        costs=told.get("costs", {}),
        route=told.get("route") or "",
        alternatives=told.get("alternatives") or {},
        webp=webp,
    )


def _boxes(told: list | None) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of one box or a list of boxes that are told by their edges."""
    if not told:
        return []
    edges = told if isinstance(told[0], list) else [told]
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in edges]


def _features(measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name, value and unit in the order in which features are defined; features no longer defined come last."""
    units = {feature.name: feature.unit for feature in FEATURES}
    order = [*units, *(item["name"] for item in measured)]
    return sorted(
        ({**item, "unit": units.get(item["name"], "")} for item in measured), key=lambda item: order.index(item["name"])
    )
