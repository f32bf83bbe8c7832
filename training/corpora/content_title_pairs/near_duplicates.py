"""Which texts say nearly the same, so that none is learned twice and none judges what another taught.

Near-duplicates are found by MinHash with banding (Broder 1997; Leskovec et al., Mining of Massive
Datasets, ch. 3) over character trigrams, hashed in Rust by Daft, and confirmed by the exact Jaccard
similarity of the trigrams. What is found depends on the texts alone, not on their order.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import daft
import numpy as np
from daft import col
from daft.functions import minhash
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SIMILAR = 0.5
"""Jaccard similarity of trigrams from which two texts are near-duplicates: colours of one product are
at 0.7 to 0.95, different products of one brand below 0.4."""

NGRAM = 3
BANDS, ROWS = 32, 4
"""Texts at similarity s become candidates with probability 1 - (1 - s^4)^32: 0.87 at 0.5, 0.9998 at 0.7."""

LEAST_ESTIMATE = SIMILAR - 0.15
"""Candidates whose BANDS * ROWS hashes agree less are not compared exactly: at SIMILAR that is three
standard errors off, one pair in a thousand."""

WINDOW = 8
"""Of a bucket of up to so many texts all are compared with all; in a larger one each is compared with the
first and with the neighbours before it, in another order in each band: boilerplate that a million texts
share makes no million squared."""

BATCH = 16_384
"""Texts hashed, or candidates compared, at a time: memory stays small."""


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
    return Links(*found[order].T, similarity[order])


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
    hashed = np.empty((len(texts), BANDS * ROWS), dtype=np.uint32)
    for start in range(0, len(texts), BATCH):
        spaced = [" ".join(text) for text in texts[start : start + BATCH]]  # Daft's tokens end at blanks
        column = minhash(col("text"), num_hashes=BANDS * ROWS, ngram_size=NGRAM, hash_function="xxhash3_64")
        found = daft.from_pydict({"text": spaced}).select(column).to_arrow()["text"].combine_chunks()
        hashed[start : start + BATCH] = found.flatten().to_numpy().reshape(-1, BANDS * ROWS)
    return hashed


def _candidates(signatures: np.ndarray) -> np.ndarray:
    """Places of texts that share a bucket in some band and may be similar, int64 (candidates, 2), each once."""
    found = np.empty(0, dtype=np.uint64)
    for band in range(BANDS):
        found = np.union1d(found, _in_band(band, signatures[:, band * ROWS : (band + 1) * ROWS]))
    pairs = np.stack([found >> np.uint64(32), found & np.uint64(0xFFFFFFFF)], axis=1).astype(np.int64)
    chunks = (pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH))
    kept = [chunk[_estimate(signatures, chunk) >= LEAST_ESTIMATE] for chunk in chunks]
    return np.concatenate([pairs[:0], *kept])


def _estimate(signatures: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The share of hashes that agree, an unbiased estimate of the similarity."""
    return (signatures[pairs[:, 0]] == signatures[pairs[:, 1]]).mean(axis=1)


def _in_band(band: int, hashes: np.ndarray) -> np.ndarray:
    """Pairs of places with equal hashes in a band, each pair as one number."""
    random = np.random.default_rng(band)
    factors = random.integers(0, 1 << 63, ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    buckets = (hashes * factors).sum(axis=1, dtype=np.uint64)
    order = np.lexsort((random.permutation(len(buckets)), buckets))
    buckets = buckets[order]
    starts = np.flatnonzero(np.r_[True, buckets[1:] != buckets[:-1]])
    hub = np.repeat(starts, np.diff(np.r_[starts, len(buckets)]))
    within = np.arange(len(buckets)) - hub
    pairs = []
    for step in range(1, WINDOW):
        later = np.flatnonzero(within >= step)
        pairs.append((order[later - step], order[later]))
    later = np.flatnonzero(within >= WINDOW)
    pairs.append((order[hub[later]], order[later]))
    one, other = (np.concatenate(side).astype(np.uint64) for side in zip(*pairs, strict=True))
    return np.unique(np.minimum(one, other) << np.uint64(32) | np.maximum(one, other))


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
