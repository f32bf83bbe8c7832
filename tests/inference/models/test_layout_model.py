"""Serving a layout model from its folder: an untrained one and an adapter, each saved as a training saves it."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.media.geometry import Box
from inference.models import layout_bases, pretrained
from inference.models.layout import Annotation, Role
from inference.models.layout_model import LayoutModel
from inference.models.layout_reader import LayoutReader
from inference.models.layout_request import LayoutRequest, WantedText
from inference.models.pixel_limits import PixelLimits
from inference.models.serving import Serving

TEXTS = [WantedText("每一步都有回弹", Role.HEADLINE, "zh"), WantedText("¥59.9", Role.PRICE, "zh")]
REQUEST = LayoutRequest(TEXTS, 900, 1200, (Box(300, 100, 500, 300),), ())
IMAGE = np.random.default_rng(0).integers(0, 255, (600, 450, 3), np.uint8)
LIMITS = PixelLimits(28 * 28, 6 * 28 * 28)


def save(folder: Path, adapted: bool, instruction: str = "") -> Path:
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen2_5_VLForConditionalGeneration

    reader = LayoutReader.of(layout_bases.TINY, instruction, 900, LIMITS)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(pretrained.locate(layout_bases.TINY))
    if adapted:
        torch.manual_seed(0)
        model = get_peft_model(model, LoraConfig(r=4, target_modules=["q_proj", "down_proj"], init_lora_weights=False))
        model.peft_config["default"].base_model_name_or_path = layout_bases.TINY
        model.save_pretrained(folder, save_embedding_layers=False)
    else:
        model.save_pretrained(folder)
        reader.tokenizer.save_pretrained(folder)
    reader.serving.write(folder)
    return folder


def propose(folder: Path, **options) -> list[Annotation]:
    return LayoutModel(folder).propose(IMAGE, REQUEST, **options)


@pytest.mark.parametrize("adapted", [False, True])
def test_a_folder_is_all_it_takes(tmp_path, adapted):
    (layout,) = propose(save(tmp_path / "3-abc", adapted))
    assert (layout.width, layout.height) == (900, 1200)
    assert [(block.text, block.role) for block in layout.blocks] == [(each.text, each.role) for each in TEXTS]
    assert [box.as_list() for box in layout.faces] == [[300, 100, 500, 300]] or layout.faces[0].iou(
        REQUEST.faces[0]
    ) > 0.98


def test_an_adapter_s_weights_count(tmp_path):
    assert propose(save(tmp_path / "whole", False)) != propose(save(tmp_path / "adapter", True))


def test_the_instruction_beside_the_weights_is_the_one_that_is_used(tmp_path):
    folder = save(tmp_path / "model", False)
    before = propose(folder)
    serving = Serving.read(folder)
    dataclasses.replace(serving, instructions={"layout": "Do it differently. " * 4}).write(folder)
    assert propose(folder) != before


def test_several_samples_are_several_layouts_the_same_for_a_seed(tmp_path):
    model = LayoutModel(save(tmp_path / "model", False))
    drawn = model.propose(IMAGE, REQUEST, samples=3, temperature=1.0, seed=5)
    assert len({repr(layout) for layout in drawn}) == 3
    assert drawn == model.propose(IMAGE, REQUEST, samples=3, temperature=1.0, seed=5)


def test_the_picture_is_seen(tmp_path):
    model = LayoutModel(save(tmp_path / "model", False))
    other = np.zeros_like(IMAGE)
    assert model.propose(IMAGE, REQUEST) != model.propose(other, REQUEST)


def test_a_folder_that_does_not_say_how_it_is_served_is_refused(tmp_path):
    folder = save(tmp_path / "model", False)
    (folder / "serving.json").unlink()
    with pytest.raises(ValueError, match="does not say how its layout model is served; train it anew"):
        LayoutModel(folder)


def test_too_many_texts_say_so(tmp_path):
    folder = save(tmp_path / "model", False)
    many = LayoutRequest([WantedText(f"text {n}", Role.SELLING_POINT, "en") for n in range(60)], 900, 1200, (), ())
    with pytest.raises(ValueError, match="not finished within 900 tokens"):
        LayoutModel(folder).propose(IMAGE, many)
