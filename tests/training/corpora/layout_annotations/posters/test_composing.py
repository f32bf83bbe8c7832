"""Composing: all of the copy where there is room, the most important of it where there is not."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Role
from training.corpora.layout_annotations.posters.composing import compose
from training.corpora.layout_annotations.posters.design import choose_design
from training.corpora.layout_annotations.posters.groups import PIECES, POINTS
from training.corpora.layout_annotations.posters.layouts import ORDERS, Arrangement, Region
from training.corpora.layout_annotations.posters.parts import Shape, Words
from training.corpora.layout_annotations.posters.photos import Photo
from training.corpora.layout_annotations.posters.wording import Price, Wording

WORDING = Wording(
    "en",
    "Slow mornings start here",
    "Ready in 3 minutes, no machine needed",
    ("Zero added sugar", "Hot or iced", "100% arabica"),
    Price("$19.99", "$29", "Now"),
    "Shop now",
    "Birch & Clay",
)
PHOTO = Photo("plain", np.zeros((400, 400, 3), np.uint8))


@pytest.fixture
def look():
    return choose_design(Random(0), "en", 10.0, "paper").look


def composed(look, width: float, height: float, wording: Wording = WORDING) -> list:
    region = Region(Box(50, 50, 50 + width, 50 + height), ORDERS[0])
    arrangement = Arrangement("test", Box(700, 0, 1100, 400), (region,))
    return compose(Random(1), arrangement, PHOTO, wording, look)


def roles(parts) -> set[Role]:
    return {part.role for part in parts if isinstance(part, Words)}


def test_all_copy_is_set_where_there_is_room(look):
    parts = composed(look, 600, 1200)
    assert roles(parts) == set(Role)
    assert sum(part.role is Role.SELLING_POINT for part in parts if isinstance(part, Words)) == 3


def test_the_headline_is_what_is_left_where_there_is_none(look):
    assert roles(composed(look, 600, 130)) == {Role.HEADLINE}


def test_words_and_shapes_stay_in_their_region(look):
    for style in POINTS:
        for part in composed(replace(look, points=style), 500, 700):
            box = part.box if isinstance(part, Shape) else Box(part.x, part.y, part.x + 1, part.y + 1)
            assert box.covered_by(Box(48, 48, 552, 752)) == 1.0, (style, part)


def test_a_seal_takes_the_price_from_the_words_and_keeps_off_faces(look):
    photo = replace(PHOTO, faces=(Box(0, 0, 400, 400),))
    region = Region(Box(50, 50, 600, 950), ORDERS[0])
    room = Box(700, 0, 1500, 400)
    arrangement = Arrangement("test", room, (region,), open=room)
    sealed = 0
    for seed in range(30):
        parts = compose(Random(seed), arrangement, photo, replace(WORDING, brand=""), look)
        seals = [part.box for part in parts if isinstance(part, Shape) and part.kind == "ellipse" and part.underlay]
        prices = [part for part in parts if isinstance(part, Words) and part.role is Role.PRICE]
        sealed += len(seals)
        assert prices
        for seal in seals:
            assert seal.covered_by(Box(1100, 0, 1500, 400)) == 1.0
            assert len(prices) == 1
    assert 0 < sealed < 30


@pytest.mark.parametrize("name", sorted(PIECES))
def test_no_piece_is_wider_than_it_may_be(look, name):
    for width in (220, 400, 700):
        assert PIECES[name](look, getattr(WORDING, name), width, 1.0).width <= width + 1
