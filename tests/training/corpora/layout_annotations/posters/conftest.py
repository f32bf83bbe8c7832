"""Photos and a set of posters that several tests look at."""

import pytest

from training.corpora.layout_annotations.posters.photos import packaged
from training.corpora.layout_annotations.posters.render import render


@pytest.fixture(scope="session")
def photos():
    return packaged()


@pytest.fixture(scope="session")
def posters(photos):
    return [render(seed, photos) for seed in range(120)]
