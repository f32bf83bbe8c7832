"""Distortions: boxes go with the pixels, and pixels get worse but not much."""

from random import Random

import numpy as np
import pytest

from inference.media.geometry import Box
from training.corpora.layout_annotations.posters.distortions import Distortion, degrade, draw_warp
from training.corpora.layout_annotations.posters.painting import ink_box

WIDTH, HEIGHT = 900, 700
BOX = Box(200, 300, 420, 380)


@pytest.fixture
def noise():
    random = np.random.default_rng(0)
    return np.kron(random.integers(0, 256, (70, 90, 3), dtype=np.uint8), np.ones((10, 10, 1), np.uint8))


@pytest.mark.parametrize("distortion", [Distortion.SCALING, Distortion.SKEW])
@pytest.mark.parametrize("seed", range(8))
def test_a_box_is_carried_to_where_its_pixels_go(distortion, seed):
    warp = draw_warp(Random(seed), distortion, WIDTH, HEIGHT)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[300:380, 200:420] = 255
    carried = warp.picture(picture)
    assert carried.shape == (warp.height, warp.width, 3)
    seen = ink_box(carried[:, :, 0], 128)
    mask = ink_box(warp.coverage(np.full((80, 220), 255, np.uint8), 200, 300), 128)
    for side in ("left", "top", "right", "bottom"):
        assert getattr(warp.box(BOX), side) == pytest.approx(getattr(seen, side), abs=1.5)
        assert getattr(mask, side) == pytest.approx(getattr(seen, side), abs=1)


@pytest.mark.parametrize("distortion", [Distortion.NONE, Distortion.JPEG, Distortion.BLUR])
def test_some_distortions_move_nothing(distortion):
    assert draw_warp(Random(0), distortion, WIDTH, HEIGHT) is None


@pytest.mark.parametrize("distortion", [Distortion.JPEG, Distortion.BLUR])
def test_pixels_get_worse_but_stay_recognisable(distortion, noise):
    worse = degrade(Random(0), distortion, noise)
    assert worse.shape == noise.shape
    assert worse.dtype == np.uint8
    difference = np.abs(worse.astype(float) - noise).mean()
    assert 1 < difference < 40


def test_no_distortion_changes_nothing(noise):
    assert degrade(Random(0), Distortion.NONE, noise) is noise
