"""Our side: rows in Parquet → what ``build`` made of them, as JSON.

python -m tests.benchmarks.pairs.run_coverloop ROWS RESULT
"""

import json
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from training.corpora.content_title_pairs.build import Built, build
from training.corpora.content_title_pairs.pair import Pair

COPIES = {"duplicate", "near_duplicate"}


def main() -> None:
    rows, result = map(Path, sys.argv[1:])
    started = time.perf_counter()
    built = build(_pairs(rows))
    seconds = time.perf_counter() - started
    result.write_text(json.dumps({"seconds": seconds, "clusters": _clusters(built)}))


def _pairs(file: Path) -> list[Pair]:
    table = pq.read_table(file, columns=["content", "title", "language", "row_id"])
    columns = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [Pair(content, title, language, "catalogue", row_id) for content, title, language, row_id in columns]


def _clusters(built: Built) -> dict[str, str | None]:
    """The cluster of each row that passed the filters; none of one dropped as a copy."""
    copies = {pair.product_id: None for pair, drop in built.dropped if drop.rule in COPIES}
    return copies | {row["product_id"]: row["cluster"] for row in built.rows}


if __name__ == "__main__":
    main()
