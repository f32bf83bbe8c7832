"""LLaVA-OneVision in two sizes with random weights: speed and memory depend on shapes, not on what the weights are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import LlavaOnevisionConfig, LlavaOnevisionForConditionalGeneration, Qwen2Config, SiglipVisionConfig

from inference.watch import Budgets
from inference.watch.models import VisionLanguage, adapt
from inference.watch.shape import BlockShape
from tests.inference.watch import small

DISTINCT = 16
"""Frames that are drawn; a video repeats them."""

DRAWN_SIDE = 64
"""Pixels of what they are drawn at: coarse patterns, as pictures are."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a model and of what a session of it may hold. ``device_blocks`` and ``memory_blocks`` are frames
    beyond the window and one question; ``answer`` is how many words a question is answered with."""

    name: str
    text: dict[str, Any]
    vision: dict[str, Any]
    dtype: torch.dtype
    window_frames: int
    retrieve_blocks: int
    chunk_frames: int
    device_blocks: int
    memory_blocks: int
    answer: int

    def build(self, device: str) -> VisionLanguage:
        """The model, its weights drawn on a device, always the same on one."""
        torch.manual_seed(0)
        config = LlavaOnevisionConfig(
            vision_config=SiglipVisionConfig(**self.vision),
            text_config=Qwen2Config(**self.text, tie_word_embeddings=False),
            image_token_index=4,
            video_token_index=5,
            vision_feature_layer=-1,
        )
        usual = torch.get_default_dtype()
        torch.set_default_dtype(self.dtype)
        try:
            with torch.device(device):
                model = LlavaOnevisionForConditionalGeneration(config)
        finally:
            torch.set_default_dtype(usual)
        return adapt(model.eval(), small.tokenizer())

    def budgets(self, block: BlockShape, opening: int, words: int) -> Budgets:
        """Room for the window, one question and so many blocks on the device, so many in memory, the rest on disk."""
        spare = max(self.chunk_frames, self.window_frames // 4)
        window = self.chunk_frames * opening + (self.window_frames - 1 + spare) * block.tokens
        asked = 2 * opening + (self.window_frames - 1 + self.retrieve_blocks) * block.tokens + words
        return Budgets(
            (window + asked) * block.token_bytes + self.device_blocks * block.bytes,
            self.memory_blocks * block.bytes,
            1 << 40,
        )

    def frames(self) -> np.ndarray:
        """Frames of the tower's size, RGB, uint8, shape (DISTINCT, side, side, 3)."""
        coarse = np.random.default_rng(0).integers(0, 256, (DISTINCT, DRAWN_SIDE, DRAWN_SIDE, 3), np.uint8)
        times = -(-self.vision["image_size"] // DRAWN_SIDE)
        side = self.vision["image_size"]
        return np.ascontiguousarray(coarse.repeat(times, axis=1).repeat(times, axis=2)[:, :side, :side])


SMALL = Shape(
    name="4 layers of 128",
    text={
        "vocab_size": 128,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 4,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "max_position_embeddings": 131072,
    },
    vision={
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "image_size": 112,
        "patch_size": 14,
    },
    dtype=torch.float32,
    window_frames=16,
    retrieve_blocks=16,
    chunk_frames=8,
    device_blocks=100,
    memory_blocks=400,
    answer=16,
)
"""For a CPU, in minutes: 16 tokens a frame."""

SEVEN_BILLION = Shape(
    name="LLaVA-OneVision-7B",
    text={
        "vocab_size": 152000,
        "hidden_size": 3584,
        "intermediate_size": 18944,
        "num_hidden_layers": 28,
        "num_attention_heads": 28,
        "num_key_value_heads": 4,
        "max_position_embeddings": 32768,
        "rope_theta": 1e6,
    },
    vision={
        "hidden_size": 1152,
        "intermediate_size": 4304,
        "num_hidden_layers": 26,
        "num_attention_heads": 16,
        "image_size": 384,
        "patch_size": 14,
    },
    dtype=torch.bfloat16,
    window_frames=64,
    retrieve_blocks=64,
    chunk_frames=8,
    device_blocks=64,
    memory_blocks=1000,
    answer=64,
)
"""For a GPU: 196 tokens a frame, from its published ``config.json``."""
