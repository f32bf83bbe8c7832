from dataclasses import replace

import pytest
import torch
from transformers import AutoModelForCausalLM

from inference.models import pretrained
from inference.models.language import base_of
from training.finetune.adapter import add_adapter, save_adapter
from training.title_copy.recipes import tiny
from training.title_copy.task import TitleTask


def adapted(recipe=None, **options):
    model = AutoModelForCausalLM.from_pretrained(pretrained.locate(pretrained.TINY))
    return add_adapter(model, recipe or tiny(), **options)


def trained(model) -> set[str]:
    return {name for name, weight in model.named_parameters() if weight.requires_grad}


def shapes(model) -> dict:
    return {name: (weight.shape, weight.requires_grad) for name, weight in model.named_parameters()}


def test_the_top_layers_only_are_trained():
    names = trained(adapted(replace(tiny(), top_layers=1)))
    assert names
    assert all("lora_" in name and ".layers.1." in name for name in names)


def test_an_expression_says_itself_which_layers_it_means():
    names = trained(adapted(targets=r"model\.layers\.0\.self_attn\.[qv]_proj"))
    assert len(names) == 4
    assert all(".layers.0.self_attn." in name for name in names)
    with pytest.raises(ValueError, match="top_layers=1"):
        adapted(replace(tiny(), top_layers=1), targets=r".*q_proj")


def test_modules_to_save_are_trained_as_they_are():
    names = trained(adapted(targets=["q_proj"], modules_to_save=["norm"]))
    assert any(name.endswith("norm.modules_to_save.default.weight") for name in names)


def test_a_saved_adapter_names_its_base(tmp_path):
    save_adapter(adapted(), tmp_path)
    assert base_of(tmp_path) == "tiny-qwen2"


def test_the_outline_has_the_shapes_of_the_model_and_no_weights():
    whole, outline = TitleTask().load_model(tiny(), torch.float32), TitleTask().outline(tiny())
    assert shapes(whole) == shapes(outline)
    assert {weight.device.type for weight in outline.parameters()} == {"meta"}
