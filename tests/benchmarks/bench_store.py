"""Rows per second of Lake.write against writing the same rows to Parquet unchecked.

Both sides start from the same Python rows of the contract ``impressions``. The plain side makes an
Arrow table and writes it with pyarrow. Lake.write checks every row against its contract, compares
keys with what is there and commits a version; ``again`` writes the same rows a second time, which
changes nothing. ``checks`` is the contract's part of it alone.
"""

import hashlib
import logging
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.measurement import Options, Row, medians
from tests.benchmarks.process import fresh_process, peak_bytes

log = logging.getLogger(__name__)

ROWS = 50_000
WARM_UP_ROWS = 100
SIDES = ("plain Parquet", "Lake.write", "Lake.write again", "checks")


def measure(options: Options, rows: int = ROWS) -> list[Row]:
    """A line for each side: rows per second, seconds over those of the plain side, peak memory."""
    with fresh_process() as plain, fresh_process() as lake:
        plain(write_parquet, WARM_UP_ROWS)
        lake(write_lake, WARM_UP_ROWS)
        rounds = []
        for number in range(options.repeats):
            rounds.append([plain(write_parquet, rows), *lake(write_lake, rows)])
            log.info("store: %d of %d", number + 1, options.repeats)
        peaks = {SIDES[0]: plain(peak_bytes), SIDES[1]: lake(peak_bytes)}
    seconds = medians(rounds)
    return [
        {
            "side": side,
            "rows/s": rows / taken,
            "time / plain": taken / seconds[0],
            "peak MB": peaks[side] / 1e6 if side in peaks else "",
        }
        for side, taken in zip(SIDES, seconds, strict=True)
    ]


def write_parquet(count: int) -> float:
    """Seconds from Python rows to a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from data_contracts.catalog import IMPRESSIONS
    from data_contracts.contract import load

    rows, schema = impressions(count), load(IMPRESSIONS).schema
    with tempfile.TemporaryDirectory() as folder:
        return _seconds(lambda: pq.write_table(pa.Table.from_pylist(rows, schema), Path(folder) / "rows.parquet"))


def write_lake(count: int) -> tuple[float, float, float]:
    """Seconds of writing rows to an empty lake, of writing them again, and of their checks alone."""
    from data_contracts.catalog import IMPRESSIONS
    from data_contracts.contract import load
    from data_contracts.store import Lake

    rows, contract = impressions(count), load(IMPRESSIONS)
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(f"{folder}/lake", f"{folder}/blobs")
        written, again = (_seconds(lambda: lake.write(IMPRESSIONS, rows, "benchmark")) for _ in range(2))
        if lake.open(IMPRESSIONS).count_rows() != count:
            raise RuntimeError(f"the lake does not hold the {count} rows that were written")
    return written, again, _seconds(lambda: contract.check(rows))


def impressions(count: int) -> list[dict[str, Any]]:
    """Rows that keep to the contract, the same at every call."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    covers = [hashlib.sha256(f"cover {i}".encode()).hexdigest()[:16] for i in range(6)]
    return [
        {
            "impression_id": hashlib.sha256(f"impression {i}".encode()).hexdigest()[:16],
            "request_id": f"request {i // 4}",
            "video_id": hashlib.sha256(f"video {i % 500}".encode()).hexdigest()[:16],
            "cover_id": covers[i % len(covers)],
            "candidates": covers,
            "policy_version": "1",
            "propensity": 1 / len(covers),
            "position": i % 4,
            "network": ("wifi", "metered")[i % 2],
            "device": ("phone", "tablet", "desktop")[i % 3],
            "hour": i % 24,
            "shown_at": start + timedelta(seconds=i),
            "simulated": True,
        }
        for i in range(count)
    ]


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
