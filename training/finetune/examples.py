"""The rows that a training uses, kept in its folder: the training needs no lake and a retry sees the same.

Each row says at least ``example_id``, ``group`` and ``split``. Near-duplicates share a group and a
group is on one side only: ``train``; ``validation``, which early stopping looks at; ``held_out``,
which only the gate looks at.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from training.finetune.task import BadExample, Encoder, Example, Row

EXAMPLES_FILE = "examples.jsonl"
SPLITS = ("train", "validation", "held_out")


def write_examples(work: Path, rows: Iterable[Row], file: str = EXAMPLES_FILE) -> None:
    """Write the rows of a training into its folder, in order of their ids; whole or not at all."""
    work.mkdir(parents=True, exist_ok=True)
    partial = work / f"{file}.partial"
    partial.write_text(_as_lines(rows), encoding="utf-8")
    partial.replace(work / file)


def read_examples(work: Path, split: str | None = None, file: str = EXAMPLES_FILE) -> list[dict[str, Any]]:
    """The rows of a split, or all of them."""
    return [row for row in load_lines(work / file) if split in (None, row["split"])]


def load_lines(path: Path) -> list[dict[str, Any]]:
    """Rows of JSON lines; only a line feed ends a line, not what a text may hold (U+2028)."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def digest_of(rows: Iterable[Row]) -> str:
    """SHA-256 of the rows, whatever their order."""
    return hashlib.sha256(_as_lines(rows).encode()).hexdigest()


def count_splits(rows: Iterable[Row]) -> dict[str, int]:
    """How many rows each split has."""
    found = Counter(row["split"] for row in rows)
    return {split: found[split] for split in SPLITS}


def with_validation(rows: Iterable[Row], share: float) -> list[dict[str, Any]]:
    """The rows, those of a share of the training groups moved to the split ``validation``.

    Which groups is decided by their digest, so that more data moves few of them. At least one group
    is taken where there are two.
    """
    rows = [dict(row) for row in rows]
    groups = sorted({row["group"] for row in rows if row["split"] == "train"}, key=_digest)
    taken = set(groups[: max(round(share * len(groups)), min(1, len(groups) - 1)) if share else 0])
    return [row | {"split": "validation"} if row["group"] in taken else row for row in rows]


def encode(encoder: Encoder, row: Mapping[str, Any], max_tokens: int) -> Example:
    """A row as tokens. Raises ``BadExample`` also when it is too long."""
    example = encoder.encode(row)
    if len(example.ids) > max_tokens:
        raise BadExample(f"it has {len(example.ids)} tokens, the recipe takes at most {max_tokens}")
    return example


def _as_lines(rows: Iterable[Row]) -> str:
    ordered = sorted(rows, key=lambda row: row["example_id"])
    return "".join(f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n" for row in ordered)


def _digest(group: str) -> bytes:
    return hashlib.sha256(group.encode()).digest()
