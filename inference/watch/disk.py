"""Blocks on disk: two append-only files of fixed records, memory-mapped to be read, and truncated to what was saved.

`blocks.bin` holds a record for each frame: its unrotated keys and values, layer after layer, and nothing else.
`index.bin` holds the frame's time, a checksum of each layer of its block, what the block stands for, and a checksum of
that. A process that dies while it writes leaves a torn record behind the last saved one; opening cuts it off.
"""

import errno
import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from inference.watch.budgets import DamagedSession, NoRoom
from inference.watch.shape import BlockShape

DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Entry:
    """What the index says of a block.

    representative: [layers, kv_heads × head_dim]. vector: [vector_size], of an image–text encoder.
    """

    time_s: float
    representative: np.ndarray
    vector: np.ndarray


class BlockFile:
    """entry: gives the index's entry of a block by its number. budget: most bytes that `blocks.bin` may have."""

    def __init__(
        self, folder: Path, shape: BlockShape, vector_size: int, budget: int, entry: Callable[[int], Entry]
    ) -> None:
        self.shape, self.budget, self.entry = shape, budget, entry
        self.blocks, self.index = folder / "blocks.bin", folder / "index.bin"
        width = shape.kv_heads * shape.head_dim
        self.record = np.dtype(
            [
                ("time_s", "<f8"),
                ("layer_sums", "<u4", (shape.layers,)),
                ("representative", "<f4", (shape.layers, width)),
                ("vector", "<f4", (vector_size,)),
                ("sum", "<u4"),
            ]
        )
        self.count = 0
        self._sums = np.empty((0, shape.layers), "<u4")
        self._unchecked = np.empty((0, shape.layers), bool)
        self._mapped: np.memmap | None = None

    def create(self) -> None:
        for path in (self.blocks, self.index):
            path.write_bytes(b"")

    def open(self, count: int) -> list[Entry]:
        """Cuts both files off after `count` blocks and reads the index. Raises `DamagedSession`."""
        for path, size in ((self.blocks, self.shape.bytes), (self.index, self.record.itemsize)):
            if not path.is_file() or path.stat().st_size < count * size:
                raise DamagedSession(
                    f"{path} is shorter than the {count} blocks that were saved; watch the video again"
                )
            os.truncate(path, count * size)
        records = np.fromfile(self.index, self.record, count)
        for number, record in enumerate(records):
            if _sum(record.tobytes()[:-4]) != record["sum"]:
                raise DamagedSession(f"{self.index}: the entry of block {number} is damaged; watch the video again")
        self.count, self._sums = count, records["layer_sums"].copy()
        self._unchecked = np.ones((count, self.shape.layers), bool)
        return [Entry(float(one["time_s"]), one["representative"], one["vector"]) for one in records]

    def append(self, block: torch.Tensor) -> None:
        """Writes the next block. Raises `NoRoom` when budget or disk are full; the files are then as before."""
        if (self.count + 1) * self.shape.bytes > self.budget:
            raise NoRoom(
                f"disk_bytes={self.budget} are used up by {self.count} blocks of {self.shape.bytes} bytes; "
                "what was seen stays answerable, give a larger budget to see more"
            )
        layers = bytes_of(block)
        sums = np.array([_sum(layer) for layer in layers], "<u4")
        try:
            self._write(self.blocks, layers.tobytes(), self.count * self.shape.bytes)
            self._write(self.index, self._index_record(sums), self.count * self.record.itemsize)
        except OSError as error:
            self._cut()
            if error.errno not in DISK_IS_FULL:
                raise
            raise NoRoom(
                f"the disk of {self.blocks} is full after {self.count} blocks; what was seen stays answerable, "
                f"make {self.shape.bytes + self.record.itemsize} bytes free for each frame to see more"
            ) from error
        self._sums = np.concatenate((self._sums, sums[None]))
        self.count += 1

    def sync(self) -> None:
        """Returns when both files are on the medium."""
        for path in (self.blocks, self.index):
            with path.open("rb") as file:
                os.fsync(file.fileno())

    def read(self, number: int) -> torch.Tensor:
        """A block, [layers, 2, kv_heads, tokens, head_dim]. Raises `DamagedSession`."""
        return torch.stack([self.read_layer(number, layer) for layer in range(self.shape.layers)])

    def read_layer(self, number: int, layer: int) -> torch.Tensor:
        """One layer of a block, [2, kv_heads, tokens, head_dim], checked once. Raises `DamagedSession`."""
        record = np.array(self._map()[number, layer])
        if number < len(self._unchecked) and self._unchecked[number, layer]:
            if _sum(record) != self._sums[number, layer]:
                raise DamagedSession(
                    f"{self.blocks}: block {number} is damaged in layer {layer}; watch the video again"
                )
            self._unchecked[number, layer] = False
        return torch.from_numpy(record).view(self.shape.dtype).view(self.shape.size[1:])

    def _map(self) -> np.memmap:
        if self._mapped is None or len(self._mapped) != self.count:
            size = (self.count, self.shape.layers, self.shape.bytes // self.shape.layers)
            self._mapped = np.memmap(self.blocks, np.uint8, "r", shape=size)
        return self._mapped

    def _index_record(self, sums: np.ndarray) -> bytes:
        entry = self.entry(self.count)
        record = np.zeros((), self.record)
        record["time_s"], record["layer_sums"] = entry.time_s, sums
        record["representative"], record["vector"] = entry.representative, entry.vector
        record["sum"] = _sum(record.tobytes()[:-4])
        return record.tobytes()

    def _write(self, path: Path, content: bytes, size_before: int) -> None:
        with path.open("r+b", buffering=0) as file:
            file.seek(size_before)
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]

    def _cut(self) -> None:
        os.truncate(self.blocks, self.count * self.shape.bytes)
        os.truncate(self.index, self.count * self.record.itemsize)


def bytes_of(block: torch.Tensor) -> np.ndarray:
    """The bytes of a block, one row for each layer."""
    return block.cpu().contiguous().flatten(1).view(torch.uint8).numpy()


def from_bytes(content: bytes, dtype: torch.dtype, size: tuple[int, ...]) -> torch.Tensor:
    """The tensor whose bytes these are."""
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).view(dtype).view(size)


def _sum(content: Any) -> int:
    """Checksum of bytes or of an array's bytes."""
    return zlib.crc32(content)
