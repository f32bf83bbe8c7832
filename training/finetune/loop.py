"""The training loop, run in every process: ``python -m training.<model>.task FOLDER``.

It goes on from the newest checkpoint, and ends as an uninterrupted training would: the order of the
data, the random numbers of each step and the patience of early stopping all follow from recipe and
step. Every token that is scored counts the same in its step, however the examples are dealt out to
micro-batches and processes. Rank 0 alone speaks to MLflow.
"""

import gc
import logging
import math
import shutil
import signal
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from inference.models.transformers_model import compute_dtype
from training.finetune import record
from training.finetune.batches import Row, Step, plan_steps, plan_validation
from training.finetune.checkpoints import Checkpoints
from training.finetune.early_stopping import Progress
from training.finetune.engine import start_engine
from training.finetune.examples import encode
from training.finetune.job import ADAPTER_FOLDER, Job, Result, finish
from training.finetune.machine import ROWS
from training.finetune.meter import Meter
from training.finetune.preference import following_stage, tags_of
from training.finetune.processes import Processes, open_processes
from training.finetune.stage import Stage, supervised
from training.finetune.task import BadExample, Task
from training.finetune.weights import file_of, load_trained
from training.tracking import Run

log = logging.getLogger("finetune")

LOG_EVERY = 5
"""Steps between two lines of progress and points in MLflow; the first and the last are told as well."""

DTYPE_FILE = "compute_dtype"


class Diverged(Exception):
    """The loss is no number any more."""


