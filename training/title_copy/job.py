"""A title training's folder, until all of this package asks ``training.finetune.job`` itself."""

from pathlib import Path

from training.finetune import job
from training.finetune.job import Result, mark_judged
from training.title_copy.recipes import TitleRecipe

__all__ = ["Job", "Result", "mark_judged"]


class Job(job.Job[TitleRecipe]):
    @classmethod
    def read(cls, work: Path, recipe_type: type[TitleRecipe] = TitleRecipe) -> job.Job[TitleRecipe]:
        return job.Job.read(work, recipe_type)
