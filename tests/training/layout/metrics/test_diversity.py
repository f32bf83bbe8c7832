from dataclasses import replace

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation
from tests.training.layout.metrics.posters import BRIEF, with_block
from training.layout.metrics.diversity import measure


def test_the_same_layout_everywhere_has_no_diversity_at_any_size():
    larger = Annotation(1200, 1600, tuple(replace(block, box=block.box.scaled(2)) for block in BRIEF.blocks))
    distances, weights = measure([BRIEF, BRIEF, larger])
    assert distances == pytest.approx(0)
    assert weights.tolist() == [2, 2, 2]


def test_the_distance_is_that_of_edges_in_shares_of_the_canvas():
    lower = with_block(0, box=BRIEF.blocks[0].box.moved(0, 80))  # a tenth of the height, one of four texts
    distances, _ = measure([BRIEF, lower])
    assert distances == pytest.approx(0.1 / 2 / 4)


def test_texts_of_a_role_are_compared_in_reading_order():
    swapped = replace(BRIEF, blocks=(BRIEF.blocks[0], BRIEF.blocks[2], BRIEF.blocks[1], BRIEF.blocks[3]))
    assert measure([BRIEF, swapped])[0] == pytest.approx(0)


def test_the_mean_is_that_over_pairs_with_a_text_in_common():
    other = with_block(0, box=Box(0, 0, 600, 800))
    empty = replace(BRIEF, blocks=())
    distances, weights = measure([BRIEF, other, BRIEF, empty])
    assert weights.tolist() == [2, 2, 2, 0]
    assert np.isnan(distances[3])
    distance = np.mean([60 / 600, 60 / 800, 60 / 600, 650 / 800]) / 4
    assert np.average(distances[:3], weights=weights[:3]) == pytest.approx(2 / 3 * distance)


def test_one_layout_alone_has_none():
    assert measure([BRIEF])[1].tolist() == [0]
    assert measure([])[1].tolist() == []
