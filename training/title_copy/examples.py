"""From pairs to what the model is trained on: the prompt that serving uses, then the title."""

import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.covers.titles.checks import Limits
from inference.covers.titles.copy import prompt
from inference.models.language import as_text

PAIRS_FILE = "pairs.jsonl"
LEARNED = ("pair_id", "content", "title", "language", "group", "split")
"""What a training reads of a pair. Further clicks on a title whose pair stays the same are no new data."""

IGNORED = -100
"""Label of a position without a loss, as PyTorch's cross entropy has it."""


@dataclass(frozen=True)
class Example:
    """Token ids of prompt and title; the title, closed by the end-of-turn token, starts at ``title_start``."""

    ids: tuple[int, ...]
    title_start: int


def write_pairs(work: Path, pairs: Iterable[Mapping[str, Any]]) -> None:
    """Write the pairs of a training into its folder, in order of their ids."""
    work.mkdir(parents=True, exist_ok=True)
    (work / PAIRS_FILE).write_text(_as_lines(pairs), encoding="utf-8")


def digest_of(pairs: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 of the pairs, whatever their order."""
    return hashlib.sha256(_as_lines(pairs).encode()).hexdigest()


def read_pairs(work: Path, split: str) -> list[dict[str, Any]]:
    """The pairs of a split, train or held_out."""
    return [pair for pair in load_pairs(work / PAIRS_FILE) if pair["split"] == split]


def load_pairs(path: Path) -> list[dict[str, Any]]:
    """Pairs from Parquet or JSON lines; only a line feed ends a line, not what a title may hold (U+2028)."""
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path).to_pylist()
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def as_prompt(pair: Mapping[str, Any]) -> list[dict[str, str]]:
    return prompt(pair["content"], Limits.of(pair["language"]))


def tokenize(pairs: Iterable[Mapping[str, Any]], tokenizer: Any) -> list[Example]:
    examples = []
    for pair in pairs:
        before = tokenizer(as_text(tokenizer, as_prompt(pair)), add_special_tokens=False).input_ids
        title = tokenizer(pair["title"], add_special_tokens=False).input_ids
        examples.append(Example((*before, *title, tokenizer.eos_token_id), len(before)))
    return examples


def plan_batches(examples: Sequence[Example], size: int, epochs: int, seed: int) -> list[list[int]]:
    """Batches of example numbers for the whole training, in order.

    Examples of like length share a batch, since padding costs as much as text; which ones, and the
    order of the batches, is drawn anew for each epoch. The same arguments give the same plan, so a
    resumed training continues where it was. A last, smaller batch is filled up from the first ones.
    """
    plan = []
    for epoch in range(epochs):
        drawn = random.Random(f"{seed}/{epoch}")
        order = sorted(range(len(examples)), key=lambda index: (len(examples[index].ids) // 8, drawn.random()))
        batches = [order[start : start + size] for start in range(0, len(order), size)]
        batches[-1] += order[: size - len(batches[-1])]
        drawn.shuffle(batches)
        plan += batches
    return plan


def collate(examples: Sequence[Example], pad_id: int, device: str) -> dict[str, Any]:
    """Tensors ``input_ids``, ``attention_mask`` and ``labels``, each [batch, longest], padded on the right."""
    import torch

    longest = max(len(example.ids) for example in examples)
    ids = [[*each.ids, *[pad_id] * (longest - len(each.ids))] for each in examples]
    mask = [[1] * len(each.ids) + [0] * (longest - len(each.ids)) for each in examples]
    labels = [
        [IGNORED] * each.title_start + list(each.ids[each.title_start :]) + [IGNORED] * (longest - len(each.ids))
        for each in examples
    ]
    columns = {"input_ids": ids, "attention_mask": mask, "labels": labels}
    return {name: torch.tensor(rows, device=device) for name, rows in columns.items()}


def _as_lines(pairs: Iterable[Mapping[str, Any]]) -> str:
    learned = [{name: pair[name] for name in LEARNED} for pair in sorted(pairs, key=lambda pair: pair["pair_id"])]
    return "".join(f"{json.dumps(pair, ensure_ascii=False, sort_keys=True)}\n" for pair in learned)
