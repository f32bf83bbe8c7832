"""A vision-language model: what it is asked and answers, and InternVL in this process, by transformers.

The stock processor of InternVL wants torchvision for its video half, so tokenizer and the PIL image
processor are put together here. Source: Zhu et al., *InternVL3: Exploring Advanced Training and
Test-Time Recipes for Open-Source Multimodal Models*, 2025, arXiv:2504.10479.

Tests run every line with random weights of the same architecture. The real weights (2 GB for 1B,
16 GB for 8B) were never run here: where the tests run, no hub can be reached.
"""

import logging
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from inference.models import pretrained
from inference.models.transformers_model import compute_dtype

log = logging.getLogger(__name__)

ANSWER_TOKENS = 2048
"""A poster of twenty blocks takes about 1,200 as JSON; a model that goes on and on is cut off here."""

MOST_TILES = 12
"""Squares of 448 pixels that a picture is cut into, a thumbnail besides: what InternVL was trained with."""


class VisionLanguageModel(Protocol):
    """Looks at one picture and answers. ``name`` is for records."""

    name: str

    def ask(self, image: np.ndarray, prompt: str) -> str:
        """The likeliest answer to a prompt about an RGB picture (height × width × 3, uint8)."""
        ...


class InternVL:
    """InternVL with weights converted for transformers (``OpenGVLab/InternVL3-…-hf``), read when first asked."""

    def __init__(self, model: str):
        """``model`` is a folder or a hub repository."""
        self.name = model.rstrip("/").rsplit("/", 1)[-1]
        self._source = pretrained.locate(model)

    @cached_property
    def _tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self._source)

    @cached_property
    def _cut_into_tiles(self) -> Any:
        from transformers import AutoImageProcessor

        return AutoImageProcessor.from_pretrained(self._source, backend="pil")

    @cached_property
    def _model(self) -> Any:
        import torch
        from transformers import AutoModelForImageTextToText

        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = AutoModelForImageTextToText.from_pretrained(self._source, dtype=compute_dtype(device, 1)).to(device)
        log.info("%s loaded on %s in %s", self.name, device, model.dtype)
        return model.eval()

    def ask(self, image: np.ndarray, prompt: str) -> str:
        """See ``VisionLanguageModel``."""
        import torch

        tiles = self._cut_into_tiles(
            image, crop_to_patches=True, max_patches=MOST_TILES, input_data_format="channels_last", return_tensors="pt"
        ).pixel_values
        inputs = self._tokenizer([self._as_text(prompt, len(tiles))], return_tensors="pt", add_special_tokens=False)
        with torch.inference_mode():
            output = self._model.generate(
                **inputs.to(self._model.device),
                pixel_values=tiles.to(self._model.device, self._model.dtype),
                max_new_tokens=ANSWER_TOKENS,
                do_sample=False,
                pad_token_id=self._tokenizer.pad_token_id,
            )
        return self._tokenizer.decode(output[0, inputs.input_ids.shape[1] :], skip_special_tokens=True).strip()

    def _as_text(self, prompt: str, tiles: int) -> str:
        """The chat in the model's own format, with room for every tile in place of the one sign for a picture."""
        content = [{"type": "image"}, {"type": "text", "text": prompt}]
        text = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        sign = self._tokenizer.context_image_token
        room = sign * (self._model.config.image_seq_length * tiles)
        return text.replace(sign, f"{self._tokenizer.start_image_token}{room}{self._tokenizer.end_image_token}", 1)
