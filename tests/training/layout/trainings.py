"""Small layout trainings for tests: posters drawn for it, the tiny recipe."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from data_contracts.catalog import LAYOUT
from training.finetune.examples import with_validation
from training.finetune.job import folder_of
from training.layout import recipes, train
from training.layout.grounds import from_renderer

POSTERS = 48
"""So many that a fifth, which is held out, is enough for a gate."""


@lru_cache(maxsize=1)
def drawn(shelf: Path) -> tuple[dict, ...]:
    """Rows of drawn posters, their grounds in a folder; drawn once in a session."""
    return tuple(from_renderer(POSTERS, shelf))


def prepare(run: str, shelf: Path, **changes) -> Path:
    """A training of the tiny recipe, changed as given, ready to start."""
    recipe = replace(recipes.tiny(), **changes)
    work = folder_of(LAYOUT, run)
    work.mkdir(parents=True)
    (work / "pictures").symlink_to(shelf / "pictures")
    rows = with_validation(drawn(shelf), recipe.validation_share)
    return train.write(train.describe(run, recipe, rows, "drawn"), rows, work)
