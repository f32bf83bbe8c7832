"""From pairs as their sources have them to the rows of the dataset.

Filters drop what teaches wrong, near-duplicates are grouped, and each group falls whole into training
or into the held-out part: building again, on any machine and in any order of pairs, gives the same
rows.
"""

import hashlib
from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from training.corpora.content_title_pairs.duplicates import find_duplicates
from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.near_duplicates import group
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.sieve import sieve
from training.corpora.content_title_pairs.split import LEAK, SYNTHETIC, day_of, find_held_out

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


def build(pairs: Iterable[Pair], dropped: Iterable[tuple[Pair, Drop]] = ()) -> Built:
    """Rows from the pairs of all sources; ``dropped`` are those that a source has refused already."""
    ordered = sorted(pairs, key=_order)
    judged = list(zip(ordered, sieve(ordered, _judge), strict=True))
    refused = [*dropped, *((pair, result) for pair, result in judged if isinstance(result, Drop))]
    passed = [result for _, result in judged if isinstance(result, Pair)]
    duplicates = find_duplicates(passed, [_pair_id(pair) for pair in passed])
    groups = _groups(passed, duplicates.clusters)
    refused += [(passed[place], drop) for place, drop in duplicates.drops.items()]
    kept = [place for place in range(len(passed)) if place not in duplicates.drops]
    held_out = find_held_out((passed[place], groups[place]) for place in kept)
    leaks = {place for place in kept if passed[place].source == SYNTHETIC and groups[place] in held_out}
    refused += [(passed[place], LEAK) for place in sorted(leaks)]
    rows = [
        _as_row(passed[place], duplicates.clusters[place], groups[place], held_out)
        for place in kept
        if place not in leaks
    ]
    return Built(rows, refused)


def _order(pair: Pair) -> tuple[bool, bool, bool, str, str, str]:
    """Of equal pairs the first is kept: one that people clicked tells more, real ones most, a model's least."""
    return (
        pair.shown is None,
        pair.simulated,
        pair.source == SYNTHETIC,
        _pair_id(pair),
        pair.product_id or "",
        pair.video_id or "",
    )


def _judge(pair: Pair) -> Pair | Drop:
    return SUBTITLE if _is_subtitle(pair) else apply_filters(pair)


def _is_subtitle(pair: Pair) -> bool:
    return pair.source == "screen_text" and "".join(pair.title.split()) in "".join(pair.content.split())


def _groups(pairs: list[Pair], clusters: list[str]) -> list[str]:
    keys = [
        [f"{kind}:{key}" for kind, key in (*_keys(pair), ("similar", cluster)) if key]
        for pair, cluster in zip(pairs, clusters, strict=True)
    ]
    return [hashlib.sha256(name.encode()).hexdigest()[:16] for name in group(keys)]


def _as_row(pair: Pair, cluster: str, group: str, held_out: Container[str]) -> dict[str, Any]:
    return {
        "pair_id": _pair_id(pair),
        **asdict(pair),
        "day": str(day_of(pair) or ""),
        "cluster": cluster,
        "group": group,
        "split": "held_out" if group in held_out else "train",
    }


def _keys(pair: Pair) -> list[tuple[str, str | None]]:
    return [("product", pair.product_id), ("video", pair.video_id)]


def _pair_id(pair: Pair) -> str:
    return hashlib.sha256(f"{pair.content}\n{pair.title}".encode()).hexdigest()[:16]
