"""DeepSpeed's engine for a stage: model, optimizer and learning rate, sharded as the recipe says.

Used as it is rather than through a trainer class: on a CPU those silently fall back to plain data
parallelism, or give every process all of the data.
"""

import json
import logging
import math
from collections.abc import Mapping
from typing import Any

import deepspeed
import torch

from data_contracts.settings import REPOSITORY
from training.finetune.processes import Processes
from training.finetune.recipe import Recipe
from training.finetune.stage import Stage

log = logging.getLogger("finetune")

PERSISTED_WIDTHS = 10
"""ZeRO-3 leaves tensors of fewer elements than so many times the model's width whole: norms and biases,
which are not worth a message each. The figure is Hugging Face's."""


class WithLoss(torch.nn.Module):
    """A model whose output is what its stage computes of it."""

    def __init__(self, model: torch.nn.Module, stage: Stage):
        super().__init__()
        self.model = model
        self._compute = stage.compute

    def forward(self, **batch: torch.Tensor) -> dict[str, torch.Tensor]:
        return self._compute(self.model, batch)


def start_engine(stage: Stage, steps: int, here: Processes, dtype: torch.dtype) -> Any:
    """A ``DeepSpeedEngine`` of the stage's model, on this process's device, that will make so many steps."""
    recipe = stage.recipe
    torch.manual_seed(recipe.seed)  # an adapter begins with random weights
    model = stage.load_model(dtype).to(here.device)
    if recipe.gradient_checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    stage.prepare(model, here.device)
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    share = sum(weight.numel() for weight in trained) / sum(weight.numel() for weight in model.parameters())
    optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    warmup = max(1, round(recipe.warmup_share * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_share(step, warmup, steps))
    engine, *_ = deepspeed.initialize(
        model=WithLoss(model, stage),
        model_parameters=trained,
        optimizer=optimizer,
        lr_scheduler=schedule,
        config=deepspeed_config(recipe, dtype, width_of(model)),
    )
    if here.is_first:
        log.info("%s in %s: %.2f %% of its weights are trained in %d steps", recipe.model, dtype, 100 * share, steps)
    return engine


def deepspeed_config(recipe: Recipe, dtype: torch.dtype, width: int) -> dict[str, Any]:
    """The recipe's file of ``infra/deepspeed``, filled in for a model of hidden states of a width."""
    config = json.loads((REPOSITORY / "infra" / "deepspeed" / f"{recipe.deepspeed}.json").read_text())
    if config["zero_optimization"]["stage"] == 3:
        config["zero_optimization"]["stage3_param_persistence_threshold"] = PERSISTED_WIDTHS * width
    return config | {
        "train_micro_batch_size_per_gpu": recipe.batch_size,
        "gradient_accumulation_steps": recipe.accumulate,
        "bf16": {"enabled": dtype == torch.bfloat16},
    }


def width_of(model: Any) -> int:
    return model.config.get_text_config().hidden_size


def learning_rate_share(step: int, warmup: int, steps: int) -> float:
    """Share of the learning rate at a step, counted from 0: up in a line, down in half a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def gathered(engine: Any) -> Any:
    """A context within which the trained weights are whole in every process, as without sharding."""
    trained = [weight for weight in engine.module.parameters() if weight.requires_grad]
    return deepspeed.zero.GatheredParameters(trained, enabled=engine.zero_optimization_partition_weights())


def count_held(engine: Any) -> Mapping[str, int]:
    """How many elements of optimizer state and of weights this process holds between two steps."""
    states = engine.optimizer.optimizer.state.values()
    optimizer = sum(value.numel() for state in states for value in state.values() if torch.is_tensor(value))
    weights = sum(getattr(weight, "ds_tensor", weight).numel() for weight in engine.module.parameters())
    return {"optimizer_elements": optimizer, "weight_elements": weights}
