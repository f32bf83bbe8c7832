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

from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.groups import group
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.split import LEAK, SYNTHETIC, day_of, find_held_out

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


def build(pairs: Iterable[Pair], dropped: Iterable[tuple[Pair, Drop]] = ()) -> Built:
    """Rows from the pairs of all sources; ``dropped`` are those that a source has refused already."""
    refused, kept, seen = list(dropped), [], set()
    for pair in sorted(pairs, key=_order):
        result = SUBTITLE if _is_subtitle(pair) else apply_filters(pair)
        if isinstance(result, Pair) and (result.content, result.title) in seen:
            result = DUPLICATE
        if isinstance(result, Drop):
            refused.append((pair, result))
        else:
            seen.add((result.content, result.title))
            kept.append(result)
    groups = _groups(kept)
    held_out = find_held_out(zip(kept, groups, strict=True))
    leaks = [pair.source == SYNTHETIC and digest in held_out for pair, digest in zip(kept, groups, strict=True)]
    refused += [(pair, LEAK) for pair, leak in zip(kept, leaks, strict=True) if leak]
    rows = [_as_row(pair, digest, held_out) for pair, digest, leak in zip(kept, groups, leaks, strict=True) if not leak]
    return Built(rows, refused)


def _order(pair: Pair) -> tuple[bool, bool, str, str, str]:
    """Of equal pairs the first is kept: one that people clicked tells more, one that a model wrote less."""
    return (
        pair.shown is None,
        pair.source == SYNTHETIC,
        _pair_id(pair),
        pair.product_id or "",
        pair.video_id or "",
    )


def _is_subtitle(pair: Pair) -> bool:
    return pair.source == "screen_text" and "".join(pair.title.split()) in "".join(pair.content.split())


def _groups(pairs: list[Pair]) -> list[str]:
    keys = [[f"{kind}:{key}" for kind, key in _keys(pair) if key] for pair in pairs]
    names = group(keys, [f"{pair.title}\n{pair.content}" for pair in pairs])
    return [hashlib.sha256(name.encode()).hexdigest()[:16] for name in names]


def _as_row(pair: Pair, group: str, held_out: Container[str]) -> dict[str, Any]:
    return {
        "pair_id": _pair_id(pair),
        **asdict(pair),
        "day": str(day_of(pair) or ""),
        "cluster": group,
        "group": group,
        "split": "held_out" if group in held_out else "train",
    }


def _keys(pair: Pair) -> list[tuple[str, str | None]]:
    return [("product", pair.product_id), ("video", pair.video_id)]


def _pair_id(pair: Pair) -> str:
    return hashlib.sha256(f"{pair.content}\n{pair.title}".encode()).hexdigest()[:16]
