"""What in-context retrieval is measured against: every frame attends to all before it, and all are kept."""

import numpy as np
import torch

from inference.watch.attention import attend, causal_mask
from inference.watch.models import VisionLanguage
from inference.watch.rotary import rotate


class FullCache:
    """The keys and values of a whole video on the device, with room for one question and its answer."""

    def __init__(self, model: VisionLanguage, frames: int, words: int) -> None:
        self.model = model
        self.opening = model.embed_opening()
        self.places, self.rotary = model.places(self.opening.shape[1]), model.rotary()
        shape = model.block_shape()
        capacity = self.opening.shape[1] + frames * shape.tokens + words
        size = (shape.layers, 2, shape.kv_heads, capacity, shape.head_dim)
        self.kept = torch.zeros(size, dtype=shape.dtype, device=model.device)
        self.frames = self.end = 0
        self._forward(self.opening, self.places.of_opening())

    @property
    def bytes(self) -> int:
        return self.kept.nbytes

    def see_all(self, pixels: np.ndarray) -> None:
        """Take in frames, uint8, shape (count, height, width, 3)."""
        embeddings = self.model.embed_frames(pixels).flatten(0, 1)[None]
        self._forward(embeddings, self.places.of_frames(self.frames, len(pixels)))
        self.frames += len(pixels)

    def ask(self, question: str, max_new_tokens: int) -> list[int]:
        """The likeliest words, as ids; what was kept stays as it was."""
        before, words, ids = self.end, 0, []
        embeddings = self.model.embed_question(question)
        for _ in range(max_new_tokens):
            hidden = self._forward(embeddings, self.places.of_words(self.frames, words, embeddings.shape[1]))
            words += embeddings.shape[1]
            chosen = self.model.logits(hidden[:, -1]).argmax(-1)
            ids.append(int(chosen))
            embeddings = self.model.embed_ids(chosen[None])
        self.end = before
        return ids

    def read(self, question: str) -> torch.Tensor:
        """Logits of a question's tokens, shape (tokens, vocabulary)."""
        before, embeddings = self.end, self.model.embed_question(question)
        hidden = self._forward(embeddings, self.places.of_words(self.frames, 0, embeddings.shape[1]))
        self.end = before
        return self.model.logits(hidden)[0]

    def attend(self, layer: int, query, key, value, scaling: float) -> torch.Tensor:
        """See ``inference.watch.attention.Step``."""
        end = self.end + key.shape[2]
        self.kept[layer, 0, :, self.end : end] = rotate(key, self._angles)[0]
        self.kept[layer, 1, :, self.end : end] = value[0]
        keys, values = self.kept[layer, :, None, :, :end].unbind(0)
        return attend(rotate(query, self._angles), keys, values, scaling)

    def _forward(self, embeddings: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        self._angles = self.rotary.angles(places)
        hidden = self.model.hidden(embeddings, self)
        self.end += embeddings.shape[1]
        causal_mask.cache_clear()  # here no two are of one size, and all would count as memory
        return hidden
