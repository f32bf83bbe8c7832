"""The shape of one block: the keys and values of one frame in every layer."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class BlockShape:
    """layers × (keys, values) × kv_heads × tokens × head_dim numbers of `dtype`."""

    layers: int
    kv_heads: int
    tokens: int
    head_dim: int
    dtype: torch.dtype

    @property
    def size(self) -> tuple[int, int, int, int, int]:
        return (self.layers, 2, self.kv_heads, self.tokens, self.head_dim)

    @property
    def token_bytes(self) -> int:
        """Bytes of the keys and values of one token, all layers together."""
        return self.layers * self.kv_heads * self.head_dim * 2 * self.dtype.itemsize

    @property
    def bytes(self) -> int:
        return self.token_bytes * self.tokens
