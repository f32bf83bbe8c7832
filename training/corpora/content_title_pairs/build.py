"""From products and transcripts to pairs of content and title.

A catalogue title was written from its product's selling points and description; a headline on
screen from what is said in the video. Filters drop what teaches wrong, near-duplicates are grouped,
and each group falls whole into training or into the held-out part, by a hash: building again, on
any machine and in any order of rows, gives the same rows.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from inference.covers.titles.checks import is_in_language
from inference.covers.titles.copy import Facts
from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.groups import group
from training.corpora.content_title_pairs.pair import Drop, Pair

HELD_OUT_SHARE = 0.2
DUPLICATE = Drop("duplicate", "the same content and title came before")
SUBTITLE = Drop("subtitle", "the text on screen is what is being said")


@dataclass(frozen=True)
class Built:
    """Rows for the dataset, and every pair that was dropped with the reason."""

    rows: list[dict[str, Any]]
    dropped: list[tuple[Pair, Drop]]

    @property
    def counts(self) -> dict[str, Any]:
        splits = Counter(row["split"] for row in self.rows)
        rules = Counter(drop.rule for _, drop in self.dropped)
        return {
            "kept": len(self.rows),
            "train": splits["train"],
            "held_out": splits["held_out"],
            "dropped": dict(sorted(rules.items())),
        }


def build(
    products: Iterable[Mapping[str, Any]],
    transcripts: Iterable[Mapping[str, Any]] = (),
    product_of_video: Mapping[str, str] | None = None,
) -> Built:
    """Pairs from rows of ``products`` and ``transcripts``; videos tied to a product share its group."""
    found = [*map(_from_product, products), *_from_screens(transcripts, product_of_video or {})]
    kept, dropped, seen = [], [], set()
    for pair in sorted(found, key=lambda pair: (_pair_id(pair), pair.product_id or "", pair.video_id or "")):
        result = SUBTITLE if _is_subtitle(pair) else apply_filters(pair)
        if isinstance(result, Pair) and (result.content, result.title) in seen:
            result = DUPLICATE
        if isinstance(result, Drop):
            dropped.append((pair, result))
        else:
            seen.add((result.content, result.title))
            kept.append(result)
    return Built(_as_rows(kept), dropped)


def _from_product(row: Mapping[str, Any]) -> Pair:
    facts = Facts.of_product(row)
    return Pair(facts.content, row["title"].strip(), row["language"], "catalogue", row["product_id"])


def _from_screens(transcripts: Iterable[Mapping[str, Any]], product_of_video: Mapping[str, str]) -> Iterable[Pair]:
    for row in transcripts:
        if row["screen_text"] and row["text"].strip():
            headline = row["screen_text"][0].strip()
            language = "zh" if is_in_language(headline, "zh") else "en"
            content = Facts(spoken=row["text"]).content
            video_id = row["video_id"]
            yield Pair(content, headline, language, "screen_text", product_of_video.get(video_id), video_id)


def _is_subtitle(pair: Pair) -> bool:
    return pair.source == "screen_text" and "".join(pair.title.split()) in "".join(pair.content.split())


def _as_rows(pairs: list[Pair]) -> list[dict[str, Any]]:
    keys = [[f"{kind}:{key}" for kind, key in _keys(pair) if key] for pair in pairs]
    groups = group(keys, [f"{pair.title}\n{pair.content}" for pair in pairs])
    rows = []
    for pair, name in zip(pairs, groups, strict=True):
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        rows.append({"pair_id": _pair_id(pair), **asdict(pair), "group": digest, "split": _split(digest)})
    return rows


def _keys(pair: Pair) -> list[tuple[str, str | None]]:
    return [("product", pair.product_id), ("video", pair.video_id)]


def _pair_id(pair: Pair) -> str:
    return hashlib.sha256(f"{pair.content}\n{pair.title}".encode()).hexdigest()[:16]


def _split(group_digest: str) -> str:
    return "held_out" if int(group_digest[:8], 16) < HELD_OUT_SHARE * 16**8 else "train"
