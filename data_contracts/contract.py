"""From a contract file (Open Data Contract Standard v3.1) to an Arrow schema and row checks.

Checks are whole-column Arrow computations, so a write of a million rows costs no Python loop; only
rows that fail are looked at one by one, to say what was wrong with them.

Supported of the standard: ``logicalType`` string, integer, number, boolean, timestamp, array,
object; ``required``; ``primaryKey``; the ``logicalTypeOptions`` of strings and numbers; the quality
metric ``invalidValues``. A contract that asks for more is refused when it is read, so no rule is
silently unchecked.
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty

from data_contracts.catalog import Dataset

PRIMARY_KEY_METADATA = {b"lance-schema:unenforced-primary-key": b"true"}
"""Lance compares keys marked so when two writers commit at once; without it both could insert one."""

MAX_QUOTED = 80
"""Characters of an offending value repeated in a reason."""

SCALARS = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}

OPTIONS: dict[str, tuple[str, Callable[[pa.Array, Any], pa.Array]]] = {
    "minimum": ("is below the minimum {}", pc.less),
    "maximum": ("is above the maximum {}", pc.greater),
    "exclusiveMinimum": ("is not above {}", pc.less_equal),
    "exclusiveMaximum": ("is not below {}", pc.greater_equal),
    "minLength": ("has fewer than {} characters", lambda a, n: pc.less(pc.utf8_length(a), n)),
    "maxLength": ("has more than {} characters", lambda a, n: pc.greater(pc.utf8_length(a), n)),
    "pattern": ("does not match {}", lambda a, p: pc.invert(pc.match_substring_regex(a, p))),
}


@dataclass(frozen=True)
class Refusal:
    """One row that broke one rule."""

    row: Mapping[str, Any]
    rule: str
    reason: str


@dataclass(frozen=True)
class Contract:
    """A dataset's schema, primary key, rules and tolerance for refused rows."""

    name: str
    version: str
    purpose: str
    properties: tuple[SchemaProperty, ...]
    schema: pa.Schema
    key: tuple[str, ...]
    tolerance: float
    dag: str
    task: str
    owner: str

    def check(self, rows: Iterable[Mapping[str, Any]] | pa.Table) -> tuple[pa.Table, list[Refusal]]:
        """Split rows into a table that fits the contract and refusals, one per refused row.

        A row that breaks several rules is refused for the first, in the contract's order. Of rows
        with the same key the first stays; an equal second one is dropped, a differing one refused.
        """
        rows = rows.to_pylist() if isinstance(rows, pa.Table) else list(rows)
        faults: dict[int, tuple[str, str]] = {}
        for index, row in enumerate(rows):
            if unknown := row.keys() - set(self.schema.names):
                faults[index] = ("unknown_field", f"{', '.join(sorted(unknown))} is not in the contract")
        columns = []
        for prop, field in zip(self.properties, self.schema, strict=True):
            values = [row.get(prop.name) for row in rows]
            column, wrong = _to_arrow(values, field.type)
            for index in wrong:
                faults.setdefault(index, ("type", f"{prop.name} = {_quote(values[index])} is no {prop.logicalType}"))
            for index, rule, words in _violations(column, prop, str(prop.name)):
                faults.setdefault(index, (rule, words))
            columns.append(column)
        repeated = self._find_repeated(rows, faults)
        refusals = [Refusal(rows[i], *fault) for i, fault in sorted(faults.items())]
        kept = pa.array([i not in faults and i not in repeated for i in range(len(rows))], pa.bool_())
        return pa.table(columns, schema=self.schema).filter(kept), refusals

    def key_of(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.key)

    def _find_repeated(self, rows: list[Mapping[str, Any]], faults: dict[int, tuple[str, str]]) -> set[int]:
        """Places of rows that repeat an earlier one; those that contradict it become faults."""
        first: dict[tuple[Any, ...], int] = {}
        repeated = set()
        for index, row in enumerate(rows):
            if index in faults:
                continue
            earlier = first.setdefault(self.key_of(row), index)
            if earlier == index:
                continue
            if row == rows[earlier]:
                repeated.add(index)
            else:
                faults[index] = ("primary_key", f"a different row with key {self.key_of(row)} came first")
        return repeated


def row_as_json(row: Mapping[str, Any]) -> str:
    """A row as JSON that survives everything a refused row may hold, broken Unicode included."""
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
    return text.encode("utf-8", "backslashreplace").decode()


