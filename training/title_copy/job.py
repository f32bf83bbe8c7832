"""A training's folder: what is to be trained, and what came of it.

HOME/runs/title_copy/<run>/
  job.json       recipe, dataset version and digest
  pairs.jsonl    the pairs themselves: the training needs no lake
  checkpoints/   to go on from after a crash
  mlflow_run     the run that all attempts log to
  adapter/       the trained LoRA adapter
  result.json    the training is done
  judged         the gate has judged what came of it
"""

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path

from data_contracts import settings
from data_contracts.catalog import TITLE_COPY
from training.title_copy.recipes import Recipe

JOB_FILE = "job.json"
RESULT_FILE = "result.json"
JUDGED_FILE = "judged"


@dataclass(frozen=True)
class Result:
    """The MLflow run of a finished training and the version it registered."""

    run_id: str
    version: int


@dataclass(frozen=True)
class Job:
    """One training: its recipe, the exact pairs it uses, and the model that served when it began."""

    run: str
    recipe: Recipe
    source: str
    dataset_version: int
    digest: str
    train_pairs: int
    held_out_pairs: int
    serving_model: str

    def write(self, work: Path) -> None:
        (work / JOB_FILE).write_text(json.dumps(dataclasses.asdict(self), indent=1))

    @classmethod
    def read(cls, work: Path) -> "Job":
        fields = json.loads((work / JOB_FILE).read_text())
        return cls(**{**fields, "recipe": Recipe(**fields["recipe"])})


def folder_of(run: str) -> Path:
    """Where a run's training lies; the same run key gives the same folder on every attempt."""
    return _shelf() / re.sub(r"[^\w.-]+", "_", run)


def finish(work: Path, result: Result) -> None:
    partial = work / f"{RESULT_FILE}.partial"
    partial.write_text(json.dumps(dataclasses.asdict(result)))
    partial.replace(work / RESULT_FILE)


def result_of(work: Path) -> Result | None:
    """What a finished training left, or None while it is not finished."""
    path = work / RESULT_FILE
    return Result(**json.loads(path.read_text())) if path.exists() else None


def mark_judged(work: Path) -> None:
    (work / JUDGED_FILE).touch()


def newest_judged() -> Job | None:
    """The training that the gate judged last, or None."""
    marks = sorted(_shelf().glob(f"*/{JUDGED_FILE}"), key=lambda mark: mark.stat().st_mtime_ns)
    return Job.read(marks[-1].parent) if marks else None


def _shelf() -> Path:
    return settings.load().home / "runs" / TITLE_COPY.name
