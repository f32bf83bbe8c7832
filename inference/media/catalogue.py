"""The product catalogue: CSV or Parquet as shops keep it, to rows of the ``products`` contract."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import fsspec

from inference.media.landing import decode_text

CATALOGUE_NAMES = ("products.csv", "products.parquet")
LIST_SEPARATOR = "|"
CURRENCY_OF_LANGUAGE = {"zh": "CNY", "en": "USD"}
CJK = re.compile(r"[\u4e00-\u9fff]")
PRICE_COLUMN = re.compile(r"price_([a-z]{3})$")


def find_catalogue(landing: str, configured: str = "") -> str | None:
    """URI of the catalogue: the configured one, else ``products.csv`` or ``.parquet`` where videos land.

    Raises ``FileNotFoundError`` when a catalogue is configured but not there.
    """
    if configured:
        filesystem, path = fsspec.url_to_fs(configured)
        if not filesystem.isfile(path):
            raise FileNotFoundError(f"the product catalogue {configured} does not exist")
        return configured
    filesystem, root = fsspec.url_to_fs(landing)
    found = (f"{root}/{name}" for name in CATALOGUE_NAMES if filesystem.isfile(f"{root}/{name}"))
    return next(found, None)


def read_products(uri: str) -> list[dict[str, Any]]:
    """Rows for the ``products`` dataset; what does not fit the contract is left for it to refuse.

    Needs the columns ``product_id`` and ``title``. Reads ``language`` (else told from the title),
    ``selling_points`` and ``videos`` (separated by ``|``), ``description``, ``category``, ``price``
    with ``currency``, or ``price_usd`` and the like, and ``listed_at`` (ISO 8601, UTC where no zone is
    told). Other columns are ignored.

    Raises ``ValueError`` naming the missing columns.
    """
    if PurePosixPath(uri).suffix.lower() == ".parquet":
        columns, records = _read_parquet(uri)
    else:
        columns, records = _read_csv(uri)
    if missing := {"product_id", "title"} - set(columns):
        raise ValueError(f"{uri} has no column {' and no column '.join(sorted(missing))}; it has {', '.join(columns)}")
    return [_product(record) for record in records]


def _read_csv(uri: str) -> tuple[list[str], Iterator[dict[str, Any]]]:
    with fsspec.open(uri, "rb") as file:
        data = file.read()
    csv.field_size_limit(max(csv.field_size_limit(), len(data)))  # what is too long is one row's fault, not the file's
    reader = csv.DictReader(io.StringIO(decode_text(data, "surrogateescape"), newline=""), restkey="surplus")
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
    return list(reader.fieldnames), reader


def _read_parquet(uri: str) -> tuple[list[str], Iterable[dict[str, Any]]]:
    import pyarrow.parquet as pq

    with fsspec.open(uri, "rb") as file:
        table = pq.read_table(file)
    return table.column_names, table.to_pylist()


def _product(record: dict[str, Any]) -> dict[str, Any]:
    title = _text(record.get("title"))
    language = _text(record.get("language")) or ("zh" if CJK.search(title or "") else "en")
    price, currency = _price(record)
    return {
        "product_id": _text(record.get("product_id")),
        "language": language,
        "title": title,
        "selling_points": _items(record.get("selling_points")),
        "description": _text(record.get("description")),
        "price": price,
        "currency": _text(record.get("currency")) or currency or CURRENCY_OF_LANGUAGE.get(language),
        "category": _text(record.get("category")),
        "videos": _items(record.get("videos")),
        "listed_at": _time(record.get("listed_at")),
    }


def _price(record: dict[str, Any]) -> tuple[float | str | None, str | None]:
    """Price and the currency its column names. What is no number is returned as it is, to be refused."""
    for column, value in record.items():
        named = PRICE_COLUMN.match(column or "")
        if (named or column == "price") and _text(value):
            digits = re.sub(r"[^\d.\-]", "", str(value))
            try:
                return float(digits), named[1].upper() if named else None
            except ValueError:
                return str(value), None
    return None, None


def _time(value: Any) -> datetime | str | None:
    """A point in time. What is none is returned as it is, to be refused."""
    text = _text(value)
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return text
    return time.replace(tzinfo=time.tzinfo or UTC) if time else None


def _items(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item).strip() for item in value if str(item).strip()]
    return [item.strip() for item in (_text(value) or "").split(LIST_SEPARATOR) if item.strip()]


def _text(value: Any) -> str | None:
    text = "" if value is None else str(value).strip()
    return text or None
