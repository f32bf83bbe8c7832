"""How large a picture may be for a vision-language model: the same rule in training and in serving."""

import math
from dataclasses import dataclass

import numpy as np

MOST_ELONGATED = 200


@dataclass(frozen=True)
class PixelLimits:
    """Least and most pixels of a picture whose sides are multiples of ``multiple``.

    Qwen2.5-VL reads patches of 14 pixels and merges 2 × 2 of them into one token: 28. A picture of
    these sizes goes through the model's own image processor unchanged, if that is given the same limits.
    """

    least: int
    most: int
    multiple: int = 28

    def __post_init__(self) -> None:
        if not self.multiple**2 <= self.least <= self.most:
            raise ValueError(f"pixel limits must rise from {self.multiple}² = {self.multiple**2}: {self}")

    def size_of(self, height: int, width: int) -> tuple[int, int]:
        """Height and width nearest to the picture's own that keep to the limits; the shape is kept to a few percent.

        Raises ``ValueError`` for a picture more than ``MOST_ELONGATED`` times as long as it is wide, as the
        model's own processor does (Bai et al., *Qwen2.5-VL Technical Report*, 2025, arXiv:2502.13923).
        """
        if max(height, width) > MOST_ELONGATED * min(height, width):
            raise ValueError(f"{width} × {height} pixels: more than {MOST_ELONGATED} times as long as wide")
        rows, columns = (round(side / self.multiple) for side in (height, width))
        if rows * columns * self.multiple**2 > self.most:
            shrink = math.sqrt(height * width / self.most)
            rows, columns = (max(1, math.floor(side / shrink / self.multiple)) for side in (height, width))
        elif rows * columns * self.multiple**2 < self.least:
            grow = math.sqrt(self.least / (height * width))
            rows, columns = (math.ceil(side * grow / self.multiple) for side in (height, width))
        return rows * self.multiple, columns * self.multiple

    def fit(self, image: np.ndarray) -> np.ndarray:
        """An RGB picture (height × width × 3, uint8) in the size of ``size_of``; raises what that raises."""
        from PIL import Image

        height, width = self.size_of(*image.shape[:2])
        if (height, width) == image.shape[:2]:
            return image
        return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BICUBIC))
