"""A model that can watch, from a transformers model or from a folder of weights."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForImageTextToText, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from inference.watch.models.llava_onevision import LlavaOnevision
from inference.watch.models.qwen2_5_vl import Qwen25VL
from inference.watch.models.vision_language import VisionLanguage

ARCHITECTURES: dict[str, type[VisionLanguage]] = {"llava_onevision": LlavaOnevision, "qwen2_5_vl": Qwen25VL}


def adapt(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, **options: Any) -> VisionLanguage:
    """`model` as a session uses it; `options` are those of its architecture. Raises ValueError for an unknown one."""
    kind = str(model.config.model_type)
    if kind not in ARCHITECTURES:
        raise ValueError(f"a model of type {kind} cannot watch; known are {', '.join(sorted(ARCHITECTURES))}")
    return ARCHITECTURES[kind](model, tokenizer, **options)


def read(folder: Path, device: str = "cpu", dtype: torch.dtype = torch.bfloat16, **options: Any) -> VisionLanguage:
    """The model in `folder` (weights and tokenizer as transformers saves them). Nothing is fetched from outside."""
    model: Any = AutoModelForImageTextToText.from_pretrained(folder, dtype=dtype, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return adapt(model.to(device), tokenizer, **options)
