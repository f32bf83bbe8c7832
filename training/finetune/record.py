"""What a training leaves in MLflow for a person who has never seen the code.

One run per training, whatever the number of processes, stages and attempts: the first attempt opens
it, later ones go on with it and do not log again what is there.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure

from training import tracking
from training.finetune.early_stopping import Progress
from training.finetune.engine import deepspeed_config, width_of
from training.finetune.examples import SPLITS, digest_of, read_examples
from training.finetune.job import RUN_FILE, Job
from training.finetune.preflight import REPORT_FILE, Report
from training.finetune.recipe import as_dict
from training.finetune.stage import Stage
from training.finetune.task import Task
from training.tracking import Input, Run

CONTEXTS = {"train": "training", "validation": "validation", "held_out": "held_out"}
"""What MLflow calls the uses of a dataset, by split."""

HOW_TO_READ = """\
**How to read a run of this experiment**

- *Model metrics*: `train/loss` and `validation/loss` are the mean cross entropy of an answer's token (0 is perfect;
  lower is better). Both fall together while the model learns; `validation/loss` rising while `train/loss` falls means
  that it learns by heart. What had the least validation loss is kept. Figures under `held_out/` are scores on
  examples that neither training nor stopping saw: they decide what serves.
- `preference/loss` and `preference_validation/loss`, where a second stage ran: how surely the model sides with people
  between two answers, against the model of the first stage (0.69 is not at all; lower is better). `accuracy` is the
  share of preferences in which it does (0.5 is chance), `margin` by how many log-odds. The tag `preference` says how
  many there were or why the stage was skipped, `simulated_preferences` whether the people were simulated.
- `train/tokens_per_second` is of all processes together and without padding; `train/peak_memory_gb` the most that one
  process has held so far, of its GPU's memory or, on a CPU, resident.
- *Artifacts*: `curves.png` shows the training at a glance; `recipe.json` holds every setting, `preflight.md` what was
  checked before the first step, `deepspeed.json` how it was shared out, `environment.txt` the installed packages;
  `model/` is what serves.
- *Datasets used*: the version of the data and a digest of exactly the rows used, for training, validation and
  the held-out evaluation.
- The tag `gate` says whether the model was promoted, `gate.reason` why or why not.
"""


@contextmanager
def training_run(task: Task, job: Job[Any], work: Path, processes: int, dtype: torch.dtype) -> Iterator[Run]:
    """The training's one MLflow run: opened by the first attempt, gone on with by later ones."""
    known = work / RUN_FILE
    if known.exists():
        with tracking.resume(task.subject, known.read_text()) as run:
            yield run
        return
    name = f"{job.recipe.name}, {task.data.name} version {job.dataset_version}"
    params = _flat(as_dict(job.recipe)) | {"processes": processes, "compute_dtype": str(dtype).removeprefix("torch.")}
    with tracking.run(task.subject, name, params, _inputs(task, job, work)) as run:
        known.write_text(run.run_id)
        tracking.explain(task.subject, HOW_TO_READ)
        run.tags({"run": job.run})
        run.describe(_describe(task, job, processes))
        run.text(json.dumps(as_dict(job.recipe), indent=1), "recipe.json")
        config = deepspeed_config(job.recipe, dtype, width_of(task.outline(job.recipe)))
        run.text(json.dumps(config, indent=1), "deepspeed.json")
        if checked := Report.read(work):
            run.artifact(work / REPORT_FILE)
            run.text(checked.as_markdown(), "preflight.md")
        yield run


class Curves:
    """The curves of one stage."""

    def __init__(self, stage: Stage, run: Run):
        self._stage, self._run = stage, run
        names = (stage.name, stage.validation_name)
        self._logged = {name: max(run.history(f"{name}/loss"), default=-1) for name in names}

    def add(self, name: str, step: int, values: Mapping[str, float]) -> None:
        """Log values under ``name/``, unless an attempt before a crash did."""
        if step > self._logged[name]:
            self._run.metrics({f"{name}/{key}": value for key, value in values.items()}, step)

    def end(self, step: int, planned: int, progress: Progress) -> None:
        """Log how the stage ended, and its curves as a picture."""
        name = self._stage.validation_name
        if progress.best_step is not None:
            best = {f"{name}/best_loss": progress.best_loss, f"{name}/best_step": progress.best_step}
            self._run.metrics(best)
        self._run.metrics({f"{self._stage.name}/steps": step, f"{self._stage.name}/planned_steps": planned})
        self._run.tags({f"{self._stage.name}.stopped_early": step < planned})
        self._run.figure(draw_curves(self._run, self._stage, progress), _picture(self._stage))


def draw_curves(run: Run, stage: Stage, progress: Progress) -> Figure:
    """Losses and learning rate by step; what was kept is marked."""
    figure = Figure(figsize=(8, 6), layout="constrained")
    losses, rates = figure.subplots(2, sharex=True, height_ratios=(3, 1))
    for name, style in ((stage.name, "-"), (stage.validation_name, "o-")):
        if curve := run.history(f"{name}/loss"):
            losses.plot(curve.keys(), curve.values(), style, markersize=4, label=f"{name.replace('_', ' ')} loss")
    if progress.best_step is not None:
        losses.axvline(progress.best_step, color="grey", linestyle=":", label=f"kept: step {progress.best_step}")
    losses.set_ylabel("mean loss")
    losses.legend()
    losses.grid(alpha=0.3)
    rate = run.history(f"{stage.name}/learning_rate")
    rates.plot(rate.keys(), rate.values())
    rates.set_ylabel("learning rate")
    rates.set_xlabel("step")
    rates.grid(alpha=0.3)
    simulated = any(row.get("simulated") for row in stage.rows)
    figure.suptitle(f"Recipe {stage.recipe.name}, stage {stage.name}{' (simulated clicks)' if simulated else ''}")
    return figure


def _picture(stage: Stage) -> str:
    return "curves.png" if stage.validation_name == "validation" else f"curves_{stage.name}.png"


def _inputs(task: Task, job: Job[Any], work: Path) -> list[Input]:
    inputs = []
    for split in SPLITS:
        if rows := read_examples(work, split):
            used = Input(task.data, job.dataset_version, digest_of(rows), len(rows), CONTEXTS[split], job.source)
            inputs.append(used)
    return inputs


def _describe(task: Task, job: Job[Any], processes: int) -> str:
    recipe, counts = job.recipe, job.counts
    trained = f"`{recipe.model}`, {task.subject.about[:1].lower()}{task.subject.about[1:]}"
    return (
        f"**Training `{job.run}`** with recipe `{recipe.name}`: {trained}\n\n"
        f"- **Data:** `{task.data.name}` version {job.dataset_version} from `{job.source}`: {counts['train']} examples "
        f"to learn from, {counts['validation']} to decide when to stop, {counts['held_out']} held out for the gate.\n"
        f"- **How:** at most {recipe.epochs} epochs in {processes} process{'es' if processes > 1 else ''}, "
        f"learning rate {recipe.learning_rate:g}, LoRA rank {recipe.rank}.\n"
        "- **Where to look:** `curves.png` among the artifacts, then `held_out/` among the metrics.\n"
    )


def _flat(values: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Nested dictionaries as one: ``preference.beta``."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return flat
