"""From pairs to what the model is trained on: the prompt that serving uses, then the title."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import prompt
from inference.models.serving import Serving
from training.finetune.examples import load_lines

LEARNED = ("content", "title", "language", "group", "split")
"""What a training reads of a pair. Further clicks on a title whose pair stays the same are no new data."""

MAY_BE_MISSING = {"cleaned_from": None, "source": "catalogue", "shown": None, "rejected": (), "simulated": False}
"""In a file of pairs that somebody made by hand."""


def as_rows(pairs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pairs as the rows of a training; ``cleaned_from`` names brands, to know an invented one by."""
    return [
        {
            "example_id": pair["pair_id"],
            **{name: pair[name] for name in LEARNED},
            "cleaned_from": pair["cleaned_from"],
        }
        for pair in pairs
    ]


def load_pairs(path: Path) -> list[dict[str, Any]]:
    """Pairs from Parquet or JSON lines; what only preferences and brands are read from may be missing."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        pairs = pq.read_table(path).to_pylist()
    else:
        pairs = load_lines(path)
    return [{**MAY_BE_MISSING, **pair} for pair in pairs]


def as_prompt(pair: Mapping[str, Any], serving: Serving | None = None) -> list[dict[str, str]]:
    """What is asked for a pair's title: as an adapter says that it is to be asked, else as this code asks."""
    return prompt(pair["content"], Limits.of(pair["language"]), serving)
