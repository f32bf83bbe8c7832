"""Checkpoints that a crash, a flipped bit and a full disk do not spoil.

A checkpoint is written into a folder named ``partial``, gets a manifest with the digest of every
file, and is then renamed: it is there whole or not at all. The newest whose files still have these
digests is gone on from. Two are kept, each with the weights that were the best when it was written.
Room is looked for before writing; what cannot be written is taken away again, so that the disk has
some left to say so.
"""

import errno
import hashlib
import io
import json
import logging
import os
import shutil
from pathlib import Path
from typing import Any

import torch
from deepspeed.runtime.checkpoint_engine.checkpoint_engine import CheckpointCommitInfo, CheckpointEngine

from training.finetune.engine import gathered
from training.finetune.processes import Processes
from training.finetune.weights import save_trained

log = logging.getLogger("finetune")

KEPT = 2
MANIFEST = "manifest.json"
PARTIAL = "partial"
BROKEN = "broken"
BEST = "best.safetensors"

RESERVE_BYTES = 64 * 2**20
"""Left free for what else is written while a training runs: logs, and MLflow's database beside it."""

ADAM_BYTES = 12
"""Of each trained weight: a copy of it and two moments, four bytes each. The weight itself comes on top."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DiskFull(Exception):
    """There is no room for a checkpoint. The message says how much is missing where; the last one is intact."""


class Checkpoints:
    """Those of one engine, in a folder that all processes share. Every process makes the same calls."""

    def __init__(self, folder: Path, engine: Any, here: Processes):
        self._folder, self._engine, self._here = folder, engine, here
        self.best = folder / BEST
        self._files = _Files()
        engine.checkpoint_engine = self._files
        if here.is_first:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder / PARTIAL, ignore_errors=True)  # of a training that was killed while it wrote
        here.barrier()

    def resume(self) -> dict[str, Any] | None:
        """Bring the engine to the newest intact checkpoint and return the state saved with it, None without one."""
        name = self._here.tell(self._find_intact() if self._here.is_first else None)
        if name is None:
            return None
        # Not strict: the frozen weights are not in it.
        _, state = self._engine.load_checkpoint(str(self._folder), name, load_module_strict=False)
        return state["ours"]

    def save(self, state: dict[str, Any]) -> None:
        """Write a checkpoint with plain values beside it. Raises ``DiskFull`` in every process when one has no room."""
        step = self._engine.global_steps
        self._look_for_room(f"the checkpoint of step {step}")
        # Only what is trained: the base weights lie on the shelf.
        self._engine.save_checkpoint(
            str(self._folder), PARTIAL, {"ours": state}, save_latest=False, exclude_frozen_parameters=True
        )
        digests = self._agree(f"the checkpoint of step {step}", self._files.error, self._files.digests)
        if self._here.is_first:
            self._complete(f"step-{step:06}", {name: digest for each in digests for name, digest in each.items()})
        self._here.barrier()

    def save_best(self) -> None:
        """Write the weights as they are now to ``best``. Raises ``DiskFull`` in every process without room."""
        error = None
        with gathered(self._engine):
            if self._here.is_first:
                try:
                    save_trained(self._engine.module.model, self.best)
                except OSError as failed:
                    error = failed
        self._agree(f"the weights of step {self._engine.global_steps}", error, None)

    def _find_intact(self) -> str | None:
        """The newest intact checkpoint, its best weights put back; what is not whole is set aside."""
        self.best.unlink(missing_ok=True)
        for folder in sorted(self._folder.glob("step-*"), reverse=True):
            if fault := _find_fault(folder):
                log.warning("%s is not whole (%s); looking for the one before", folder, fault)
                shutil.rmtree(self._folder / BROKEN, ignore_errors=True)
                folder.rename(self._folder / BROKEN)
            else:
                if (folder / BEST).exists():
                    _link(folder / BEST, self.best)
                return folder.name
        return None

    def _look_for_room(self, what: str) -> None:
        needed, free = self._needed_bytes(), shutil.disk_usage(self._folder).free
        if self._here.tell(needed > free):
            raise DiskFull(
                f"no room for {what}: {_mb(needed - free)} are missing at {self._folder}, which has {_mb(free)} left "
                f"({_mb(RESERVE_BYTES)} stay free for other things). {self._advice()}"
            )

    def _needed_bytes(self) -> int:
        weights = [weight for weight in self._engine.module.parameters() if weight.requires_grad]
        counted = sum(getattr(weight, "ds_numel", weight.numel()) for weight in weights)
        return counted * (weights[0].element_size() + ADAM_BYTES) + RESERVE_BYTES

    def _agree(self, what: str, error: OSError | None, value: Any) -> list[Any]:
        """Each process's value; or the same error in all of them when one could not write."""
        if error and error.errno not in NO_ROOM:
            raise error
        told = self._here.gather((str(error) if error else "", value))
        faults = [fault for fault, _ in told if fault]
        if not faults:
            return [each for _, each in told]
        if self._here.is_first:
            shutil.rmtree(self._folder / PARTIAL, ignore_errors=True)
        self._here.barrier()
        needed, free = self._needed_bytes(), shutil.disk_usage(self._folder).free
        raise DiskFull(
            f"no room for {what} at {self._folder}: {faults[0]}. It has {_mb(free)} left, {_mb(needed)} are needed, "
            f"{_mb(max(0, needed - free))} are missing. {self._advice()}"
        )

    def _advice(self) -> str:
        kept = sorted(self._folder.glob("step-*"))
        going_on = f"goes on from {kept[-1].name}" if kept else "begins anew"
        return f"Make room and start the training again: it {going_on}."

    def _complete(self, name: str, digests: dict[str, str]) -> None:
        partial = self._folder / PARTIAL
        if self.best.exists():
            _link(self.best, partial / BEST)
            digests |= {BEST: _digest(partial / BEST)}
        (partial / MANIFEST).write_text(json.dumps(digests, indent=1))
        partial.rename(self._folder / name)
        for old in sorted(self._folder.glob("step-*"))[:-KEPT]:
            shutil.rmtree(old)


class _Files(CheckpointEngine):
    """How DeepSpeed's engine writes and reads its files.

    A file that cannot be written is remembered, not raised: DeepSpeed's other processes would wait
    for this one for ever.
    """

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def create(self, info: CheckpointCommitInfo) -> None:
        self._forget()

    def save(self, state_dict: Any, path: str) -> None:
        if self.error:
            return
        buffer = io.BytesIO()  # torch's own writer turns a full disk into an error without a number
        torch.save(state_dict, buffer)
        content = buffer.getbuffer()
        try:
            with open(path, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            self.digests[Path(path).name] = hashlib.sha256(content).hexdigest()
        except OSError as error:
            self.error = error
            Path(path).unlink(missing_ok=True)

    def load(self, path: str, map_location: Any = None) -> Any:
        return torch.load(path, map_location=map_location, weights_only=False)  # our own file, its digest checked

    def commit(self, info: CheckpointCommitInfo) -> bool:
        return True

    def _forget(self) -> None:
        self.digests: dict[str, str] = {}
        self.error: OSError | None = None


def _find_fault(folder: Path) -> str:
    """What is wrong with a checkpoint, empty if nothing."""
    try:
        digests = json.loads((folder / MANIFEST).read_text())
        wrong = [name for name, digest in digests.items() if _digest(folder / name) != digest]
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return f"{wrong[0]} was changed" if wrong else ""


def _link(source: Path, target: Path) -> None:
    """A second name for the same bytes; a copy where the file system knows no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mb(size: int) -> str:
    return f"{size / 2**20:.1f} MB"
