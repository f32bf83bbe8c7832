"""What every recipe says; a model's own recipe adds what is its own."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides a training. Sizes are per process, steps are those of the optimizer.

    LoRA (Hu et al. 2021) of ``rank`` on every linear layer of the ``top_layers`` last blocks, all
    blocks if None; AdamW; linear warm-up over ``warmup_share`` of the steps, then cosine down to
    zero. Examples of more than ``max_tokens`` are refused before training. ``packing`` is the length
    in tokens of rows that examples are packed into; with None a batch is ``batch_size`` examples of
    like length, padded. The loss on the validation part of the data is computed every
    ``evaluate_every`` steps; after ``patience`` of them without a new least one training stops, and
    what had the least loss is kept; with None it runs to the end. ``deepspeed`` names a file of
    ``infra/deepspeed``. ``max_new_tokens`` bounds what is generated in the evaluation, as serving does.
    """

    name: str
    model: str
    rank: int
    alpha: int
    learning_rate: float
    epochs: int
    batch_size: int
    max_tokens: int
    max_new_tokens: int
    top_layers: int | None = None
    accumulate: int = 1
    packing: int | None = None
    gradient_checkpointing: bool = False
    warmup_share: float = 0.1
    weight_decay: float = 0.01
    deepspeed: str = "zero2"
    checkpoint_every: int = 20
    evaluate_every: int = 20
    patience: int | None = 3
    seed: int = 0


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """Plain values, those of nested dataclasses as dictionaries."""
    return dataclasses.asdict(recipe)
