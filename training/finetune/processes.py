"""The processes of one training as torchrun started them, and what they tell each other."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import deepspeed
import torch
import torch.distributed as dist

T = TypeVar("T")


@dataclass(frozen=True)
class Processes:
    """This process among all: ``rank`` of ``world``, and the device it computes on."""

    rank: int
    world: int
    device: str

    @property
    def is_first(self) -> bool:
        """Whether this is the one that writes to MLflow and removes files."""
        return self.rank == 0

    def barrier(self) -> None:
        dist.barrier()

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """The values added up over all processes."""
        dist.all_reduce(values)
        return values

    def most(self, value: float) -> float:
        reduced = torch.tensor(value, dtype=torch.float64, device=self.device)
        dist.all_reduce(reduced, dist.ReduceOp.MAX)
        return reduced.item()

    def tell(self, value: T) -> T:
        """What the first process has, in all of them."""
        told = [value]
        dist.broadcast_object_list(told)
        return told[0]

    def gather(self, value: T) -> list[T]:
        """What each process has, in all of them."""
        gathered: list[T] = [value] * self.world
        dist.all_gather_object(gathered, value)
        return gathered


@contextmanager
def open_processes() -> Iterator[Processes]:
    """Join the other processes of this training, whatever machines they run on.

    When the block fails this process just ends, which ends the others: they may wait for it in vain.
    """
    on_gpu = torch.cuda.is_available()
    device = f"cuda:{os.environ['LOCAL_RANK']}" if on_gpu else "cpu"
    if on_gpu:
        torch.cuda.set_device(device)
    deepspeed.ops.__compatible_ops__ = {}  # else opening the process group compiles an operator for 100 s
    deepspeed.init_distributed("nccl" if on_gpu else "gloo", verbose=False)
    yield Processes(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]), device)
    dist.barrier()  # or who comes first takes the connection away from the others
    dist.destroy_process_group()
