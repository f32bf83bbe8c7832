"""Looking back: which blocks a question reads again.

Internal retrieval (ReKV, Di et al., ICLR 2025) needs no second model: each layer compares the mean of its question's
unrotated queries with the mean of each block's unrotated keys, and reads the blocks most alike. The likeness is the
cosine of each query head with the key head it shares, averaged over heads, so that a head with large biases does not
speak for all. External retrieval takes one order for all layers from an image–text encoder.
"""

from typing import Protocol

import numpy as np
import torch
from torch.nn import functional


class ImageTextEncoder(Protocol):
    """Maps pictures and questions into one space, for external retrieval."""

    name: str
    size: int

    def picture(self, pixels: np.ndarray) -> np.ndarray:
        """A vector [size] of a picture [height, width, 3], RGB 0…255."""
        ...

    def words(self, text: str) -> np.ndarray:
        """A vector [size] of a question."""
        ...


def representative(key: torch.Tensor, frames: int) -> torch.Tensor:
    """The mean unrotated key of each head, of length one: [frames, kv_heads × head_dim] of [1, kv_heads, tokens, …]."""
    means = key[0].float().unflatten(1, (frames, -1)).mean(2)
    return functional.normalize(means, dim=-1).transpose(0, 1).flatten(1)


class Representatives:
    """What every block stands for, in memory: a row for each layer and block, and the encoder's vector if there is one.

    They grow with the video (at 196 tokens a frame by half a percent of what half-precision blocks take), so they stay
    off the device.
    """

    def __init__(self, layers: int, width: int, vector_size: int) -> None:
        self.count = 0
        self._rows = torch.empty(layers, 0, width)
        self._vectors = torch.empty(0, vector_size)

    @property
    def bytes(self) -> int:
        return self.count * (self._rows.shape[0] * self._rows.shape[2] + self._vectors.shape[1]) * 4

    def add(self, rows: torch.Tensor, vectors: torch.Tensor) -> None:
        """rows: [blocks, layers, kv_heads × head_dim]; vectors: [blocks, vector_size]."""
        self._grow(self.count + len(rows))
        self._rows[:, self.count : self.count + len(rows)] = rows.transpose(0, 1).cpu()
        self._vectors[self.count : self.count + len(rows)] = vectors
        self.count += len(rows)

    def _grow(self, blocks: int) -> None:
        room = self._rows.shape[1]
        if blocks <= room:
            return
        more = max(blocks, 2 * room) - room
        self._rows = functional.pad(self._rows, (0, 0, 0, more))
        self._vectors = functional.pad(self._vectors, (0, 0, 0, more))

    def of_block(self, block: int) -> tuple[np.ndarray, np.ndarray]:
        """Rows [layers, kv_heads × head_dim] and vector [vector_size] of one block."""
        return self._rows[:, block].numpy(), self._vectors[block].numpy()

    def alike(self, layer: int, query: torch.Tensor) -> torch.Tensor:
        """How alike each block is to unrotated queries [1, heads, tokens, head_dim]: [blocks], −1…1."""
        rows = self._rows[layer, : self.count]
        heads = query.shape[1]
        means = functional.normalize(query[0].float().mean(1), dim=-1)
        shared = means.unflatten(0, (rows.shape[1] // means.shape[1], -1)).sum(1).flatten()
        return rows @ (shared / heads).cpu()

    def alike_outside(self, vector: np.ndarray) -> torch.Tensor:
        """How alike each block's picture is to a question's vector [vector_size]: [blocks], −1…1."""
        question = functional.normalize(torch.as_tensor(vector, dtype=torch.float), dim=0)
        return functional.normalize(self._vectors[: self.count], dim=-1) @ question


def best(alike: torch.Tensor, most: int) -> list[int]:
    """The `most` blocks most alike, in time order; of equals the earlier."""
    order = torch.sort(alike, descending=True, stable=True).indices[:most]
    return sorted(order.tolist())
