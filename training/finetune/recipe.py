"""What every recipe says; a model's own recipe adds what is its own."""

import dataclasses
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Preference:
    """A second stage, direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290).

    ``beta`` is how dearly the model pays for leaving what the supervised stage made of it: the smaller,
    the further it goes. ``label_smoothing`` is the share of preferences that are taken to be the wrong
    way round (Mitchell 2023, conservative DPO), 0 to 0.5. ``chosen_weight`` adds so much of the chosen
    answers' cross entropy (Pang et al. 2024, arXiv:2404.19733): without it both answers may become less
    likely, the rejected one only faster. Epochs, warm-up, stopping and checkpoints are as in the first stage,
    a batch is ``batch_size`` preferences per process, each of two answers. With fewer than
    ``min_preferences`` to learn from the stage is skipped.
    """

    beta: float = 0.1
    learning_rate: float = 2e-5
    epochs: int = 1
    batch_size: int = 4
    label_smoothing: float = 0.025
    chosen_weight: float = 0.1
    min_preferences: int = 50


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything that decides a training. Sizes are per process, steps are those of the optimizer.

    LoRA (Hu et al. 2021) of ``rank`` on every linear layer of the ``top_layers`` last blocks, all
    blocks if None; AdamW; linear warm-up over ``warmup_share`` of the steps, then cosine down to
    zero. Examples of more than ``max_tokens`` are refused before training. ``packing`` is the length
    in tokens of rows that examples are packed into; with None a batch is ``batch_size`` examples of
    like length, padded. The loss on ``validation_share`` of the training groups is computed every
    ``evaluate_every`` steps, and what had the least is kept; after ``patience`` of them without a new
    least one training stops, with None it runs to the end. ``deepspeed`` names a file of
    ``infra/deepspeed``. ``max_new_tokens`` bounds what is generated in the evaluation, as serving does.
    ``preference`` is the stage after the supervised one, None for none.
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
    validation_share: float = 0.1
    evaluate_every: int = 20
    patience: int | None = 3
    preference: Preference | None = None
    seed: int = 0


def as_dict(recipe: Recipe) -> dict[str, Any]:
    """Plain values, those of nested dataclasses as dictionaries."""
    return dataclasses.asdict(recipe)
