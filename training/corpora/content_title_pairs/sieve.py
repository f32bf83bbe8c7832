"""Filters over many pairs: one after the other when they are few, on all cores or a cluster when they are many.

Many pairs run as a Daft DataFrame through worker processes, since filters are Python and hold the
interpreter's lock: on one machine by default, on Ray with ``DAFT_RUNNER=ray``. A pair is judged by
itself, so that neither the number of pairs nor of processes nor of partitions changes what comes out.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import daft
import pyarrow as pa
from daft import DataType, Series, col

from training.corpora.content_title_pairs.pair import Drop, Pair

Judge = Callable[[Pair], Pair | Drop]
"""A function of a module that looks at content, title, language and source of a pair, may change content,
title and ``cleaned_from``, or answers with a drop."""

MANY = 20_000
"""Pairs from which processes pay: starting them costs about as long as filtering a few thousand."""

BATCH = 2_048
"""Pairs that go to a process at a time."""

SEEN = ("content", "title", "language", "source")
CHANGED = ("content", "title", "cleaned_from")
DROPPED = ("rule", "reason", "detail")
JUDGED = DataType.struct({name: DataType.string() for name in (*CHANGED, *DROPPED)})


def sieve(pairs: Sequence[Pair], judge: Judge, many: int = MANY, batch: int = BATCH) -> list[Pair | Drop]:
    """What the judge says of each pair, in order."""
    if len(pairs) < many:
        return [judge(pair) for pair in pairs]
    return [_as_result(pair, said) for pair, said in zip(pairs, _judged(pairs, judge, batch), strict=True)]


@daft.cls(use_process=True, max_concurrency=len(os.sched_getaffinity(0)))
class _Process:
    """A process that judges rows."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    @daft.method.batch(return_dtype=JUDGED)
    def __call__(self, *columns: Series) -> list[dict[str, str | None] | None]:
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        pairs = (Pair(*row) for row in rows)
        return [_as_said(pair, self.judge(pair)) for pair in pairs]


def _judged(pairs: Sequence[Pair], judge: Judge, batch: int) -> Iterator[dict[str, Any] | None]:
    columns = {name: pa.array([getattr(pair, name) for pair in pairs], pa.large_string()) for name in SEEN}
    rows = daft.from_arrow(pa.table(columns)).into_batches(batch)
    said = rows.select(_Process(judge)(*map(col, SEEN)).alias("said"))
    for batch_said in said.to_arrow_iter():
        yield from batch_said.column(0).to_pylist()


def _as_said(pair: Pair, result: Pair | Drop) -> dict[str, str | None] | None:
    """None for a pair that passes as it is, as most do."""
    if result == pair:
        return None
    names = DROPPED if isinstance(result, Drop) else CHANGED
    return dict.fromkeys((*CHANGED, *DROPPED)) | {name: getattr(result, name) for name in names}


def _as_result(pair: Pair, said: dict[str, Any] | None) -> Pair | Drop:
    if said is None:
        return pair
    if said["rule"] is not None:
        return Drop(said["rule"], said["reason"], said["detail"])
    return replace(pair, **{name: said[name] for name in CHANGED})
