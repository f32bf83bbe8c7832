"""What memory there is for a training: of the GPU that each of its processes has, or of the machine they share."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from inference.models.profile import TrainingChoice
from inference.models.transformers_model import compute_dtype

CGROUP = Path("/sys/fs/cgroup")
ASK_GPU = "import torch; print(torch.cuda.mem_get_info()[0])"

ROWS = 512
"""Tokens multiplied together in a step, about: decides which number format is faster."""


@dataclass(frozen=True)
class Machine:
    """``free`` bytes for ``processes`` that share them; a number in the training's format has ``number_bytes``."""

    free: int
    processes: int
    on_gpu: bool
    number_bytes: int = 2

    def holds(self, needed: int) -> bool:
        """Whether every process can have so many bytes."""
        return needed * self.processes <= self.free

    def in_words(self, needed: int) -> str:
        """``8.2 GB: 2 processes of 4.1 GB``."""
        each = f"{needed / 2**30:.1f} GB"
        if self.on_gpu:
            return f"{each} on each GPU"
        return each if self.processes == 1 else f"{needed * self.processes / 2**30:.1f} GB: {self.processes} × {each}"


def find_machine(training: TrainingChoice) -> Machine:
    """Where the profile's training runs: as the profile says, else what is free here and now."""
    if training.device_memory_gb is not None:
        return Machine(int(training.device_memory_gb * 2**30), 1, on_gpu=True)
    if torch.cuda.is_available():
        # Asked in another process: in this one the question itself would take half a gigabyte of the GPU.
        return Machine(int(subprocess.check_output([sys.executable, "-c", ASK_GPU], text=True)), 1, on_gpu=True)
    return Machine(free_memory(), training.processes, on_gpu=False, number_bytes=compute_dtype("cpu", ROWS).itemsize)


def free_memory(cgroup: Path = CGROUP) -> int:
    """Bytes that can be had without swapping; in a container no more than its limit leaves (control groups, v2)."""
    available = psutil.virtual_memory().available
    try:
        limit = (cgroup / "memory.max").read_text().strip()
        used = int((cgroup / "memory.current").read_text())
        files = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())["inactive_file"]
    except (OSError, KeyError, ValueError):
        return available
    return available if limit == "max" else min(available, int(limit) - used + int(files))
