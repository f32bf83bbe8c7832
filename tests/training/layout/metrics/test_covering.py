from dataclasses import replace

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation
from tests.training.layout.metrics.posters import BRIEF, HEIGHT, WHITE, WIDTH, with_block
from training.layout.metrics.covering import measure
from training.layout.metrics.elements import elements_of


def scores(layout):
    return measure(elements_of(layout), BRIEF, WHITE)


def test_what_covers_nothing_scores_0():
    assert scores(BRIEF) == {"faces_covered": (0, 1), "products_covered": (0, 1)}


def test_faces_and_products_are_told_apart():
    half_a_face = with_block(0, box=Box(100, 200, 250, 300))
    assert scores(half_a_face)["faces_covered"][0] == pytest.approx(0.5, abs=0.01)
    assert scores(half_a_face)["products_covered"][0] == 0


def test_places_covered_twice_and_products_within_products_count_once():
    upper_half = Box(300, 300, 500, 400)
    twice = replace(with_block(0, box=upper_half), underlays=(upper_half,))
    assert scores(twice)["products_covered"][0] == pytest.approx(0.5, abs=0.01)


def test_underlays_cover_too():
    assert scores(replace(BRIEF, underlays=(Box(0, 0, WIDTH, HEIGHT),))) == {
        "faces_covered": (1, 1),
        "products_covered": (1, 1),
    }


def test_the_layout_cannot_move_the_face_away():
    claimed = replace(with_block(0, box=Box(200, 200, 300, 300)), faces=(Box(0, 0, 10, 10),))
    assert scores(claimed)["faces_covered"][0] == pytest.approx(1)


def test_a_picture_without_faces_says_nothing_of_them():
    plain = Annotation(WIDTH, HEIGHT, BRIEF.blocks)
    assert {weight for _, weight in measure(elements_of(BRIEF), plain, WHITE).values()} == {0}
