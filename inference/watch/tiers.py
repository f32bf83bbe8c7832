"""Where blocks live: the newest on the device, older ones in memory, the oldest on disk, each within its budget.

A block lives in one tier only and moves down when a newer one needs its place. Moving happens before a frame is
encoded, so that a full tier or disk refuses the frame and loses nothing.
"""

import torch

from inference.watch.disk import BlockFile
from inference.watch.shape import BlockShape

SLAB_BYTES = 1 << 28
"""Blocks are kept in slabs of at most 256 MiB: page-locked memory is costly to get, and rounded to powers of two."""


class Pool:
    """Blocks in a row of numbers, in slabs that are used again when the oldest block leaves."""

    def __init__(self, shape: BlockShape, capacity: int, device: torch.device, pinned: bool) -> None:
        self.shape, self.capacity, self.device, self.pinned = shape, capacity, device, pinned
        self.slab_blocks = max(1, min(capacity, SLAB_BYTES // shape.bytes))
        self.slabs: dict[int, torch.Tensor] = {}
        self.first = self.end = 0

    @property
    def count(self) -> int:
        return self.end - self.first

    @property
    def bytes(self) -> int:
        return self.count * self.shape.bytes

    def start_at(self, block: int) -> None:
        self.first = self.end = block

    def put(self, block: torch.Tensor) -> None:
        slab, place = self._place(self.end)
        if slab not in self.slabs:
            size = (self.slab_blocks, *self.shape.size)
            self.slabs[slab] = torch.empty(size, dtype=self.shape.dtype, device=self.device, pin_memory=self.pinned)
        self.slabs[slab][place].copy_(block, non_blocking=self.pinned)
        self.end += 1

    def view(self, number: int) -> torch.Tensor:
        """Unrotated keys and values of block `number`, [layers, 2, kv_heads, tokens, head_dim]."""
        slab, place = self._place(number)
        return self.slabs[slab][place]

    def drop_oldest(self) -> None:
        self.first += 1

    def _place(self, number: int) -> tuple[int, int]:
        return divmod(number % (-(-self.capacity // self.slab_blocks) * self.slab_blocks), self.slab_blocks)


class Tiers:
    """device_bytes: what the window and the questions leave of the device's budget."""

    def __init__(
        self, shape: BlockShape, device_bytes: int, memory_bytes: int, device: torch.device, file: BlockFile
    ) -> None:
        self.shape, self.device, self.file = shape, device, file
        self.on_device = Pool(shape, device_bytes // shape.bytes, device, pinned=False)
        self.in_memory = Pool(shape, memory_bytes // shape.bytes, torch.device("cpu"), pinned=device.type == "cuda")
        self._pools = [pool for pool in (self.on_device, self.in_memory) if pool.capacity]

    @property
    def count(self) -> int:
        return self._pools[0].end

    @property
    def on_disk(self) -> int:
        """Blocks that live on disk only; the file may hold copies of others besides."""
        return self._pools[-1].first

    @property
    def most_at_once(self) -> int:
        return self._pools[0].capacity

    def start_at(self, block: int) -> None:
        """Counts blocks 0 … block − 1 as on disk."""
        for pool in self._pools:
            pool.start_at(block)

    def make_room(self, blocks: int, level: int = 0) -> None:
        """Moves the oldest blocks down until `blocks` more fit. Raises `NoRoom`; no block is lost then."""
        pool = self._pools[level]
        while pool.count + blocks > pool.capacity:
            self._move_down(level)

    def add(self, blocks: list[torch.Tensor]) -> None:
        """Takes in blocks for which `make_room` has made room."""
        for block in blocks:
            self._pools[0].put(block)

    def settle(self) -> None:
        """Returns when copies under way from the device have arrived; before that only the device may read them."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def block(self, number: int) -> torch.Tensor:
        """[layers, 2, kv_heads, tokens, head_dim], on the tier where it lives."""
        for pool in self._pools:
            if number >= pool.first:
                return pool.view(number)
        return self.file.read(number)

    def read(self, layer: int, numbers: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """Unrotated keys and values of one layer, each [1, kv_heads, blocks × tokens, head_dim], on the device."""
        _, _, heads, tokens, head_dim = self.shape.size
        size = (2, heads, len(numbers), tokens, head_dim)
        gathered = torch.empty(size, dtype=self.shape.dtype, device=self.device)
        for place, number in enumerate(numbers):
            gathered[:, :, place].copy_(self._layer(layer, number), non_blocking=True)
        keys, values = gathered.flatten(2, 3).unbind(0)
        return keys[None], values[None]

    def _layer(self, layer: int, number: int) -> torch.Tensor:
        if number < self.on_disk:
            return self.file.read_layer(number, layer)
        return self.block(number)[layer]

    def _move_down(self, level: int) -> None:
        pool = self._pools[level]
        if level + 1 < len(self._pools):
            self.make_room(1, level + 1)
            self._pools[level + 1].put(pool.view(pool.first))
        elif self.file.count == pool.first:
            self.settle()
            self.file.append(pool.view(pool.first))
        pool.drop_oldest()
