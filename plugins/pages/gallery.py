"""The gallery: for every video its newest cover, and the videos that have none and why."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from data_contracts.catalog import COVERS, PRODUCTS, QUARANTINE, VIDEOS
from data_contracts.store import Lake
from plugins.pages.clicks import Clicks, clicks_by_cover
from plugins.pages.moving import Moving, moving_covers
from plugins.pages.reviews import newest_reviews

PAGE_SIZE = 24
CARD_RATIO = "3:4"

Sort = Literal["newest", "clicks", "name"]
SORTS: dict[Sort, str] = {"newest": "Newest first", "clicks": "Most clicked", "name": "Video name"}


@dataclass(frozen=True)
class Card:
    """One video's cover. ``made`` grows with every cover written; ``candidates`` counts those it was chosen from."""

    cover_id: str
    title: str
    language: str
    video: str
    product: str
    searched: str
    generation: int
    candidates: int
    made: int


@dataclass(frozen=True)
class Gallery:
    """One page of cards, with their pictures, clicks and reviews by cover_id. ``found`` counts all pages."""

    cards: list[Card]
    pictures: Mapping[str, dict[str, Any]]
    moving: Mapping[str, Moving]
    clicks: Mapping[str, Clicks]
    reviews: Mapping[str, dict[str, Any]]
    total: int
    found: int
    page: int
    pages: int
    refused: list[dict[str, Any]]


def open_gallery(lake: Lake, text: str = "", sort: Sort = "newest", page: int = 1) -> Gallery:
    """A page of the gallery, limited to covers whose title, video or product contain all words of a text."""
    every = _cards(lake, lake.version(COVERS), lake.version(VIDEOS), lake.version(PRODUCTS))
    words = text.casefold().split()
    found = [card for card in every if all(word in card.searched for word in words)]
    clicks = clicks_by_cover(lake)
    found.sort(key=_order(sort, clicks))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(page, pages)
    cards = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Gallery(
        cards=cards,
        pictures=card_pictures(lake, [card.cover_id for card in cards]),
        moving=moving_covers(lake, [card.cover_id for card in cards]),
        clicks=clicks,
        reviews=newest_reviews(lake),
        total=len(every),
        found=len(found),
        page=page,
        pages=pages,
        refused=find_refused(lake),
    )


def card_pictures(lake: Lake, cover_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The picture of each cover that suits a card, by cover_id."""
    where = pc.field("cover_id").isin(pa.array(cover_ids, pa.string()))
    rows = lake.read(COVERS, ["cover_id", "images"], where=where).to_pylist()
    return {row["cover_id"]: card_picture(row["images"]) for row in rows if row["images"]}


def card_picture(images: list[dict[str, Any]]) -> dict[str, Any]:
    return next((image for image in images if image["ratio"] == CARD_RATIO), images[0])


def find_refused(lake: Lake) -> list[dict[str, Any]]:
    """Files that could not be taken in and videos that got no cover, newest first: name, place, reason and run.

    Each is told once, for its newest reason, and no longer when it was taken in or covered since. With
    a video come the attempts at its cover.
    """
    done = {*lake.read(VIDEOS, ["uri"])["uri"].to_pylist(), *lake.read(COVERS, ["video_id"])["video_id"].to_pylist()}
    where = pc.field("contract").isin(pa.array([VIDEOS.name, COVERS.name]))
    rows = lake.read(QUARANTINE, ["reason", "row", "run"], where=where).to_pylist()
    refused: dict[str, dict[str, Any]] = {}
    for row in reversed(rows):
        told = json.loads(row["row"])
        place = str(told.get("uri") or told.get("video_id"))
        name = str(told.get("name") or place.rsplit("/", 1)[-1])
        file = {"name": name, "place": place, "reason": row["reason"], "run": row["run"]}
        refused.setdefault(place, {**file, "attempts": told.get("attempts") or []})
    return [file for place, file in refused.items() if place not in done]


def _order(sort: Sort, clicks: Mapping[str, Clicks]) -> Callable[[Card], Any]:
    """Most clicked means by the lower end of the interval: one click of one impression is no evidence."""
    if sort == "clicks":
        return lambda card: -clicks[card.cover_id].interval[0] if card.cover_id in clicks else 1.0
    if sort == "name":
        return lambda card: card.video.casefold()
    return lambda card: -card.made


@lru_cache(maxsize=1)
def _cards(lake: Lake, covers: int, videos: int, products: int) -> list[Card]:
    """A card for every video, made once for each state of the three datasets."""
    names = {row["video_id"]: row["name"] for row in lake.read(VIDEOS, ["video_id", "name"]).to_pylist()}
    catalogue = _catalogue(lake)
    columns = ["cover_id", "video_id", "product_id", "generation", "inputs_key", "chosen", "title", "language"]
    rows = lake.read(COVERS, columns).to_pylist()
    candidates = Counter((row["video_id"], row["inputs_key"]) for row in rows)
    newest: dict[str, tuple[int, dict[str, Any]]] = {}
    for made, row in enumerate(rows):  # in the order of writing: of one generation the later row is newer
        held = newest.get(row["video_id"])
        if row["chosen"] and (held is None or row["generation"] >= held[1]["generation"]):
            newest[row["video_id"]] = made, row
    return [
        Card(
            cover_id=row["cover_id"],
            title=row["title"],
            language=row["language"],
            video=names.get(row["video_id"], row["video_id"]),
            product=product_title(described := catalogue.get(row["product_id"], []), row["language"]),
            searched=_searched(row, names, described),
            generation=row["generation"],
            candidates=candidates[row["video_id"], row["inputs_key"]],
            made=made,
        )
        for made, row in newest.values()
    ]


def product_title(described: list[dict[str, Any]], language: str) -> str:
    """The title of a product in a language, else in any; empty for no product."""
    titles = {row["language"]: row["title"] for row in described}
    return titles.get(language) or next(iter(titles.values()), "")


def _searched(row: dict[str, Any], names: Mapping[str, str], described: list[dict[str, Any]]) -> str:
    of_product = [text for product in described for text in (product["title"], product["category"])]
    texts = [row["title"], names.get(row["video_id"]), row["product_id"], *of_product]
    return "\n".join(text for text in texts if text).casefold()


def _catalogue(lake: Lake) -> dict[str, list[dict[str, Any]]]:
    """The rows of each product, one for each language, by product_id."""
    catalogue: dict[str, list[dict[str, Any]]] = {}
    for row in lake.read(PRODUCTS, ["product_id", "language", "title", "category"]).to_pylist():
        catalogue.setdefault(row["product_id"], []).append(row)
    return catalogue
