"""Where pairs come from: each source a small generator, each optional, each named on its pairs.

A catalogue title was written from its product's selling points and description; a headline on screen
from what is said in the video.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from data_contracts.catalog import PRODUCTS, TRANSCRIPTS, VIDEOS, Dataset
from data_contracts.store import Lake
from inference.covers.titles.checks import is_in_language
from inference.covers.titles.copy import Facts
from training.corpora.content_title_pairs.pair import Drop, Pair

READ = (PRODUCTS, TRANSCRIPTS, VIDEOS)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Found:
    """What all sources of a lake hold, what they refused, and the versions of the datasets read."""

    pairs: list[Pair]
    dropped: list[tuple[Pair, Drop]] = field(default_factory=list)
    read: Mapping[Dataset, int] = field(default_factory=dict)


def collect(lake: Lake) -> Found:
    """Pairs of every source that the lake has something of; none gives no pairs."""
    read = {dataset: lake.version(dataset) for dataset in READ}
    videos = lake.read(VIDEOS).to_pylist()
    pairs = [
        *from_products(lake.read(PRODUCTS).to_pylist()),
        *from_screens(lake.read(TRANSCRIPTS).to_pylist(), videos),
    ]
    return Found(pairs, read=read)


def from_products(products: Iterable[Row]) -> Iterator[Pair]:
    """The catalogue's titles, from rows of ``products``."""
    for row in products:
        content = Facts.of_product(row).content
        yield Pair(
            content,
            row["title"].strip(),
            row["language"],
            "catalogue",
            row["product_id"],
            content_sources=("catalogue",),
            seen_at=row.get("listed_at"),
        )


def from_screens(transcripts: Iterable[Row], videos: Iterable[Row] = ()) -> Iterator[Pair]:
    """The largest line on screen, from rows of ``transcripts``; ``videos`` tell product and time."""
    known = {row["video_id"]: row for row in videos}
    for row in transcripts:
        if row["screen_text"] and row["text"].strip():
            headline = row["screen_text"][0].strip()
            video = known.get(row["video_id"], {})
            yield Pair(
                Facts(spoken=row["text"]).content,
                headline,
                "zh" if is_in_language(headline, "zh") else "en",
                "screen_text",
                video.get("product_id"),
                row["video_id"],
                content_sources=("transcript",),
                seen_at=video.get("ingested_at"),
            )
