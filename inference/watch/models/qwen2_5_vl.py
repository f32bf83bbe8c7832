"""Qwen2.5-VL (Bai et al. 2025): a tower for any frame size, and places of three parts (time, height, width)."""

import numpy as np
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from inference.watch.models.vision_language import VisionLanguage
from inference.watch.rotary import Places

FRAME = (252, 448)
"""Height and width that frames are resized to unless told otherwise: 144 tokens of a 16:9 video."""


class Qwen25VL(VisionLanguage):
    """`Qwen2_5_VLForConditionalGeneration`. A frame stands for a whole temporal patch, as a still picture does.

    frame: height and width in pixels, multiples of a merged patch (28). seconds_per_frame: how far apart frames are
    shown to the model to be; retrieved frames keep this distance to each other. Words after the video stand past its
    last frame, as in the model's training (transformers 5 puts them by the grid alone; both agree while the video has
    no more steps than the grid has rows or columns).
    """

    mean = (0.48145466, 0.4578275, 0.40821073)
    deviation = (0.26862954, 0.26130258, 0.27577711)
    opening_text = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|>"

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        frame: tuple[int, int] = FRAME,
        seconds_per_frame: float = 1,
    ) -> None:
        super().__init__(model, tokenizer)
        vision = self.model.config.vision_config
        merged = vision.patch_size * vision.spatial_merge_size
        if not all(side > 0 and side % merged == 0 for side in frame):
            raise ValueError(f"a frame of {frame[0]} × {frame[1]} pixels does not divide into patches of {merged}")
        self.frame = frame
        self.rows, self.columns = (side // merged for side in frame)
        self.interval = max(1, round(vision.tokens_per_second * seconds_per_frame))
        self.tokens_per_frame = self.rows * self.columns

    def places(self, opening: int) -> Places:
        return Places.on_a_grid(opening, self.rows, self.columns, self.interval)

    def embed_frames(self, pixels: np.ndarray) -> torch.Tensor:
        patches = self._patches(self.normalised(pixels, *self.frame))
        merge = self.model.config.vision_config.spatial_merge_size
        grid = torch.tensor([[1, self.rows * merge, self.columns * merge]] * len(pixels), device=self.device)
        with torch.no_grad():
            features = self.model.model.get_image_features(patches, image_grid_thw=grid, return_dict=True).pooler_output
        return torch.stack(list(features))

    def embed_question(self, question: str) -> torch.Tensor:
        return self.embed_text(f"<|vision_end|>{question}<|im_end|>\n<|im_start|>assistant\n")

    def _patches(self, frames: torch.Tensor) -> torch.Tensor:
        """The tower's patches, those of a merged patch together: [frames × patches, 3 × times × patch × patch]."""
        vision = self.model.config.vision_config
        patch, merge, times = vision.patch_size, vision.spatial_merge_size, vision.temporal_patch_size
        split = frames.reshape(len(frames), 3, self.rows, merge, patch, self.columns, merge, patch)
        ordered = split.permute(0, 2, 5, 3, 6, 1, 4, 7)[:, :, :, :, :, :, None]
        return ordered.expand(-1, -1, -1, -1, -1, -1, times, -1, -1).reshape(-1, 3 * times * patch * patch)
