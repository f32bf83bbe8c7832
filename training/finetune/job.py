"""A training's folder: what is to be trained, and what came of it.

HOME/runs/<model>/<run>/
  job.json         recipe, dataset version and digest
  examples.jsonl   every row that is used: the training needs no lake
  preflight.json   what was checked before the first step
  checkpoints-*/   to go on from after a crash
  weights/         what each stage of the training ended with
  mlflow_run       the run that all attempts log to
  adapter/         what serving needs besides the base model
  result.json      the training is done
  judged           the gate has judged what came of it
"""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from data_contracts import settings
from data_contracts.catalog import Model
from data_contracts.errors import NotBetterThanChampion
from training.finetune.recipe import Recipe

JOB_FILE = "job.json"
RESULT_FILE = "result.json"
JUDGED_FILE = "judged"
RUN_FILE = "mlflow_run"
ADAPTER_FOLDER = "adapter"

R = TypeVar("R", bound=Recipe)


@dataclass(frozen=True)
class Result:
    """The MLflow run of a finished training and the version it registered."""

    run_id: str
    version: int


@dataclass(frozen=True)
class Job(Generic[R]):
    """One training: its recipe, the exact rows it uses, and the model that served when it began.

    ``counts`` are the rows of each split, ``digest`` that of all of them as they were pinned.
    """

    run: str
    recipe: R
    source: str
    dataset_version: int
    digest: str
    counts: Mapping[str, int]
    serving_model: str

    def write(self, work: Path) -> None:
        """``job.json`` comes last and says that the folder is whole."""
        partial = work / f"{JOB_FILE}.partial"
        partial.write_text(json.dumps(dataclasses.asdict(self), indent=1))
        partial.replace(work / JOB_FILE)

    @classmethod
    def read(cls, work: Path, recipe_type: type[R]) -> "Job[R]":
        """Raises ``pydantic.ValidationError`` naming the field when another code wrote the recipe."""
        fields = json.loads((work / JOB_FILE).read_text())
        return cls(**{**fields, "recipe": TypeAdapter(recipe_type).validate_python(fields["recipe"])})


def folder_of(model: Model, run: str) -> Path:
    """Where a run's training lies; the same run key gives the same folder on every attempt."""
    return _shelf(model) / re.sub(r"[^\w.-]+", "_", run)


def finish(work: Path, result: Result) -> None:
    partial = work / f"{RESULT_FILE}.partial"
    partial.write_text(json.dumps(dataclasses.asdict(result)))
    partial.replace(work / RESULT_FILE)


def result_of(work: Path) -> Result | None:
    """What a finished training left, or None while it is not finished."""
    path = work / RESULT_FILE
    return Result(**json.loads(path.read_text())) if path.exists() else None


@contextmanager
def judging(work: Path) -> Iterator[None]:
    """Around the gate: a training is judged when it is promoted or refused, not when the gate itself fails."""
    try:
        yield
    except NotBetterThanChampion:
        mark_judged(work)
        raise
    mark_judged(work)


def mark_judged(work: Path) -> None:
    (work / JUDGED_FILE).touch()


def newest_judged(model: Model, recipe_type: type[R]) -> Job[R] | None:
    """The training of a model that the gate judged last, or None."""
    marks = sorted(_shelf(model).glob(f"*/{JUDGED_FILE}"), key=lambda mark: mark.stat().st_mtime_ns)
    return Job.read(marks[-1].parent, recipe_type) if marks else None


def _shelf(model: Model) -> Path:
    return settings.load().home / "runs" / model.name
