"""Pairs from a product catalogue, without a lake.

python -m training.corpora.content_title_pairs products.csv --out pairs.jsonl

Writes a row for each kept pair, and beside it ``pairs.dropped.jsonl`` with a row and the reason for
each dropped one.
"""

import argparse
import json
import logging
from dataclasses import asdict
from pathlib import Path

from inference.media.catalogue import read_products
from training.corpora.content_title_pairs.build import build

log = logging.getLogger(__name__)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora.content_title_pairs",
        description="Build pairs of content and title from a product catalogue.",
    )
    parser.add_argument(
        "catalogue", help="CSV or Parquet with product_id, title, selling_points, description and so on"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl", help="where the pairs go")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    built = build(read_products(arguments.catalogue))
    _write(arguments.out, built.rows)
    dropped = [{**asdict(pair), **asdict(drop)} for pair, drop in built.dropped]
    _write(arguments.out.with_suffix(".dropped.jsonl"), dropped)
    log.info("%s: %s", arguments.out, built.counts)


def _write(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
