"""What is measured between two reports, added up over steps and processes."""

import resource
import time
from collections.abc import Mapping

import torch

from training.finetune.processes import Processes


class Meter:
    """Means of what a stage computes, each batch by its weight, and how fast it went."""

    def __init__(self, here: Processes):
        self._here = here
        self.reset()

    def reset(self) -> None:
        self._sums: dict[str, torch.Tensor] = {}
        self._weight = 0
        self._tokens = 0
        self._began = time.perf_counter()

    def add(self, computed: Mapping[str, torch.Tensor], weight: int, tokens: int) -> None:
        """One batch: its means, the weight they are means over, and its tokens without padding."""
        for name, value in computed.items():
            self._sums[name] = self._sums.get(name, 0) + value.detach().double() * weight
        self._weight += weight
        self._tokens += tokens

    def means(self) -> dict[str, float]:
        """Over all batches of all processes since the last reset; every process must ask."""
        weight = torch.tensor(float(self._weight), dtype=torch.float64, device=self._here.device)
        total, *sums = self._here.sum(torch.stack([weight, *self._sums.values()])).tolist()
        return {name: value / total for name, value in zip(self._sums, sums, strict=True)}

    def tokens_per_second(self) -> float:
        """Of all processes together; every process must ask."""
        speed = self._tokens / (time.perf_counter() - self._began)
        return self._here.sum(torch.tensor(speed, dtype=torch.float64, device=self._here.device)).item()

    def peak_memory_gb(self) -> float:
        """The most that any process held so far, in GiB: of its GPU's memory, on a CPU resident."""
        if self._here.device == "cpu":
            held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        else:
            held = torch.cuda.max_memory_allocated() / 2**30
        return self._here.most(held)
