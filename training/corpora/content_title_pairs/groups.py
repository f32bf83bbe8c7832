"""Which pairs say nearly the same, so that none of them is learned from while another judges.

Near-duplicates are found by MinHash with banding (Broder 1997; Leskovec et al., Mining of Massive
Datasets, ch. 3) over character trigrams and confirmed by their exact Jaccard similarity.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np

SIMILAR = 0.5
"""Jaccard similarity of trigrams from which two texts are near-duplicates: colours of one product are
at 0.7 to 0.95, different products of one brand below 0.4."""

NGRAM = 3
BANDS, ROWS = 32, 4
"""Pairs at similarity s become candidates with probability 1 - (1 - s^4)^32: 0.87 at 0.5, 0.9998 at 0.7."""

PRIME = (1 << 61) - 1


def group(keys: Sequence[Sequence[str]], texts: Sequence[str]) -> list[str]:
    """A group name for each text: texts that share a key or are near-duplicates share a group.

    ``keys`` holds the keys of each text, at least one. The name is the smallest key of the group.
    """
    leader = list(range(len(texts)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for one, other in (*_sharing(keys), *near_duplicates(texts)):
        leader[find(one)] = find(other)
    names: dict[int, str] = {}
    for index, own in enumerate(keys):
        root = find(index)
        names[root] = min(*own, names.get(root, own[0]))
    return [names[find(index)] for index in range(len(texts))]


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Places of texts that are similar, each pair once, in order."""
    sets = [shingles(text) for text in texts]
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index, each in enumerate(sets):
        signature = _minhash(each)
        for band in range(BANDS):
            buckets[band, signature[band * ROWS : (band + 1) * ROWS].tobytes()].append(index)
    candidates = {pair for places in buckets.values() for pair in combinations(places, 2)}
    for one, other in sorted(candidates):
        if jaccard(sets[one], sets[other]) >= SIMILAR:
            yield one, other


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Size of what two sets share over the size of both together, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _sharing(keys: Sequence[Sequence[str]]) -> Iterable[tuple[int, int]]:
    first: dict[str, int] = {}
    return [(first.setdefault(key, index), index) for index, own in enumerate(keys) for key in own]


def shingles(text: str) -> frozenset[str]:
    """The character trigrams of a text, without case and blanks."""
    text = "".join(text.lower().split())
    return frozenset(text[i : i + NGRAM] for i in range(max(1, len(text) - NGRAM + 1)))


def _minhash(grams: frozenset[str]) -> np.ndarray:
    """The smallest of each of BANDS * ROWS random linear hashes over the trigrams, uint64."""
    random = np.random.default_rng(0)
    factors = random.integers(1, 1 << 29, BANDS * ROWS, dtype=np.uint64)
    offsets = random.integers(0, 1 << 60, BANDS * ROWS, dtype=np.uint64)
    hashes = np.array([zlib.crc32(each.encode()) for each in grams], dtype=np.uint64)
    return ((hashes[:, None] * factors + offsets) % np.uint64(PRIME)).min(axis=0)
