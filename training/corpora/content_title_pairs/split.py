"""Which pairs judge and which teach: the newest groups of near-duplicates are held out, whole.

A model is to write titles for what comes next, so it is judged on the newest content; and never on
content whose near-duplicate, other language or other colour it learned from, so a group is on one
side only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from typing import Any

from training.corpora.content_title_pairs.pair import Drop, Pair

HELD_OUT_SHARE = 0.2
"""Of the groups, not of the pairs: some products have many."""

SYNTHETIC = "synthetic"
LEAK = Drop("held_out_synthetic", "a model wrote this title for content that judges models")
TORN = Drop("split", "what stands of its near-duplicates is on both sides of the split; build all days anew")

Row = Mapping[str, Any]


def find_held_out(pairs: Iterable[tuple[Pair, str]]) -> frozenset[str]:
    """The groups to hold out, told from pairs with their group's digest, in any order.

    A group is as old as its oldest pair, and older than all others where that is not known; within a
    day the digest decides. Groups of synthetic pairs alone are no candidates, and synthetic pairs in
    a group held out are to be dropped (``LEAK``): they would carry its product into training.
    """
    first_seen: dict[str, date] = {}
    for pair, group in pairs:
        if pair.source != SYNTHETIC:
            day = day_of(pair) or date.min
            first_seen[group] = min(day, first_seen.get(group, day))
    newest_first = sorted(first_seen, key=lambda group: (first_seen[group], group), reverse=True)
    return frozenset(newest_first[: round(HELD_OUT_SHARE * len(newest_first))])


def day_of(pair: Pair) -> date | None:
    """The day, in UTC, on which the content was first seen."""
    return pair.seen_at and pair.seen_at.astimezone(UTC).date()


def fit_in(rows: Sequence[Row], standing: Iterable[Row], day: str) -> tuple[list[dict[str, Any]], list[Row]]:
    """The rows of a day, to be put among the ``standing`` rows of other days, and those that fit nowhere.

    ``rows`` are all rows as they would be built today. Where other days are left as they stand, the
    side of a group is that of its standing rows, whatever would be held out today.
    """
    group_of = {row["pair_id"]: row["group"] for row in rows}
    sides: dict[str, set[str]] = defaultdict(set)
    for row in standing:
        if row["day"] != day:
            for group in {row["group"], group_of.get(row["pair_id"], row["group"])}:
                sides[group].add(row["split"])
    fitting, torn = [], []
    for row in rows:
        if row["day"] == day:
            side = sides[row["group"]] or {row["split"]}
            if len(side) == 1 and not (row["source"] == SYNTHETIC and side == {"held_out"}):
                fitting.append({**row, "split": next(iter(side))})
            else:
                torn.append(row)
    return fitting, torn
