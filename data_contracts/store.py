"""The lake: validated, versioned, idempotent reads and writes on Lance, and blobs by digest.

Every write is one Lance commit, so a killed writer leaves the dataset at its last good version.
Several writers may commit at once: Lance rebases commits that touch different rows and, because
the primary key is marked in the schema, refuses and retries those that would insert a key twice.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

import fsspec
import pyarrow as pa
import pyarrow.compute as pc

from data_contracts import settings
from data_contracts.catalog import QUARANTINE, Dataset
from data_contracts.contract import Contract, Refusal, load, row_as_json
from data_contracts.errors import ContractViolation

COMMIT_RETRIES = 50
"""Rounds of rebasing before a write gives up; only matters with dozens of simultaneous writers."""

READ_CHUNK = 1 << 20


@dataclass(frozen=True)
class Landed:
    """What one write did. ``version`` is the dataset's version afterwards."""

    dataset: str
    version: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    refused: int

    @property
    def changed(self) -> bool:
        return self.inserted + self.updated + self.deleted > 0


@dataclass(frozen=True)
class Lake:
    """The datasets under one folder or object-store URI, and the blobs beside them."""

    uri: str
    blob_uri: str

    def write(
        self,
        dataset: Dataset,
        rows: Iterable[Mapping[str, Any]] | pa.Table,
        run: str,
        on_match: Literal["update", "keep"] = "update",
        complete: bool = False,
        within: str | None = None,
    ) -> Landed:
        """Check rows against the dataset's contract and merge the good ones by primary key.

        Writing the same rows again changes nothing, not even the version. With ``on_match="keep"``
        a row whose key is already there is left as it is. ``complete`` says that these rows are all
        there are, or all there are ``within`` a partition given as SQL: others of it are deleted.
        Refused rows go to ``quarantine``.

        Raises ``ContractViolation`` when more than the contract's tolerance was refused. The good
        rows have landed and the refused ones are in quarantine even then.
        """
        contract = load(dataset)
        good, refusals = contract.check(rows)
        if refusals:
            self._write_quarantine(dataset, refusals, run)
        landed = self._merge(dataset, contract, good, on_match, complete, within, len(refusals))
        total = good.num_rows + len(refusals)
        if total and len(refusals) / total > contract.tolerance:
            raise ContractViolation(_explain(dataset, refusals, total, contract.tolerance))
        return landed

    def quarantine(self, dataset: Dataset, rows: Iterable[Mapping[str, Any]], rule: str, reason: str, run: str) -> None:
        """Keep rows that a step refused for a reason that no contract can state."""
        self._write_quarantine(dataset, [Refusal(row, rule, reason) for row in rows], run)

    def read(
        self,
        dataset: Dataset,
        columns: list[str] | None = None,
        where: str | pc.Expression | None = None,
        version: int | str | None = None,
    ) -> pa.Table:
        """Rows of a dataset at its newest version, or at a version number or tag.

        A dataset never written is an empty table. ``where`` is SQL or an Arrow expression.
        """
        found = self.open(dataset, version)
        if found is None:
            schema = load(dataset).schema
            return schema.empty_table().select(columns or schema.names)
        return found.to_table(columns=columns, filter=where)

    def version(self, dataset: Dataset) -> int:
        """Newest version number; 0 when the dataset was never written."""
        found = self.open(dataset)
        return found.version if found else 0

    def tag(self, dataset: Dataset, name: str, version: int) -> None:
        """Give a version a name that keeps it from being cleaned up. Moves the name if it exists."""
        tags = self.open(dataset).tags
        if name in tags.list():
            tags.update(name, version)
        else:
            tags.create(name, version)

    def tagged(self, dataset: Dataset, name: str) -> int | None:
        """The version that bears a name, None without one."""
        opened = self.open(dataset)
        return opened and opened.tags.list().get(name, {}).get("version")

    def open(self, dataset: Dataset, version: int | str | None = None):
        """The ``lance.LanceDataset``, for engines that read Lance themselves; None if never written."""
        import lance

        try:
            return lance.dataset(self.dataset_uri(dataset), version=version)
        except ValueError as error:
            if "was not found" in str(error) and version is None:
                return None
            raise

    def dataset_uri(self, dataset: Dataset) -> str:
        return f"{self.uri.rstrip('/')}/{dataset.name}.lance"

    def put_blob(self, source: bytes | Path) -> str:
        """Store bytes or a file under its SHA-256 and return the digest. Storing twice is free."""
        digest = hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else _digest_file(source)
        filesystem, path = fsspec.url_to_fs(self.blob_url(digest))
        if filesystem.exists(path):
            return digest
        parent = path.rsplit("/", 1)[0]
        filesystem.makedirs(parent, exist_ok=True)
        partial = f"{path}.{os.getpid()}.partial"
        try:
            if isinstance(source, bytes):
                filesystem.pipe_file(partial, source)
            else:
                filesystem.put_file(str(source), partial)
            filesystem.mv(partial, path)
        finally:
            if filesystem.exists(partial):
                filesystem.rm(partial)
        return digest

    def open_blob(self, digest: str) -> IO[bytes]:
        """Open a blob for reading. Raises ``FileNotFoundError`` when it is not there."""
        return fsspec.open(self.blob_url(digest), "rb").open()

    @contextmanager
    def blob_file(self, digest: str, suffix: str = "") -> Iterator[Path]:
        """A blob as a local file: the blob itself where blobs are local, else a temporary copy."""
        filesystem, path = fsspec.url_to_fs(self.blob_url(digest))
        if "file" in filesystem.protocol:
            if not Path(path).exists():
                raise FileNotFoundError(path)
            yield Path(path)
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / f"{digest}{suffix}"
            filesystem.get_file(path, str(copy))
            yield copy

    def blob_url(self, digest: str) -> str:
        return f"{self.blob_uri.rstrip('/')}/sha256/{digest[:2]}/{digest}"

    def _merge(
        self,
        dataset: Dataset,
        contract: Contract,
        good: pa.Table,
        on_match: str = "keep",
        complete: bool = False,
        within: str | None = None,
        refused: int = 0,
    ) -> Landed:
        target = self._open_or_create(dataset, contract)
        fresh, changed, unchanged = _compare(contract, good, target)
        wanted = fresh if on_match == "keep" else fresh + changed
        gone = _count_gone(contract, good, target, within) if complete else 0
        if wanted or gone:
            merge = target.merge_insert(list(contract.key)).when_not_matched_insert_all()
            if on_match == "update":
                merge = merge.when_matched_update_all()
            if gone:
                merge = merge.when_not_matched_by_source_delete(within)
            source = good if gone else good.take(pa.array(wanted, pa.int64()))
            merge.conflict_retries(COMMIT_RETRIES).execute(source)
        kept = len(changed) if on_match == "keep" else 0
        return Landed(
            dataset=dataset.name,
            version=self.version(dataset),
            inserted=len(fresh),
            updated=len(changed) - kept,
            unchanged=unchanged + kept,
            deleted=gone,
            refused=refused,
        )

    def _open_or_create(self, dataset: Dataset, contract: Contract):
        import lance

        if found := self.open(dataset):
            known = set(found.schema.names)
            if added := [field for field in contract.schema if field.name not in known]:
                found.add_columns(pa.schema(added))  # null in every row that is there: costs no rewriting
            return found
        try:
            return lance.write_dataset(contract.schema.empty_table(), self.dataset_uri(dataset), mode="create")
        except OSError as error:
            if "already exists" not in str(error):
                raise
            return self.open(dataset)

    def _write_quarantine(self, dataset: Dataset, refusals: list[Refusal], run: str) -> None:
        rows = [_quarantine_row(dataset, refusal, run) for refusal in refusals]
        contract = load(QUARANTINE)
        good, broken = contract.check(rows)
        if broken:
            raise ContractViolation(f"the quarantine itself refused rows of {dataset.name}: {broken[0].reason}")
        self._merge(QUARANTINE, contract, good)


