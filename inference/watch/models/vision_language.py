"""What a session needs of a vision-language model, whatever its architecture."""

import hashlib
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from inference.watch.attention import Step, forward
from inference.watch.models.pixels import normalise
from inference.watch.rotary import Places, Rotary
from inference.watch.shape import BlockShape

SAMPLED_NUMBERS = 64
"""Numbers read of each weight for the fingerprint: enough that other weights of the same shape never agree."""


class VisionLanguage(ABC):
    """A transformers model whose language part is of the Qwen2 family, with its tokenizer.

    tokens_per_frame: tokens that every frame becomes. mean, deviation: of a channel, as the vision tower was trained.
    Raises ValueError when the language part rotates, or looks, in a way that a session cannot take over.
    """

    tokens_per_frame: int
    opening_text: str
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model: Any = model.eval()
        self.tokenizer: Any = tokenizer
        self.config: Any = model.config.get_text_config()
        self.language_model: Any = self.model.model.language_model
        rope = self.config.rope_parameters
        if rope.get("rope_type", "default") not in ("default", "mrope"):
            raise ValueError(f"rotary positions of type {rope['rope_type']} cannot be laid out anew; use a plain RoPE")
        if "sliding_attention" in (getattr(self.config, "layer_types", None) or ()):
            raise ValueError("the model has sliding-window layers of its own; set use_sliding_window to false")

    @property
    def name(self) -> str:
        """The architecture and its size, for people."""
        return f"{self.model.config.model_type}, {self.config.num_hidden_layers} layers of {self.config.hidden_size}"

    @property
    def device(self) -> torch.device:
        return self.language_model.embed_tokens.weight.device

    @property
    def dtype(self) -> torch.dtype:
        return self.language_model.embed_tokens.weight.dtype

    @property
    def head_dim(self) -> int:
        return getattr(self.config, "head_dim", None) or self.config.hidden_size // self.config.num_attention_heads

    def block_shape(self) -> BlockShape:
        layers, heads = self.config.num_hidden_layers, self.config.num_key_value_heads
        return BlockShape(layers, heads, self.tokens_per_frame, self.head_dim, self.dtype)

    def rotary(self) -> Rotary:
        rope = self.config.rope_parameters
        return Rotary(rope["rope_theta"], self.head_dim, rope.get("mrope_section"), self.device)

    @abstractmethod
    def places(self, opening: int) -> Places:
        """Where tokens stand after `opening` tokens of text."""

    @abstractmethod
    def embed_frames(self, pixels: np.ndarray) -> torch.Tensor:
        """[frames, tokens_per_frame, hidden] of frames [frames, height, width, 3], RGB 0…255."""

    @abstractmethod
    def embed_question(self, question: str) -> torch.Tensor:
        """[1, tokens, hidden]: what closes the video, the question, and the invitation to answer."""

    def embed_opening(self) -> torch.Tensor:
        """[1, tokens, hidden] of what stands before the first frame."""
        return self.embed_text(self.opening_text)

    def embed_text(self, text: str) -> torch.Tensor:
        ids = self.tokenizer(text, add_special_tokens=False, return_tensors="pt")["input_ids"]
        return self.embed_ids(ids)

    def embed_ids(self, ids: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return self.language_model.embed_tokens(ids.to(self.device))

    def hidden(self, embeddings: torch.Tensor, step: Step) -> torch.Tensor:
        """Last hidden states [1, tokens, hidden] of one forward."""
        return forward(self.language_model, embeddings, step)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return self.model.lm_head(hidden)

    def ends(self) -> set[int]:
        """Token ids that end an answer."""
        told = [getattr(self.model.generation_config, "eos_token_id", None), self.tokenizer.eos_token_id]
        flat = [one for many in told for one in (many if isinstance(many, list) else [many])]
        return {one for one in flat if one is not None}

    def fingerprint(self) -> str:
        """SHA-256 over numbers of every weight: the same for the same model in the same precision only."""
        digest = hashlib.sha256(f"{self.name} {self.dtype} {self.tokens_per_frame} {self.opening_text}".encode())
        for name, weight in self.model.named_parameters():
            numbers = weight.detach().flatten()
            picked = numbers[:: max(1, len(numbers) // SAMPLED_NUMBERS)]
            digest.update(f"{name} {tuple(weight.shape)}".encode())
            digest.update(picked.float().cpu().numpy().tobytes())
        return digest.hexdigest()

    def normalised(self, pixels: np.ndarray, height: int, width: int) -> torch.Tensor:
        """Frames as the tower takes them, [frames, 3, height, width]. Raises ValueError for what is no picture."""
        return normalise(pixels, (height, width), self.mean, self.deviation, self.device).to(self.dtype)
