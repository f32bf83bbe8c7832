"""LLaVA-OneVision (Li et al. 2024): a SigLIP tower, frames pooled two by two, a Qwen2 language model."""

import math

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from inference.watch.models.vision_language import VisionLanguage
from inference.watch.rotary import Places


class LlavaOnevision(VisionLanguage):
    """`LlavaOnevisionForConditionalGeneration`. Frames are squeezed to the tower's square, as in its training."""

    mean = deviation = (0.5, 0.5, 0.5)
    opening_text = "<|im_start|>user "

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> None:
        super().__init__(model, tokenizer)
        vision = self.model.config.vision_config
        self.side = vision.image_size
        self.tokens_per_frame = math.ceil(vision.image_size // vision.patch_size / 2) ** 2

    def places(self, opening: int) -> Places:
        return Places.in_a_row(opening, self.tokens_per_frame)

    def embed_frames(self, pixels: np.ndarray) -> torch.Tensor:
        frames = self.normalised(pixels, self.side, self.side)
        with torch.no_grad():
            features = self.model.model.get_video_features(frames[None], return_dict=True).pooler_output
        return features[0, :-1].view(len(frames), self.tokens_per_frame, -1)

    def embed_question(self, question: str) -> torch.Tensor:
        words = self.embed_text(f"\n{question}<|im_end|><|im_start|>assistant\n")
        closing = self.model.model.image_newline.detach()[None, None].to(words)
        return torch.cat((closing, words), dim=1)
