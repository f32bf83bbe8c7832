"""Any task's training with something that goes wrong at a chosen moment, or with its shards counted.

    python -m tests.training.finetune.watched FOLDER MODULE TASK [RANK MOMENT]...

RANK is a number or ``all``. MOMENT says when those processes are killed as ``kill -9`` does it: a number,
before that step of this attempt, or ``event:part of a path``, when Python is about to do that to such a
file (``open``, ``os.rename``, ``shutil.rmtree``). ``small:NUMBER`` kills nobody, but from that step on the process can
write only small files, as on a disk that is full.

Each process leaves ``watched-<rank>.json`` in the folder: which engine trained, what it held, what it saw.
"""

import gc
import importlib
import json
import logging
import os
import resource
import signal
import sys
from pathlib import Path

import psutil
import torch
from deepspeed.runtime.engine import DeepSpeedEngine

from training.finetune import loop
from training.finetune.engine import count_held
from training.finetune.processes import open_processes

SMALL_BYTES = 4096


class Watch:
    """Looks at each forward pass of a training."""

    def __init__(self, work: Path, victims: str, moment: str):
        self.file = work / f"watched-{os.environ['RANK']}.json"
        self.is_victim = victims in ("all", os.environ["RANK"])
        self.victims, self.moment = victims, moment
        self.steps = 0
        self.seen: list[str] = []
        self.held: dict = {}
        event, _, part = moment.partition(":")
        if self.is_victim and part and event != "small":
            sys.addaudithook(lambda name, values: self.die_at(name, values) if name == event else None)
        self.part = part

    def die_at(self, name, values):
        writes = name != "open" or (isinstance(values[1], str) and "w" in values[1])
        if writes and self.part in str(values[0]):
            self.die()

    def die(self):
        if self.victims == "all":
            launcher = psutil.Process(os.getppid())
            for process in (launcher, *launcher.children(recursive=True)):
                if process.pid != os.getpid():
                    process.kill()
        os.kill(os.getpid(), signal.SIGKILL)

    def look(self, batch):
        """Before each forward pass of a step of training."""
        self.steps += 1
        self.seen += [json.dumps(row) for row in batch["input_ids"].tolist()]
        if self.is_victim and self.moment == str(self.steps):
            self.die()
        if self.is_victim and self.moment == f"small:{self.steps}":
            resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL_BYTES, SMALL_BYTES))
        if self.steps == 2 and not self.held:  # the optimizer has its state after the first step
            (engine,) = (each for each in gc.get_objects() if type(each) is DeepSpeedEngine)
            self.held = {
                "engine": type(engine).__name__,
                "stage": engine.zero_optimization_stage(),
                "processes": engine.dp_world_size,
                "trained": sum(getattr(p, "ds_numel", p.numel()) for p in engine.parameters() if p.requires_grad),
                "weights": sum(getattr(p, "ds_numel", p.numel()) for p in engine.parameters()),
                "held": dict(count_held(engine)),
            }

    def write(self):
        self.file.write_text(json.dumps({**self.held, "seen": self.seen}))


def watched(task_type: type, watch: Watch) -> type:
    class Watched(task_type):
        def compute_token_losses(self, model, batch):
            if torch.is_grad_enabled():
                watch.look(batch)
            return super().compute_token_losses(model, batch)

    return Watched


if __name__ == "__main__":
    work, module, name, victims, moment = (*sys.argv[1:], "none", "never")[:5]
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    watch = Watch(Path(work), victims, moment)
    with open_processes() as here:
        loop.train(watched(getattr(importlib.import_module(module), name), watch)(), Path(work), here)
    watch.write()
