"""What the fine-tuning of one kind of model consists of. The loop and the pre-flight know no more of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import torch

from data_contracts.catalog import Dataset, Model
from training.finetune.recipe import Recipe

IGNORED = -100
"""Label of a position without a loss, as PyTorch's cross entropy has it."""

Row = Mapping[str, Any]


class BadExample(Exception):
    """A row that cannot be trained on; the message says why. The training goes on without it."""


class Example(Protocol):
    """A row as tokens: prompt, then answer, which starts at ``answer_start``. May hold more (pixels)."""

    ids: tuple[int, ...]
    answer_start: int


class Task(Protocol):
    """``subject`` is trained on ``data``; rows are those of the job's ``examples.jsonl``."""

    subject: Model
    data: Dataset

    def encoder(self, recipe: Recipe, work: Path) -> "Encoder":
        """What turns rows into examples and examples into batches; loads tokenizer and image processor."""
        ...

    def load_model(self, recipe: Recipe, dtype: torch.dtype) -> torch.nn.Module:
        """The model on the CPU, with ``requires_grad`` on exactly the weights that are to be trained."""
        ...

    def compute_loss(self, model: torch.nn.Module, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Mean cross entropy of the answers' tokens, a scalar."""
        ...

    def save(self, model: torch.nn.Module, recipe: Recipe, folder: Path) -> None:
        """Write what serving needs besides the base model; under ZeRO-3 the weights are gathered already."""
        ...


class Encoder(Protocol):
    """Turns rows into tensors, the same way for pre-flight, training and evaluation."""

    def encode(self, row: Row) -> Example:
        """Raises ``BadExample``."""
        ...

    def collate(self, examples: Sequence[Example], device: str) -> dict[str, torch.Tensor]:
        """A batch as keyword arguments of ``Task.compute_loss``; the labels among them hold ``IGNORED``."""
        ...
