"""Pictures as vision towers take them."""

import numpy as np
import torch
from torch.nn import functional

Channels = tuple[float, float, float]


def normalise(
    pixels: np.ndarray, size: tuple[int, int], mean: Channels, deviation: Channels, device: torch.device
) -> torch.Tensor:
    """Pictures [count, height, width, 3], RGB 0…255, resized (bicubic) and normalised: [count, 3, *size], fp32.

    Raises ValueError for other shapes and types, and for none at all.
    """
    if pixels.ndim != 4 or pixels.shape[3] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError(f"a frame is height × width × 3 of uint8, RGB; got {pixels.shape[1:]} of {pixels.dtype}")
    pictures = torch.from_numpy(np.ascontiguousarray(pixels)).to(device).permute(0, 3, 1, 2).float()
    if tuple(pictures.shape[2:]) != tuple(size):
        pictures = functional.interpolate(pictures, size, mode="bicubic", antialias=True)
    pictures = pictures.round().clamp(0, 255) / 255
    means, deviations = (pictures.new_tensor(channels)[:, None, None] for channels in (mean, deviation))
    return (pictures - means) / deviations
