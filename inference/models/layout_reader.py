"""A layout request and its picture as a Qwen2.5-VL model reads them; the same in training and in serving."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from inference.models import pretrained
from inference.models.language import base_of
from inference.models.layout_request import LayoutRequest, as_question
from inference.models.pixel_limits import PixelLimits
from inference.models.serving import Serving

ADAPTER_CONFIG = "adapter_config.json"
"""File that an adapter's folder has and a whole model's has not."""

TASK = "layout"
"""Key of the instructions in ``Serving``."""

IMAGE_TOKEN = "<|image_pad|>"
MERGED = 2
"""Patches along each side of the square that becomes one token."""

IMAGE = 1
"""Type of a picture's tokens, as Qwen2.5-VL has it; text is 0."""


@dataclass(frozen=True)
class LayoutReader:
    """``tokenizer`` is a fast one of transformers; ``serving`` says instructions, chat template and pixel limits."""

    tokenizer: Any
    serving: Serving

    @classmethod
    def of(cls, model: str, instruction: str, max_new_tokens: int, pixels: PixelLimits) -> "LayoutReader":
        """For a model that is to be trained, by its name; its chat template is the one to serve with."""
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(model))
        serving = Serving.of(tokenizer, instructions={TASK: instruction}, max_new_tokens=max_new_tokens, pixels=pixels)
        return cls(tokenizer, serving)

    @classmethod
    def read(cls, folder: Path) -> "LayoutReader":
        """For a trained model, from its folder. Raises ``ValueError`` when that does not say how it is served."""
        from transformers import AutoTokenizer

        serving = Serving.read(folder)
        if serving is None:
            raise ValueError(f"{folder} does not say how its layout model is served; train it anew")
        adapted = (folder / ADAPTER_CONFIG).exists()
        source = pretrained.locate(base_of(folder)) if adapted else folder
        return cls(AutoTokenizer.from_pretrained(source), serving)

    def prompt_ids(self, request: LayoutRequest, picture: np.ndarray) -> list[int]:
        """Token ids up to where the answer begins. ``picture`` is as ``fit`` gives it."""
        content = [{"type": "image"}, {"type": "text", "text": self.serving.instructions[TASK] + as_question(request)}]
        text = self.serving.as_text([{"role": "user", "content": content}])
        before, after = (self.tokenizer(part, add_special_tokens=False).input_ids for part in _around_image(text))
        return [*before, *[self.image_id] * self.image_tokens(picture), *after]

    def fit(self, image: np.ndarray) -> np.ndarray:
        """An RGB picture (height × width × 3, uint8) within the pixel limits."""
        return self._pixels.fit(image)

    def image_tokens(self, picture: np.ndarray) -> int:
        height, width = picture.shape[:2]
        return height * width // self._pixels.multiple**2

    def as_pixels(self, pictures: Sequence[np.ndarray]) -> dict[str, Any]:
        """Tensors ``pixel_values`` [patches of all pictures, values] and ``image_grid_thw`` [pictures, 3]."""
        features = self._processor(images=list(pictures), return_tensors="pt")
        return {name: features[name] for name in ("pixel_values", "image_grid_thw")}

    @property
    def _pixels(self) -> PixelLimits:
        if self.serving.pixels is None:
            raise ValueError("it is not said how large a picture the layout model is served with; train it anew")
        return self.serving.pixels

    @cached_property
    def grammar_tokenizer(self) -> Any:
        """The tokenizer as llguidance needs it; making it takes up to two seconds."""
        from llguidance.hf import from_tokenizer

        return from_tokenizer(self.tokenizer)

    @cached_property
    def image_id(self) -> int:
        return self.tokenizer.convert_tokens_to_ids(IMAGE_TOKEN)

    @cached_property
    def _processor(self) -> Any:
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

        limits = self._pixels
        return Qwen2VLImageProcessorPil(
            size={"shortest_edge": limits.least, "longest_edge": limits.most}, patch_size=limits.multiple // MERGED
        )


def _around_image(text: str) -> tuple[str, str]:
    before, found, after = text.partition(IMAGE_TOKEN)
    if not found:
        raise ValueError(f"the chat template has no place for a picture ({IMAGE_TOKEN})")
    return before, after
