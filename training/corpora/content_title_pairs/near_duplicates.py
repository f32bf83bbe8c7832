"""Which texts say nearly the same, so that none is learned twice and none judges what another taught.

Near-duplicates are found by MinHash with banding (Broder 1997; Leskovec et al., Mining of Massive
Datasets, ch. 3) over character trigrams, hashed in Rust by Daft, and confirmed by the exact Jaccard
similarity of the trigrams. What is found depends on the texts alone, not on their order.
"""

import os
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

import daft
import numpy as np
from daft import col
from daft.functions import minhash
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data_contracts import engine

SIMILAR = 0.5
"""Jaccard similarity of trigrams from which two texts are near-duplicates: colours of one product are
at 0.7 to 0.95, different products of one brand below 0.4."""

NGRAM = 3
BANDS, ROWS = 32, 4
"""Texts at similarity s become candidates with probability 1 - (1 - s^4)^32: 0.87 at 0.5, 0.9998 at 0.7; at 0.5
less where chance fills buckets beyond WINDOW, in hundreds of thousands of texts."""

LEAST_ESTIMATE = SIMILAR - 0.15
"""Candidates whose BANDS * ROWS hashes agree less are not compared exactly: at SIMILAR that is three
standard errors off, one pair in a thousand."""

WINDOW = 16
"""Texts of a bucket up to which all are compared with all. A larger one is split by up to DEEPER hashes more;
in what is large even then, each is compared with its neighbours and with the first: a boilerplate that a
million texts share makes no million squared."""

DEEPER = 6
SCATTER = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, odd: Knuth's multiplicative hashing."""

BATCH = 4_096
"""Texts that a core hashes, and candidates that it estimates, at a time."""

HASHED_AT_ONCE = 100_000
"""Texts spread out for hashing at a time: memory stays small."""


class Links(NamedTuple):
    """Near-duplicates: two places, the first the smaller, and their similarity, SIMILAR to 1. In order, each once."""

    one: np.ndarray
    other: np.ndarray
    similarity: np.ndarray


def find_links(texts: Sequence[str]) -> Links:
    """The near-duplicates among texts; of equal texts the later ones are linked to the first alone."""
    comparable = [normalised(text) for text in texts]
    first: dict[str, int] = {}
    leaders = np.array([first.setdefault(text, place) for place, text in enumerate(comparable)], dtype=np.int64)
    distinct = sorted(first)
    places = np.array([first[text] for text in distinct], dtype=np.int64)
    ranks, similarity = _confirm(distinct, _candidates(_signatures(distinct)))
    found = np.sort(places[ranks], axis=1)
    copies = np.flatnonzero(leaders != np.arange(len(texts)))
    found = np.concatenate([found, np.stack([leaders[copies], copies], axis=1)])
    similarity = np.concatenate([similarity, np.ones(len(copies))])
    order = np.lexsort((found[:, 1], found[:, 0]))
    return Links(found[order, 0], found[order, 1], similarity[order])


def components(size: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The component of each of ``size`` places that links join, as the smallest place in it."""
    ones = np.ones(len(one), dtype=np.int8)
    _, labels = connected_components(coo_array((ones, (one, other)), shape=(size, size)), directed=False)
    _, first = np.unique(labels, return_index=True)
    return first[labels]


def group(keys: Sequence[Sequence[str]]) -> list[str]:
    """A group name for each row from its keys, at least one: rows that share a key share a group.

    The name is the smallest key of the group.
    """
    numbers = {key: number for number, key in enumerate(sorted(set(chain.from_iterable(keys))))}
    one = np.array([numbers[own[0]] for own in keys for _ in own], dtype=np.int64)
    other = np.array([numbers[key] for own in keys for key in own], dtype=np.int64)
    smallest = components(len(numbers), one, other)
    names = list(numbers)
    return [names[smallest[numbers[own[0]]]] for own in keys]


def normalised(text: str) -> str:
    """A text as it is compared: in one width, without case and blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.lower().split())


