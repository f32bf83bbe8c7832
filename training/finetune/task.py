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
    """A row as tokens: prompt, then answer, which starts at ``answer_start``. May hold more (pixels).

    ``weight`` is the number of terms that its loss is the mean of: of its answer's tokens that are scored.
    """

    @property
    def ids(self) -> tuple[int, ...]: ...

    @property
    def answer_start(self) -> int: ...

    @property
    def weight(self) -> int: ...


class Task(Protocol):
    """``subject`` is trained on ``data`` by recipes of a type; rows are those of the job's ``examples.jsonl``."""

    subject: Model
    data: Dataset
    recipe_type: type[Recipe]

    def encoder(self, recipe: Recipe, work: Path) -> "Encoder":
        """What turns rows into examples and examples into batches; loads tokenizer and image processor."""
        ...

    def load_model(self, recipe: Recipe, dtype: torch.dtype) -> torch.nn.Module:
        """The model on the CPU, with ``requires_grad`` on exactly the weights that are to be trained."""
        ...

    def outline(self, recipe: Recipe) -> torch.nn.Module:
        """What ``load_model`` gives, on PyTorch's meta device: shapes and what is trained, no weights read."""
        ...

    def compute_token_losses(self, model: torch.nn.Module, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Cross entropy [n] of each scored token, in the order of ``labels[:, 1:] != IGNORED``, row by row."""
        ...

    def save(self, model: torch.nn.Module, recipe: Recipe, folder: Path) -> None:
        """Write what serving needs besides the base model. The model is whole, on the CPU, in one process."""
        ...


class Encoder(Protocol):
    """Turns rows into tensors, the same way for pre-flight, training and evaluation."""

    def encode(self, row: Row, epoch: int = 0) -> Example:
        """Raises ``BadExample``, of a row in every epoch or in none.

        A task may show a row a little differently in each epoch; validation and evaluation see epoch 0.
        """
        ...

    def collate(self, rows: Sequence[Sequence[Example]], device: str) -> dict[str, torch.Tensor]:
        """A batch for ``Task.compute_token_losses``.

        Its ``labels`` [rows, length] hold ``IGNORED`` where nothing is scored. Each of ``rows`` is one
        example, except under a recipe with ``packing``: then examples that share a row lie one after
        the other and must not see each other.
        """
        ...
