"""The sliding window: rotated keys, and values, of the newest frames, one after the other on the device.

Frames are written behind each other; when the strip is full, the window moves back to its front. A key is rotated once,
for the place in the stream where it stays.
"""

import torch

from inference.watch.shape import BlockShape

SPARE_SHARE = 4
"""The strip is longer than the window by a quarter of it: moving then costs four frames' worth of copying a frame."""


class Window:
    """frames: how many frames attend to each other, the newest included. chunk: most frames encoded in one forward."""

    def __init__(self, shape: BlockShape, frames: int, chunk: int, device: torch.device) -> None:
        self.shape, self.frames, self.chunk = shape, frames, chunk
        capacity = self._capacity(frames, chunk) * shape.tokens
        size = (shape.layers, 2, shape.kv_heads, capacity, shape.head_dim)
        self.strip = torch.zeros(size, dtype=shape.dtype, device=device)
        self.start = self.end = 0
        self.first_frame = 0

    @staticmethod
    def bytes_needed(shape: BlockShape, frames: int, chunk: int) -> int:
        return Window._capacity(frames, chunk) * shape.bytes

    @staticmethod
    def _capacity(frames: int, chunk: int) -> int:
        return frames - 1 + max(chunk, frames // SPARE_SHARE)

    @property
    def bytes(self) -> int:
        return self.strip.nbytes

    @property
    def kept_frames(self) -> int:
        return (self.end - self.start) // self.shape.tokens

    def make_room(self, frames: int) -> None:
        """Moves the window to the front when `frames` more would not fit behind it."""
        if self.end + frames * self.shape.tokens <= self.strip.shape[3]:
            return
        kept = self.strip[:, :, :, self.start : self.end].clone()
        self.start, self.end = 0, kept.shape[3]
        self.strip[:, :, :, : self.end] = kept

    def write(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Lays rotated keys and values of new frames behind the window; those of the window and the new ones.

        Nothing counts as kept before `keep`: a forward that fails half way leaves the window as it was.
        """
        until = self.end + keys.shape[2]
        self.strip[layer, 0, :, self.end : until] = keys[0]
        self.strip[layer, 1, :, self.end : until] = values[0]
        return self._slice(layer, until)

    def keep(self, frames: int) -> None:
        """Counts `frames` frames written last as seen, and forgets those that no later frame will see."""
        self.end += frames * self.shape.tokens
        leaving = max(0, self.kept_frames - (self.frames - 1))
        self.start += leaving * self.shape.tokens
        self.first_frame += leaving

    def local(self, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Rotated keys and values of the kept frames, each [1, kv_heads, tokens, head_dim]."""
        return self._slice(layer, self.end)

    def _slice(self, layer: int, until: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.strip[layer, 0:1, :, self.start : until], self.strip[layer, 1:2, :, self.start : until]
