"""LoRA (Hu et al. 2021, arXiv:2106.09685) on a transformers model, whichever it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peft import LoraConfig, PeftModel, get_peft_model

from training.finetune.recipe import Recipe

LINEAR_LAYERS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def add_adapter(
    model: Any, recipe: Recipe, targets: Sequence[str] | str = LINEAR_LAYERS, modules_to_save: Sequence[str] = ()
) -> PeftModel:
    """Freeze the model and train an adapter of the recipe's rank on its ``top_layers`` last blocks.

    ``targets`` are names of linear layers, or a regular expression that a module's whole name must
    match; that says itself which blocks it means. The modules of ``modules_to_save`` are trained as
    they are and saved with the adapter. Raises ``ValueError`` when an expression meets ``top_layers``.
    """
    by_name = not isinstance(targets, str)
    if not by_name and recipe.top_layers is not None:
        raise ValueError(f"top_layers={recipe.top_layers} has no meaning beside the expression {targets!r}")
    layers = model.config.get_text_config().num_hidden_layers
    adapted = get_peft_model(
        model,
        LoraConfig(
            task_type="CAUSAL_LM",
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            target_modules=list(targets) if by_name else targets,
            layers_to_transform=None if recipe.top_layers is None else list(range(layers - recipe.top_layers, layers)),
            modules_to_save=list(modules_to_save) or None,
        ),
    )
    adapted.peft_config["default"].base_model_name_or_path = recipe.model  # a name, not a path on this machine
    return adapted


def save_adapter(model: PeftModel, folder: Path) -> None:
    """Write the adapter as serving loads it."""
    # Otherwise peft would look the base model up on the hub to compare vocabularies.
    model.save_pretrained(str(folder), save_embedding_layers=False)
