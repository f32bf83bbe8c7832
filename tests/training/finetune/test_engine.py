import pytest
import torch

from training.finetune.engine import deepspeed_config, width_of
from training.title_copy import recipes
from training.title_copy.task import TitleTask


@pytest.mark.parametrize(("recipe", "stage"), [(recipes.qwen2_5_7b, 2), (recipes.qwen2_5_7b_zero3, 3)])
def test_deepspeed_is_told_what_the_recipe_says(recipe, stage):
    config = deepspeed_config(recipe(), torch.bfloat16, width=3584)
    assert config["zero_optimization"]["stage"] == stage
    assert config["train_micro_batch_size_per_gpu"] == recipe().batch_size
    assert config["gradient_accumulation_steps"] == recipe().accumulate
    assert config["bf16"] == {"enabled": True}


def test_only_norms_and_biases_stay_whole_under_zero_3():
    model = TitleTask().outline(recipes.tiny())
    config = deepspeed_config(recipes.qwen2_5_7b_zero3(), torch.float32, width_of(model))
    most = config["zero_optimization"]["stage3_param_persistence_threshold"]
    whole = {name for name, weight in model.named_parameters() if weight.numel() < most and "lora_" not in name}
    assert whole
    assert all("norm" in name or name.endswith("bias") for name in whole)
