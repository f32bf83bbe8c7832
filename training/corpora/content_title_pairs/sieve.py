"""Filters over many pairs: one after the other when they are few, on all cores or a cluster when they are many.

Many pairs run as a Daft DataFrame through worker processes, since filters are Python and hold the
interpreter's lock: on one machine by default, on Ray with ``DAFT_RUNNER=ray``. A pair is judged by
itself, so that neither the number of pairs nor of processes nor of partitions changes what comes out.
"""

import os
import pickle
from collections.abc import Callable, Iterator, Sequence

import daft
from daft import DataType, Series, col

from data_contracts import engine
from training.corpora.content_title_pairs.pair import Drop, Pair

Judge = Callable[[Pair], Pair | Drop]
"""A function of a module, which processes can import, that looks at one pair alone."""

MANY = 20_000
"""Pairs from which processes pay: starting them costs about as long as filtering some thousands."""

BATCH = 2_048
"""Pairs that go to a process at a time."""


def sieve(pairs: Sequence[Pair], judge: Judge, many: int = MANY, batch: int = BATCH) -> list[Pair | Drop]:
    """What the judge says of each pair, in order."""
    if len(pairs) < many:
        return [judge(pair) for pair in pairs]
    said = _said_in_processes(pairs, judge, batch)
    return [pair if result is None else result for pair, result in zip(pairs, said, strict=True)]


@daft.cls(use_process=True, max_concurrency=len(os.sched_getaffinity(0)))
class _Process:
    """A process that judges batches of pairs; None stands for a pair that passes as it is, as most do."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    @daft.method.batch(return_dtype=DataType.binary())
    def __call__(self, batches: Series) -> list[bytes]:
        return [self._judge(pickle.loads(each)) for each in batches.to_pylist()]

    def _judge(self, pairs: Sequence[Pair]) -> bytes:
        results = ((pair, self.judge(pair)) for pair in pairs)
        return pickle.dumps([None if result is pair else result for pair, result in results])


def _said_in_processes(pairs: Sequence[Pair], judge: Judge, batch: int) -> Iterator[Pair | Drop | None]:
    """Batches travel pickled: Daft's own columns of Python objects are ten times slower, and its text takes
    no lone surrogate, which filters are there to find."""
    engine.quiet()
    starts = range(0, len(pairs), batch)
    batches = daft.from_pydict({"pairs": [pickle.dumps(pairs[start : start + batch]) for start in starts]})
    judged = batches.into_batches(1).select(_Process(judge)(col("pairs")).alias("results"))
    for results in judged.to_pydict()["results"]:
        yield from pickle.loads(results)