def main(task: Task) -> None:
    """Train what lies in the folder named on the command line."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("DeepSpeed").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that MLflow hears of it
    with open_processes() as here:
        train(task, Path(sys.argv[1]), here)


def train(task: Task, work: Path, here: Processes) -> None:
    """Train, or go on with it; leaves ``adapter`` in the folder, a registered version and ``result.json``."""
    job: Job[Any] = Job.read(work, task.recipe_type)
    dtype = _settle_dtype(work, here)
    with record.training_run(task, job, work, here.world, dtype) if here.is_first else nullcontext() as run:
        last = None
        for stage in _stages(task, job, work):
            if not here.tell(file_of(work, stage.name).exists()):
                train_stage(stage, work, here, dtype, run)
            last = stage
        if run and last:
            _hand_over(task, job, work, last, dtype, run)


def train_stage(stage: Stage, work: Path, here: Processes, dtype: torch.dtype, run: Run | None) -> None:
    """Train one stage to its end; leaves its best weights in the folder."""
    examples = _Examples(stage, here)
    plan = plan_steps(examples.lengths, stage.recipe, here.world)
    engine = start_engine(stage, len(plan), here, dtype)
    # A checkpoint of other processes or another number format cannot be loaded.
    folder = work / f"checkpoints-{stage.name}-{here.world}-{str(dtype).removeprefix('torch.')}"
    training = _Training(stage, examples, plan, engine, here, Checkpoints(folder, engine, here), run)
    training.run_to_end(file_of(work, stage.name))
    engine.destroy()
    del engine, training
    gc.collect()
    torch.cuda.empty_cache()


class _Examples:
    """The usable rows of a stage, encoded when they are needed."""

    def __init__(self, stage: Stage, here: Processes):
        self._stage, self._here = stage, here
        self._rows, self.lengths = self._usable(stage.rows)
        self._validation_rows, self.validation_lengths = self._usable(stage.validation_rows)
        if not self._rows:
            raise ValueError(f"no row of the stage {stage.name} can be trained on; see the lines above")

    def batch(self, rows: Iterable[Row], epoch: int, validation: bool = False) -> tuple[dict, int, int]:
        """A batch with its weight and the number of its tokens."""
        source = self._validation_rows if validation else self._rows
        encoded = [[self._stage.encoder.encode(source[index], epoch) for index in row] for row in rows]
        flat = [example for row in encoded for example in row]
        weight, tokens = sum(each.weight for each in flat), sum(len(each.ids) for each in flat)
        return self._stage.encoder.collate(encoded, self._here.device), weight, tokens

    def _usable(self, rows: Iterable[Any]) -> tuple[list[Any], list[int]]:
        kept, lengths = [], []
        for row in rows:
            try:
                lengths.append(len(encode(self._stage.encoder, row, self._stage.recipe.max_tokens).ids))
                kept.append(row)
            except BadExample as fault:
                if self._here.is_first:
                    log.warning("%s is left out: %s", row.get("example_id", row), fault)
        return kept, lengths


class _Training:
    """One stage from its newest checkpoint to its end."""

    def __init__(
        self,
        stage: Stage,
        examples: _Examples,
        plan: list[Step],
        engine: Any,
        here: Processes,
        checkpoints: Checkpoints,
        run: Run | None,
    ):
        self._stage, self._recipe, self._examples, self._plan = stage, stage.recipe, examples, plan
        self._engine, self._here, self._checkpoints = engine, here, checkpoints
        self._validation = plan_validation(examples.validation_lengths, stage.recipe.batch_size, here.world)
        self._curves = record.Curves(stage, run) if run else None
        self._meter = Meter(here)
        self._progress = Progress()
        self._rate = 0.0

    def run_to_end(self, result: Path) -> None:
        self._resume()
        steps = len(self._plan)
        self._meter.reset()
        while self._engine.global_steps < steps and not self._progress.is_over(self._recipe.patience):
            self._run_step(self._plan[self._engine.global_steps])
            step = self._engine.global_steps
            if step % LOG_EVERY == 0 or step in (1, steps):
                self._report(step)
            if step % self._recipe.evaluate_every == 0 or step == steps:
                self._validate(step)
            if step % self._recipe.checkpoint_every == 0 and step < steps:
                self._checkpoints.save({"progress": asdict(self._progress)})
                self._meter.reset()
        self._keep(result)

    def _resume(self) -> None:
        if state := self._checkpoints.resume():
            self._progress = Progress(**state["progress"])
            self._say("going on after step %d of %d", self._engine.global_steps, len(self._plan))
        else:
            self._validate(0)

    def _run_step(self, step: Step) -> None:
        self._engine.train()
        self._rate = self._engine.get_lr()[0]
        world, rank, number = self._here.world, self._here.rank, self._engine.global_steps
        torch.manual_seed((self._recipe.seed * 1_000_003 + number) * world + rank)
        batches = [(*self._examples.batch(rows, step.epoch), counts) for rows, counts in step.share_of(rank, world)]
        weights = [weight if counts else 0 for _, weight, _, counts in batches]
        total = self._here.sum(torch.tensor(sum(weights), device=self._here.device)).item()
        for (batch, _, tokens, counts), weight in zip(batches, weights, strict=True):
            computed = self._engine(**batch)
            # The engine takes the mean over micro-batches and processes; this makes it one over all tokens.
            self._engine.backward(computed["loss"] * (weight * world * len(batches) / total))
            self._engine.step()
            self._meter.add(computed, weight, tokens if counts else 0)

    def _report(self, step: int) -> None:
        speed = {"learning_rate": self._rate, "tokens_per_second": self._meter.tokens_per_second()}
        means = self._meter.means()
        if not math.isfinite(means["loss"]):
            raise Diverged(f"the training loss is {means['loss']} at step {step}; lower the learning rate")
        values = means | speed | {"peak_memory_gb": self._meter.peak_memory_gb()}
        if self._curves:
            self._curves.add(self._stage.name, step, values)
        self._say("step %d/%d loss %.3f lr %.1e tok/s %.0f", step, len(self._plan), means["loss"], *speed.values())
        self._meter.reset()

    @torch.no_grad()
    def _validate(self, step: int) -> None:
        if not self._validation:
            return
        self._engine.eval()
        meter = Meter(self._here)
        for part in self._validation:
            ((rows, counts),) = part.share_of(self._here.rank, self._here.world)
            batch, weight, tokens = self._examples.batch(rows, 0, validation=True)
            meter.add(self._engine(**batch), weight if counts else 0, tokens)
        means = meter.means()
        if not math.isfinite(means["loss"]):
            raise Diverged(f"the validation loss is {means['loss']} at step {step}; lower the learning rate")
        self._progress = self._progress.after(step, means["loss"])
        if self._progress.best_step == step:
            self._checkpoints.save_best()
        if self._curves:
            self._curves.add(self._stage.validation_name, step, means)
        self._say("step %d/%d %s loss %.4f", step, len(self._plan), self._stage.validation_name, means["loss"])
        if self._progress.is_over(self._recipe.patience):
            self._say("stopped: no lower loss since step %d", self._progress.best_step)
        self._meter.reset()

    def _keep(self, result: Path) -> None:
        if self._progress.best_step is None:  # nothing to validate on: the last are the best
            self._checkpoints.save_best()
        if self._curves:
            self._curves.end(self._engine.global_steps, len(self._plan), self._progress)
        if self._here.is_first:  # comes last: from then on the stage is done
            result.parent.mkdir(exist_ok=True)
            self._checkpoints.best.replace(result)
        self._here.barrier()

    def _say(self, line: str, *values: Any) -> None:
        if self._here.is_first:
            log.info(line, *values)


def _settle_dtype(work: Path, here: Processes) -> torch.dtype:
    """The number format of all processes and attempts: whoever measured anew could come to another one."""
    kept = work / DTYPE_FILE
    if here.is_first and not kept.exists():
        kept.write_text(str(compute_dtype(here.device.split(":")[0], ROWS)).removeprefix("torch."))
    return getattr(torch, here.tell(kept.read_text() if here.is_first else ""))


def _stages(task: Task, job: Job[Any], work: Path) -> Iterable[Stage]:
    """Made one after the other: a later one reads what an earlier one left."""
    yield supervised(task, job, work)
    if job.recipe.preference and (following := following_stage(task, job, work)):
        yield following


def _hand_over(task: Task, job: Job[Any], work: Path, last: Stage, dtype: torch.dtype, run: Run) -> None:
    """What serving needs, made from the last stage's weights; registered as a version."""
    model = task.load_model(job.recipe, dtype)
    load_trained(model, file_of(work, last.name))
    task.save(model, job.recipe, work / ADAPTER_FOLDER)
    run.tags(tags_of(work))
    finish(work, Result(run.run_id, run.register(work / ADAPTER_FOLDER)))
    for checkpoints in work.glob("checkpoints-*"):
        shutil.rmtree(checkpoints)
