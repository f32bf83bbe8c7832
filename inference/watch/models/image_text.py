"""An image–text encoder for external retrieval: SigLIP (Zhai et al. 2023)."""

from typing import Any

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from inference.watch.models.pixels import normalise


class SiglipEncoder:
    """`SiglipModel` with its tokenizer; see `inference.watch.retrieval.ImageTextEncoder`."""

    mean = deviation = (0.5, 0.5, 0.5)

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self.model: Any = model.eval()
        self.tokenizer: Any = tokenizer
        self.size = self.model.config.text_config.projection_size
        self.name = f"{self.model.config.model_type} of {self.size}"
        self.side = self.model.config.vision_config.image_size
        self.longest = self.model.config.text_config.max_position_embeddings

    def picture(self, pixels: np.ndarray) -> np.ndarray:
        """[size], of length one."""
        weight = self.model.vision_model.embeddings.patch_embedding.weight
        pictures = normalise(pixels[None], (self.side, self.side), self.mean, self.deviation, weight.device)
        with torch.no_grad():
            return _unit(self.model.get_image_features(pictures.to(weight.dtype)).pooler_output)

    def words(self, text: str) -> np.ndarray:
        """[size], of length one; a question longer than the encoder reads is cut. Padded in full, as it was trained."""
        ids = self.tokenizer(text, padding="max_length", truncation=True, max_length=self.longest, return_tensors="pt")[
            "input_ids"
        ]
        with torch.no_grad():
            return _unit(self.model.get_text_features(ids.to(self.model.device)).pooler_output)


def _unit(vectors: torch.Tensor) -> np.ndarray:
    vector = vectors[0].float().cpu()
    return (vector / vector.norm()).numpy()
