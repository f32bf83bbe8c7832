"""Small trainings for tests: the sample catalogue's pairs, the tiny recipe, real processes."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from data_contracts.settings import REPOSITORY
from inference.media.catalogue import read_products
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.sources import from_products
from training.title_copy import recipes, train

SAMPLE = REPOSITORY / "infra" / "samples" / "products.csv"


@lru_cache
def sample_pairs() -> tuple[dict, ...]:
    return tuple(build(from_products(read_products(str(SAMPLE)))).rows)


def prepare(run: str, **changes) -> Path:
    """A training of the tiny recipe, changed as given, ready to start."""
    pairs = list(sample_pairs())
    return train.write(*train.describe(run, replace(recipes.tiny(), **changes), pairs, str(SAMPLE)))
