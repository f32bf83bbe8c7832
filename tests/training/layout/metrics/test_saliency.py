from dataclasses import replace

import numpy as np
import pytest

from tests.training.layout.metrics.posters import BRIEF, HEIGHT, WHITE, WIDTH
from training.layout.metrics.saliency import BESIDE_BOXES, estimate


def spotted():
    image = WHITE.copy()
    image[600:700, 400:500] = (200, 0, 0)
    return image


def test_faces_and_products_are_all_salient_and_the_rest_less():
    found = estimate(spotted(), BRIEF)
    assert found.values.shape == (HEIGHT, WIDTH)
    assert (found.values[200:300, 200:300] == 1).all()
    assert found.values[300:500, 300:500].min() == 1
    assert found.values[600:700, 400:500].max() == pytest.approx(BESIDE_BOXES, abs=0.05)
    assert 0 <= found.values.min() < 0.1


def test_without_boxes_what_stands_out_in_colour_is_salient_and_the_name_says_so():
    bare = replace(BRIEF, faces=(), products=())
    found = estimate(spotted(), bare)
    assert found.values[640:660, 440:460].mean() > 0.8
    assert found.values[:200, :200].mean() < 0.1
    assert found.name != estimate(spotted(), BRIEF).name


def test_a_box_beyond_the_picture_marks_what_is_within():
    brief = replace(BRIEF, faces=(replace(BRIEF.faces[0], left=-50, top=-50),), products=())
    assert (estimate(WHITE, brief).values[:300, :300] == 1).all()


def test_boxes_of_another_size_are_scaled_to_the_picture():
    small = np.full((HEIGHT // 2, WIDTH // 2, 3), 255, np.uint8)
    assert (estimate(small, BRIEF).values[100:150, 100:150] == 1).all()