@lru_cache
def load(dataset: Dataset) -> Contract:
    """Read a dataset's contract.

    Raises ``FileNotFoundError`` without the file and ``ValueError`` for anything in it that is not
    checked here.
    """
    document = OpenDataContractStandard.from_file(str(dataset.contract_file))
    (table,) = document.schema_
    properties = tuple(table.properties)
    keyed = sorted((p.primaryKeyPosition, p.name) for p in properties if p.primaryKey)
    if not keyed:
        raise ValueError(f"{dataset.contract_file.name}: no property is marked primaryKey")
    custom = {item.property: item.value for item in document.customProperties}
    return Contract(
        name=dataset.name,
        version=document.version,
        purpose=document.description.purpose,
        properties=properties,
        schema=pa.schema([_field(p) for p in properties]),
        key=tuple(name for _, name in keyed),
        tolerance=float(custom["tolerance"]),
        dag=custom["dag"],
        task=custom["task"],
        owner=document.team.name,
    )


def _field(prop: SchemaProperty) -> pa.Field:
    if unknown := set(prop.logicalTypeOptions or {}) - OPTIONS.keys():
        raise ValueError(f"{prop.name}: logicalTypeOptions {sorted(unknown)} are not checked here")
    if any(rule.metric != "invalidValues" for rule in prop.quality or []):
        raise ValueError(f"{prop.name}: only the quality metric invalidValues is checked here")
    return pa.field(
        prop.name or "item",
        _arrow_type(prop),
        nullable=not prop.primaryKey,
        metadata=PRIMARY_KEY_METADATA if prop.primaryKey else None,
    )


def _arrow_type(prop: SchemaProperty) -> pa.DataType:
    if prop.logicalType == "array":
        return pa.list_(_arrow_type(prop.items))
    if prop.logicalType == "object":
        return pa.struct([_field(p) for p in prop.properties])
    if prop.logicalType not in SCALARS:
        raise ValueError(f"{prop.name}: logicalType {prop.logicalType} is not supported")
    return SCALARS[prop.logicalType]


def _to_arrow(values: list[Any], kind: pa.DataType) -> tuple[pa.Array, list[int]]:
    """The column, and the places of values that do not fit its type (null in the column)."""
    try:
        return _exactly(values, kind), []
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        wrong = [i for i, value in enumerate(values) if not _fits(value, kind)]
        kept = [None if i in set(wrong) else value for i, value in enumerate(values)]
        return _exactly(kept, kind), wrong


def _exactly(values: list[Any], kind: pa.DataType) -> pa.Array:
    """An Arrow column; unlike ``pa.array`` alone it does not cut 2.5 to the integer 2."""
    if pa.types.is_integer(kind):
        return pa.array(values, pa.float64() if any(isinstance(v, float) for v in values) else kind).cast(kind)
    return pa.array(values, kind)


def _fits(value: Any, kind: pa.DataType) -> bool:
    try:
        _exactly([value], kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return False
    return True


def _violations(column: pa.Array, prop: SchemaProperty, path: str) -> Iterable[tuple[int, str, str]]:
    """Yield (row, rule, words) for every value of a column that breaks a rule of its property."""
    for rule, template, mask in _masks(column, prop):
        for index in pc.indices_nonzero(pc.fill_null(mask, False)).to_pylist():
            value = _quote(column[index].as_py())
            yield index, rule, f"{path} is missing" if rule == "required" else f"{path} = {value} {template}"
    if prop.logicalType == "array" and len(column):
        parents = pc.list_parent_indices(column)
        for index, rule, words in _violations(pc.list_flatten(column), prop.items, f"{path}[]"):
            yield parents[index].as_py(), rule, words
    if prop.logicalType == "object" and len(column):
        for child in prop.properties:
            yield from _violations(pc.struct_field(column, child.name), child, f"{path}.{child.name}")


def _masks(column: pa.Array, prop: SchemaProperty) -> Iterable[tuple[str, str, pa.Array]]:
    if prop.required:
        yield "required", "", pc.is_null(column)
    if prop.logicalType == "number":
        yield "finite", "is not a finite number", pc.invert(pc.is_finite(column))
    for option, limit in (prop.logicalTypeOptions or {}).items():
        template, violates = OPTIONS[option]
        yield option, template.format(limit), violates(column, limit)
    for rule in prop.quality or []:
        allowed = rule.arguments["validValues"]
        wrong = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, pa.array(allowed, column.type))))
        yield "invalidValues", f"is none of {', '.join(map(str, allowed))}", wrong


def _quote(value: Any) -> str:
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    text = repr(value)
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}… ({len(text)} characters)"
