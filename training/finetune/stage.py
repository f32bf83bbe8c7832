"""One stage of a training: supervised tuning, or what follows it on the same weights."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.finetune.examples import read_examples
from training.finetune.job import Job
from training.finetune.task import Encoder, Row, Task

SUPERVISED = "train"


def _prepare_nothing(model: torch.nn.Module, device: str) -> None:
    pass


@dataclass(frozen=True)
class Stage:
    """What the loop runs. All processes make the same stage.

    ``name`` says which curves in MLflow, checkpoints and weights are its own. ``compute`` gives scalars,
    each a mean over the batch by the examples' ``weight``: ``loss``, which is minimised, and what else
    deserves a curve. ``prepare`` sees the plain model on its device before it is sharded, in every process.
    """

    name: str
    recipe: Any
    rows: Sequence[Row]
    validation_rows: Sequence[Row]
    encoder: Encoder
    load_model: Callable[[torch.dtype], torch.nn.Module]
    compute: Callable[[torch.nn.Module, Mapping[str, torch.Tensor]], dict[str, torch.Tensor]]
    prepare: Callable[[torch.nn.Module, str], None] = _prepare_nothing

    @property
    def validation_name(self) -> str:
        return "validation" if self.name == SUPERVISED else f"{self.name}_validation"


def supervised(task: Task, job: Job[Any], work: Path) -> Stage:
    """Learn the answers of the training rows."""
    return Stage(
        name=SUPERVISED,
        recipe=job.recipe,
        rows=read_examples(work, "train"),
        validation_rows=read_examples(work, "validation"),
        encoder=task.encoder(job.recipe, work),
        load_model=lambda dtype: task.load_model(job.recipe, dtype),
        compute=lambda model, batch: {"loss": task.compute_token_losses(model, batch).mean()},
    )