def open_lake() -> Lake:
    """The lake that the settings name."""
    where = settings.load()
    return Lake(where.lake, where.blobs)


def _compare(contract: Contract, good: pa.Table, target) -> tuple[list[int], list[int], int]:
    """Places of rows not yet there, places of rows that differ, and how many are there already."""
    lead = contract.key[0]
    there = target.to_table(filter=pc.field(lead).isin(good[lead].combine_chunks().unique()))
    known = {contract.key_of(row): row for row in there.to_pylist()}
    fresh, changed = [], []
    rows = good.to_pylist() if known else [None] * good.num_rows  # making Python rows is most of the cost
    for index, row in enumerate(rows):
        old = known.get(contract.key_of(row)) if row else None
        if old is None:
            fresh.append(index)
        elif old != row:
            changed.append(index)
    return fresh, changed, good.num_rows - len(fresh) - len(changed)


def _count_gone(contract: Contract, good: pa.Table, target, within: str | None) -> int:
    """How many rows of a partition, or of the whole dataset, are not among the good ones."""
    key = list(contract.key)
    return target.to_table(columns=key, filter=within).join(good.select(key), key, join_type="left anti").num_rows


def _quarantine_row(dataset: Dataset, refusal: Refusal, run: str) -> dict[str, str]:
    row = row_as_json(refusal.row)
    identity = "\n".join((dataset.name, refusal.rule, row))
    return {
        "quarantine_id": hashlib.sha256(identity.encode()).hexdigest()[:16],
        "contract": dataset.name,
        "rule": refusal.rule,
        "reason": _printable(refusal.reason),
        "row": row,
        "run": run,
    }


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _explain(dataset: Dataset, refusals: list[Refusal], total: int, tolerance: float) -> str:
    reasons = "; ".join(dict.fromkeys(refusal.reason for refusal in refusals[:5]))
    return (
        f"{dataset.name}: {len(refusals)} of {total} rows refused, more than the contract's {tolerance:.0%}. "
        f"First reasons: {reasons}. The refused rows are in the quarantine dataset."
    )


def _digest_file(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
