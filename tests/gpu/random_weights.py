"""Models of a given shape with random weights, trained by our loop: ``python -m tests.gpu.random_weights FOLDER NAME``.

Speed and memory of a training depend on shapes and not on what the weights are, so nothing has to be
downloaded: the shelf's tiny model lends its tokenizer, its settings are given another size, and the
weights are drawn on the device that trains them.
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from inference.models import pretrained
from training.finetune import loop
from training.finetune.task import Task
from training.layout.task import LayoutTask
from training.title_copy.task import TitleTask

NOT_LENT = ("*.safetensors", "manifest.json")
ROTARY_PARTS = [16, 24, 24]
"""Of the 64 pairs of an attention head, those that turn with time, height and width."""

SEVEN_BILLION = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
    "tie_word_embeddings": False,
}
"""Qwen2.5-7B, and the language part of Qwen2.5-VL-7B, from their published ``config.json``."""

TOWER = {
    "depth": 32,
    "hidden_size": 1280,
    "intermediate_size": 3420,
    "num_heads": 16,
    "out_hidden_size": 3584,
    "fullatt_block_indexes": [7, 15, 23, 31],
}
"""The vision tower of Qwen2.5-VL-7B."""


def write_shape(base: str, text: Mapping[str, Any], vision: Mapping[str, Any], folder: Path) -> Path:
    """A model's folder without weights: that of ``base``, a name on the shelf, in other sizes."""
    shutil.copytree(pretrained.locate(base), folder, ignore=shutil.ignore_patterns(*NOT_LENT))
    config = json.loads((folder / "config.json").read_text())
    language = config.get("text_config", config)
    language |= text
    if text:
        language.pop("layer_types", None)  # as many as layers; made anew
        config["tie_word_embeddings"] = language["tie_word_embeddings"]
    if vision:
        config["vision_config"] |= vision
        language["rope_parameters"]["mrope_section"] = ROTARY_PARTS
    (folder / "config.json").write_text(json.dumps(config))
    return folder


class _RandomWeights:
    """A task whose model is drawn, not loaded."""

    def load_model(self: Any, recipe: Any, dtype: torch.dtype) -> torch.nn.Module:
        model = self.outline(recipe)
        for weight in model.parameters():
            weight.data = weight.data.to(dtype)
        model.to_empty(device="cuda" if torch.cuda.is_available() else "cpu")
        whole = model.get_base_model() if hasattr(model, "get_base_model") else model
        whole.init_weights()
        for part in model.modules():
            if hasattr(part, "reset_lora_parameters"):
                part.reset_lora_parameters("default", init_lora_weights=True)
        return model


class RandomTitles(_RandomWeights, TitleTask):
    pass


class RandomLayouts(_RandomWeights, LayoutTask):
    pass


TASKS: dict[str, type[Task]] = {"title_copy": RandomTitles, "layout": RandomLayouts}

if __name__ == "__main__":
    loop.main(TASKS[sys.argv[2]]())
