"""Pairs from a product catalogue into a folder, without a lake: ``pairs.parquet``, ``dropped.parquet``, ``card.html``.

Each file appears whole or not at all, and the pairs last: a folder with ``pairs.parquet`` is finished.
"""

import csv
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, Dataset
from data_contracts.contract import load, row_as_json
from inference.media.catalogue import read_products
from training.code_version import read_code_version
from training.corpora.content_title_pairs import card
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.sources import from_products

log = logging.getLogger(__name__)

PAIRS, DROPPED, CARD = "pairs.parquet", "dropped.parquet", "card.html"
COLUMNS = ("rule", "reason", "detail", "title", "content", "language", "source", "product_id", "video_id")
"""Of a dropped row."""


def write_pairs(products: Path, out: Path) -> dict[str, Any]:
    """Build pairs from a catalogue, CSV or Parquet, write them into a folder, and count them.

    Raises ``ValueError`` for a file that is no catalogue or holds no product, ``OSError`` for one that
    cannot be read.
    """
    try:
        rows = read_products(str(products))
    except (pa.ArrowInvalid, csv.Error) as error:
        raise ValueError(f"{products} cannot be read as a catalogue: {error}") from error
    if not rows:
        raise ValueError(f"{products} holds no product, only its header")
    log.info("%s: %d products", products, len(rows))
    good, refused = _check(PRODUCTS, rows)
    built = build(from_products(good), refused)
    pairs, unfit = _check(CONTENT_TITLE_PAIRS, built.rows)
    dropped = [*built.dropped, *unfit]
    out.mkdir(parents=True, exist_ok=True)
    _write(out / DROPPED, _as_parquet(_dropped_table(dropped)))
    page = card.Build(
        title=f"{CONTENT_TITLE_PAIRS.name}: {products.name}",
        built_at=datetime.now(UTC),
        rows=pairs,
        dropped=dropped,
        read={"products": f"{len(rows)} of {products.name}"},
        code=str(read_code_version() or ""),
    )
    _write(out / CARD, card.render(page))
    _write(out / PAIRS, _as_parquet(pa.Table.from_pylist(pairs, load(CONTENT_TITLE_PAIRS).schema)))
    return {"kept": len(pairs), "dropped": len(dropped)}


def _check(dataset: Dataset, rows: Iterable[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], list[tuple[Pair, Drop]]]:
    """Rows that fit a contract, and the others as drops, with the row as their content."""
    good, refusals = load(dataset).check(rows)
    return good.to_pylist(), [
        (
            Pair(
                row_as_json(each.row),
                str(each.row.get("title") or ""),
                str(each.row.get("language") or ""),
                "catalogue",
                each.row.get("product_id"),
            ),
            Drop(each.rule, f"the row breaks the contract of {dataset.name}", each.reason),
        )
        for each in refusals
    ]


def _dropped_table(dropped: Iterable[tuple[Pair, Drop]]) -> pa.Table:
    rows = [{**asdict(pair), **asdict(drop)} for pair, drop in dropped]
    texts = {name: [_printable(row[name]) for row in rows] for name in COLUMNS}
    return pa.table(texts, pa.schema([(name, pa.string()) for name in COLUMNS])).sort_by(
        [("rule", "ascending"), ("content", "ascending"), ("title", "ascending"), ("detail", "ascending")]
    )


def _printable(text: str | None) -> str | None:
    return text and text.encode("utf-8", "backslashreplace").decode()


def _as_parquet(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _write(path: Path, content: bytes | pa.Buffer) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    partial.replace(path)
    log.info("wrote %s", path)
