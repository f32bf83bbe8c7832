"""From pairs to what the model is trained on: the prompt that serving uses, then the title."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import prompt
from training.finetune.examples import load_lines, read_examples

LEARNED = ("content", "title", "language", "group", "split")
"""What a training reads of a pair. Further clicks on a title whose pair stays the same are no new data."""


def as_rows(pairs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pairs as the rows of a training."""
    return [{"example_id": pair["pair_id"], **{name: pair[name] for name in LEARNED}} for pair in pairs]


def read_pairs(work: Path, split: str) -> list[dict[str, Any]]:
    """The rows of a split: train, validation or held_out."""
    return read_examples(work, split)


def load_pairs(path: Path) -> list[dict[str, Any]]:
    """Pairs from Parquet or JSON lines."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path).to_pylist()
    return load_lines(path)


def as_prompt(pair: Mapping[str, Any]) -> list[dict[str, str]]:
    return prompt(pair["content"], Limits.of(pair["language"]))
