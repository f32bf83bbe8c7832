"""Features mean what their names say, on pictures whose features are known."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from inference.covers.features import FEATURES, measure
from inference.covers.picture.layout import compose
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Style, Wording
from tests.inference.covers.choices import choose, paint

TITLE = Wording("夏天就穿这一件T恤", "zh", None, "¥99")


@pytest.fixture(scope="module")
def layout():
    choice = choose(paint(480, 640), faces=[((200, 60, 280, 160), (180, 30, 300, 180))], product=(100, 300, 380, 500))
    return compose(choice, TITLE, "3:4", STYLES["headline"])


def flat(*colour: int) -> np.ndarray:
    return np.full((1440, 1080, 3), colour, np.uint8)


def halves(first: int, second: int) -> np.ndarray:
    image = flat(first, first, first)
    image[:, 540:] = second
    return image


def test_there_is_one_number_for_each_feature(layout):
    values = measure(flat(10, 20, 30), layout)
    assert list(values) == [feature.name for feature in FEATURES]
    assert all(isinstance(value, float) and np.isfinite(value) for value in values.values())


@pytest.mark.parametrize(
    ("image", "feature", "value"),
    [
        (flat(255, 255, 255), "brightness", 1),
        (flat(0, 0, 0), "brightness", 0),
        (flat(0, 255, 0), "brightness", 0.587),
        (flat(90, 90, 90), "contrast", 0),
        (halves(0, 255), "contrast", 0.5),
        (flat(255, 0, 0), "warmth", 1),
        (flat(0, 0, 255), "warmth", -1),
        (flat(70, 70, 70), "warmth", 0),
        (flat(128, 128, 128), "colourfulness", 0),
        (flat(255, 0, 0), "colourfulness", 0.3 * np.hypot(255, 127.5) / 100),
    ],
)
def test_known_pictures_measure_as_known(layout, image, feature, value):
    assert measure(image, layout)[feature] == pytest.approx(value, abs=0.005)


def test_blur_lowers_sharpness_and_saturation_raises_colourfulness(layout):
    image = np.random.default_rng(0).integers(60, 200, (1440, 1080, 3), np.uint8)
    sharp = measure(image, layout)["sharpness"]
    assert sharp - measure(cv2.GaussianBlur(image, (0, 0), 3), layout)["sharpness"] > 1
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    assert measure(image, layout)["colourfulness"] > measure(grey, layout)["colourfulness"] + 0.3


def test_the_layouts_contents_are_counted_and_sized(layout):
    values = measure(flat(0, 0, 0), layout)
    scale = layout.picture.width / layout.window.width
    assert values["face_count"] == 1
    assert values["face_area"] == pytest.approx(80 * 100 * scale**2 / (1080 * 1440), rel=0.01)
    assert values["product_area"] == pytest.approx(280 * 200 * scale**2 / (1080 * 1440), rel=0.01)
    assert values["title_length"] == 8.5
    assert values["price_shown"] == 1
    without = replace(layout, faces=(), product=None, wording=replace(layout.wording, price=None))
    values = measure(flat(0, 0, 0), without)
    assert [values[n] for n in ("face_count", "face_area", "product_area", "price_shown")] == [0, 0, 0, 0]


def test_only_what_is_inside_the_picture_counts(layout):
    half_out = replace(layout, product=layout.product.moved(-layout.product.left - layout.product.width / 2, 0))
    whole = measure(flat(0, 0, 0), layout)["product_area"]
    assert measure(flat(0, 0, 0), half_out)["product_area"] == pytest.approx(whole / 2, rel=0.01)


def test_title_place_and_size_follow_the_style():
    choice = choose(paint(480, 640))
    low = compose(choice, TITLE, "3:4", Style(placement="bottom"))
    high = compose(choice, TITLE, "3:4", Style(placement="top", scale=0.6))
    measured = [measure(render(choice, layout), layout) for layout in (low, high)]
    assert measured[0]["title_y"] > 0.65 > 0.35 > measured[1]["title_y"]
    assert measured[0]["text_area"] > 1.5 * measured[1]["text_area"]


def test_black_text_on_white_has_the_highest_contrast(layout):
    from inference.covers.picture.typography import rasterise
    from inference.media.geometry import Box

    mask = rasterise(layout.title, Box(0, 0, 1080, 1440))
    image = np.repeat((255 - mask)[..., None], 3, axis=2)
    assert measure(image, layout)["title_contrast"] == pytest.approx(21, abs=0.1)


def test_only_the_portrait_picture_is_measured(layout):
    with pytest.raises(ValueError, match="measured on the 3:4 picture"):
        measure(np.zeros((1080, 1080, 3), np.uint8), replace(layout, ratio="1:1"))
