"""Likeness, certainty and the place of the object, on photographs that everybody knows."""

import cv2
import numpy as np
import pytest
import torch

from inference.media.geometry import Box
from inference.models import image_features
from inference.models.image_features import features, locate_product, look
from tests import clips

PHOTOGRAPHS = ("chelsea.png", "coffee.png", "rocket.jpg", "china.jpg", "flower.jpg", "astronaut.png")


@pytest.fixture(scope="module")
def pictures():
    return {name: clips.photograph(name, 480) for name in PHOTOGRAPHS}


def test_vectors_are_of_unit_length_and_do_not_depend_on_the_batch(pictures):
    together = features(list(pictures.values()))
    assert together.shape == (len(PHOTOGRAPHS), 1280)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(features([pictures["coffee.png"]])[0], together[1])
    assert features([]).shape == (0, 1280)


def test_a_picture_is_most_like_itself_in_other_light_and_crop(pictures):
    changed = [cv2.convertScaleAbs(picture[10:-20, 15:-10], alpha=0.8) for picture in pictures.values()]
    likeness = features(changed) @ features(list(pictures.values())).T
    assert likeness.argmax(axis=1).tolist() == list(range(len(PHOTOGRAPHS)))


def test_certainty_is_high_for_things_and_low_for_nothing(pictures):
    _, things = look([pictures[name] for name in ("chelsea.png", "coffee.png")])
    _, nothing = look([*clips.plain(1, 128), *clips.blurred([pictures["rocket.jpg"]], 40)])
    assert things.min() > 0.6
    assert nothing.max() < things.min()


def test_the_classes_are_those_the_weights_were_trained_for(pictures):
    """ImageNet numbers 281 to 285 are cats, 504 a mug, 967 an espresso."""
    likeliest = {}
    for name in ("chelsea.png", "coffee.png"):
        with torch.inference_mode():
            tensor = image_features._tensor(pictures[name], image_features.CLASSIFY_SIDE)
            likeliest[name] = int(image_features._network()(tensor).argmax())
    assert likeliest["chelsea.png"] in range(281, 286)
    assert likeliest["coffee.png"] in (504, 967)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("coffee.png", Box(0.28, 0.1, 0.72, 0.85)),
        ("flower.jpg", Box(0.3, 0.1, 0.75, 0.85)),
    ],
)
def test_the_object_is_located(pictures, name, place):
    height, width = pictures[name].shape[:2]
    found = locate_product(pictures[name]).scaled(1 / width, 1 / height)
    assert found.iou(place) > 0.35


def test_the_place_follows_the_object(pictures):
    """A cup on an empty table, left and then right."""
    cup = cv2.resize(pictures["coffee.png"], (240, 160), interpolation=cv2.INTER_AREA)
    for left in (20, 380):
        table = np.full((360, 640, 3), (140, 90, 60), np.uint8)
        table[100:260, left : left + 240] = cup
        assert locate_product(table).covered_by(Box(left - 20, 80, left + 260, 280)) > 0.8


def test_where_nothing_is_nothing_is_located():
    assert locate_product(clips.plain(1, 128)[0]) is None


def test_everything_is_no_place(pictures):
    """The night sky around the rocket goes with it: the outline would be the whole photograph."""
    assert locate_product(pictures["rocket.jpg"]) is None


def test_locating_is_repeatable_and_leaves_threads_as_they_were(pictures):
    threads = torch.get_num_threads()
    assert locate_product(pictures["coffee.png"]) == locate_product(pictures["coffee.png"])
    assert torch.get_num_threads() == threads
