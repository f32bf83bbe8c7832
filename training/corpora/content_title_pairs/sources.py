"""Where pairs come from: each source a small generator, each optional, each named on its pairs.

A catalogue title was written from its product's selling points and description, a headline on screen
from what is said in the video, and the title of a published cover from all that is known of both. A
large model, where the profile names one, writes further titles for all of these contents.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from data_contracts.catalog import COVERS, OUTCOMES, PRODUCTS, TRANSCRIPTS, VIDEOS, Dataset
from data_contracts.store import Lake
from inference.covers.briefs import read_briefs
from inference.covers.make import Brief
from inference.covers.titles.checks import is_in_language
from inference.covers.titles.facts import Facts
from inference.models import profile
from training.corpora.content_title_pairs import winners
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.synthetic import from_model
from training.corpora.content_title_pairs.winners import Contest

READ = (PRODUCTS, TRANSCRIPTS, VIDEOS, COVERS, OUTCOMES)

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
    contests = winners.judge(winners.read_tally(lake))
    judged = list(from_published(contests, read_briefs(lake, [], "") if contests else ()))
    judged += from_model([*pairs, *(pair for pair, _ in judged)], profile.load().teacher)
    pairs += [pair for pair, refused in judged if not refused]
    return Found(pairs, [(pair, refused) for pair, refused in judged if refused], read)


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


def from_published(contests: Iterable[Contest], briefs: Iterable[Brief]) -> Iterator[tuple[Pair, Drop | None]]:
    """The best title of each contest, with why it is no pair; None for a winner, which bears those it beat.

    A contest about a video that the lake has no more is passed over: nobody knows its content.
    """
    known = {brief.video_id: brief for brief in briefs}
    for contest in contests:
        if brief := known.get(contest.video_id):
            best, *others = contest.titles
            refused = contest.refused and replace(contest.refused, detail=_tell(contest))
            yield (
                Pair(
                    brief.facts.content,
                    best.title,
                    contest.language,
                    "published",
                    brief.product_id,
                    contest.video_id,
                    content_sources=_parts(brief.facts),
                    seen_at=contest.first_shown,
                    shown=best,
                    rejected=() if refused else tuple(others),
                    simulated=contest.simulated,
                ),
                refused,
            )


def _parts(facts: Facts) -> tuple[str, ...]:
    """Where the parts of ``Facts.content`` come from."""
    parts = {
        "catalogue": facts.selling_points or facts.description or facts.category or facts.price_tag or facts.title,
        "transcript": facts.spoken,
        "screen_text": facts.headlines,
    }
    return tuple(name for name, part in parts.items() if part)


def _tell(contest: Contest) -> str:
    """The best two titles in figures."""
    told = " against ".join(f"“{each.title}” {each.clicks} of {each.impressions}" for each in contest.titles[:2])
    return f"{told}; better with a probability of {contest.sure:.3f}" if contest.sure else told