def shingles(text: str) -> frozenset[str]:
    """The character trigrams of a text as it is compared; of a shorter one, the text itself."""
    text = normalised(text)
    return frozenset(text[i : i + NGRAM] for i in range(max(1, len(text) - NGRAM + 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Size of what two sets share over the size of both together, 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _signatures(texts: Sequence[str]) -> np.ndarray:
    """The smallest of each of BANDS * ROWS hashes over the trigrams, uint32 (texts, BANDS * ROWS)."""
    engine.quiet()
    hashed = np.empty((len(texts), BANDS * ROWS), dtype=np.uint32)
    column = minhash(col("text"), num_hashes=BANDS * ROWS, ngram_size=NGRAM, hash_function="xxhash3_64")
    for start in range(0, len(texts), HASHED_AT_ONCE):
        spaced = [" ".join(text) for text in texts[start : start + HASHED_AT_ONCE]]  # Daft's tokens end at blanks
        found = daft.from_pydict({"text": spaced}).into_batches(BATCH).select(column).to_arrow()["text"]
        hashed[start : start + len(spaced)] = found.combine_chunks().flatten().to_numpy().reshape(len(spaced), -1)
    return hashed


def _candidates(signatures: np.ndarray) -> np.ndarray:
    """Places of texts that share a bucket in some band and may be similar, int64 (candidates, 2), each once."""
    sketches = signatures.astype(np.uint8)  # a byte of each hash is enough to estimate by (Li & Koenig 2010)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found = list(pool.map(lambda band: _in_band(signatures, sketches, band), range(BANDS)))
    packed = np.unique(np.concatenate(found))
    return np.stack([packed >> np.uint64(32), packed & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)


def _in_band(signatures: np.ndarray, sketches: np.ndarray, band: int) -> np.ndarray:
    """The candidates of a band, each pair of places packed into one number."""
    found = [np.empty(0, dtype=np.uint64)]
    for members, buckets in _buckets(signatures, band):
        for one, other in _neighbours(members, buckets):
            similar = _estimate(sketches, one, other) >= LEAST_ESTIMATE
            one, other = one[similar].astype(np.uint64), other[similar].astype(np.uint64)
            found.append(np.minimum(one, other) << np.uint64(32) | np.maximum(one, other))
    return np.concatenate(found)


def _buckets(signatures: np.ndarray, band: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places and their buckets, in order of buckets: small ones, and what is large even in the deepest split.

    A large bucket is split by one hash more at a time (a forest: Bawa et al. 2005): most of it is chance.
    """
    members = np.arange(len(signatures))
    buckets = np.zeros(len(signatures), dtype=np.uint64)
    for depth in range(1, ROWS + DEEPER + 1):
        column = signatures[members, (band * ROWS + depth - 1) % signatures.shape[1]]
        buckets = (buckets ^ column) * SCATTER
        buckets ^= buckets >> np.uint64(29)
        if depth >= ROWS:
            order = np.argsort(buckets, kind="stable")
            members, buckets = members[order], buckets[order]
            _, number, sizes = np.unique(buckets, return_inverse=True, return_counts=True)
            done = (sizes[number] <= WINDOW) | (depth == ROWS + DEEPER)
            yield members[done], buckets[done]
            members, buckets = members[~done], buckets[~done]


def _neighbours(members: np.ndarray, buckets: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs of a small bucket; of a large one each with the WINDOW - 1 before it and with the first."""
    for step in range(1, min(WINDOW, len(members))):
        same = buckets[step:] == buckets[:-step]
        yield members[:-step][same], members[step:][same]
    starts = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]][: len(members)])
    first = np.repeat(starts, np.diff(np.r_[starts, len(members)]))
    far = np.arange(len(members)) - first >= WINDOW
    yield members[first[far]], members[far]


def _estimate(sketches: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The share of hashes that agree, an unbiased estimate of the similarity."""
    chunks = (slice(start, start + BATCH) for start in range(0, len(one), BATCH))
    return np.concatenate([np.zeros(0), *((sketches[one[c]] == sketches[other[c]]).mean(axis=1) for c in chunks)])


def _confirm(texts: Sequence[str], pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the candidates those that are similar, and how much."""
    similarity = np.fromiter(_similarities(texts, pairs), dtype=np.float64, count=len(pairs))
    similar = similarity >= SIMILAR
    return pairs[similar], similarity[similar]


def _similarities(texts: Sequence[str], pairs: np.ndarray) -> Iterator[float]:
    """The candidates come in order of the first, whose trigrams are made once."""
    before, grams = -1, frozenset[str]()
    for one, other in pairs.tolist():
        if one != before:
            before, grams = one, shingles(texts[one])
        yield jaccard(grams, shingles(texts[other]))
