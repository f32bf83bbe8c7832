"""Which pairs teach the same: copies are dropped, near-duplicates kept and named, so that they stay together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.corpora.content_title_pairs.near_duplicates import (
    Links,
    components,
    find_links,
    jaccard,
    normalised,
    shingles,
)
from training.corpora.content_title_pairs.pair import Drop, Pair

NEAR_IDENTICAL = 0.95
"""Jaccard similarity from which contents, and titles, teach the same: of 150 characters one word may differ
by a letter, and of a title little but signs."""

CLOSE = 0.9
"""Similarity of title and content together below which not both can be near identical."""

DUPLICATE = Drop("duplicate", "the same content and title came before")
NEAR_DUPLICATE = Drop("near_duplicate", "nearly the same content and title came before")


@dataclass(frozen=True)
class Duplicates:
    """The cluster of each pair, named by its smallest pair id, and the drops by the place of the pair."""

    clusters: list[str]
    drops: dict[int, Drop]


def find_duplicates(pairs: Sequence[Pair], pair_ids: Sequence[str]) -> Duplicates:
    """Clusters of pairs that say nearly the same, and the pairs that are copies of an earlier one.

    Of copies the first is kept, and the drop names its id. Also copies have their cluster: what is
    known of their product or video holds for the pair that stands for them.
    """
    links = find_links([f"{pair.title}\n{pair.content}" for pair in pairs])
    places = components(len(pairs), links.one, links.other).tolist()
    smallest: dict[int, str] = {}
    for place, pair_id in zip(places, pair_ids, strict=True):
        smallest[place] = min(pair_id, smallest.get(place, pair_id))
    return Duplicates([smallest[place] for place in places], _drops(pairs, pair_ids, links))


def _drops(pairs: Sequence[Pair], pair_ids: Sequence[str], links: Links) -> dict[int, Drop]:
    close = np.flatnonzero(links.similarity >= CLOSE)
    later = close[np.lexsort((links.one[close], links.other[close]))]
    drops: dict[int, Drop] = {}
    for one, other in zip(links.one[later].tolist(), links.other[later].tolist(), strict=True):
        if one not in drops and other not in drops and (drop := _compare(pairs[one], pairs[other])):
            drops[other] = replace(drop, detail=pair_ids[one])
    return drops


def _compare(one: Pair, other: Pair) -> Drop | None:
    parts = ((one.title, other.title), (one.content, other.content))
    if all(normalised(text) == normalised(copy) for text, copy in parts):
        return DUPLICATE
    if all(jaccard(shingles(text), shingles(copy)) >= NEAR_IDENTICAL for text, copy in parts):
        return NEAR_DUPLICATE
    return None
