"""What all tasks share whose answer is text: examples, batches and the loss of the answer's tokens.

Batches are padded on the right and need no attention mask: a causal model's tokens see only what lies
before them. Examples that share a row are told apart by positions that begin anew, from which
transformers derives an attention that ends at each example's first token.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from inference.models.language import Prompt, as_text
from training.finetune.task import IGNORED, BadExample, Example


@dataclass(frozen=True)
class TextExample:
    """Token ids of prompt and answer; the answer, closed by the end-of-turn token, starts at ``answer_start``."""

    ids: tuple[int, ...]
    answer_start: int

    @property
    def weight(self) -> int:
        return len(self.ids) - self.answer_start


def encode_text(tokenizer: Any, prompt: Prompt, answer: str) -> TextExample:
    """Prompt as serving writes it, then the answer. Raises ``BadExample`` when there is none."""
    if not answer.strip():
        raise BadExample("its answer is empty")
    before = tokenizer(as_text(tokenizer, prompt), add_special_tokens=False).input_ids
    after = tokenizer(answer, add_special_tokens=False).input_ids
    return TextExample((*before, *after, tokenizer.eos_token_id), len(before))


def collate_text(rows: Sequence[Sequence[Example]], pad_id: int, device: str) -> dict[str, torch.Tensor]:
    """Tensors ``input_ids``, ``position_ids`` and ``labels``, each [rows, longest], padded on the right."""
    longest = max(sum(len(example.ids) for example in row) for row in rows)
    columns: dict[str, list[list[int]]] = {"input_ids": [], "position_ids": [], "labels": []}
    for row in rows:
        ids = [token for example in row for token in example.ids]
        positions = [place for example in row for place in range(len(example.ids))]
        labels = [label for example in row for label in _labels(example)]
        padding = longest - len(ids)
        columns["input_ids"].append(ids + [pad_id] * padding)
        columns["position_ids"].append(positions + [positions[-1] + 1 + n for n in range(padding)])
        columns["labels"].append(labels + [IGNORED] * padding)
    return {name: torch.tensor(values, device=device) for name, values in columns.items()}


def token_losses(hidden: torch.Tensor, head: torch.nn.Module, labels: torch.Tensor) -> torch.Tensor:
    """Cross entropy [n] of the scored tokens, from hidden states [rows, length, width] and labels [rows, length].

    The output layer is computed at those positions only. For a vocabulary of 152,000 it would cost
    more than everything else at all of them.
    """
    following = labels[:, 1:]
    scored = following != IGNORED
    logits = head(hidden[:, :-1][scored])
    return torch.nn.functional.cross_entropy(logits.float(), following[scored], reduction="none")


def _labels(example: Example) -> list[int]:
    return [IGNORED] * example.answer_start + list(example.ids[example.answer_start :])
