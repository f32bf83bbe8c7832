"""The fill of glyphs is told from panels, outlines, shadows and photographs."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from tests import clips
from tests.training.corpora.layout_annotations.embedded.lettering import draw, padded
from training.corpora.layout_annotations.embedded.ink import find_ink

RED = (210, 25, 40)
PLACE, SIZE = (60, 60), 44


def photograph() -> Image.Image:
    return Image.fromarray(clips.photograph("coffee.png", 640))


def plain() -> Image.Image:
    return Image.new("RGB", (640, 200), (235, 225, 205))


def panel() -> Image.Image:
    ground = photograph()
    ImageDraw.Draw(ground).rounded_rectangle((50, 56, 620, 160), 12, fill=(250, 250, 250))
    return ground


@pytest.mark.parametrize("ground", [plain, panel])
@pytest.mark.parametrize("text", ["轻便旅行双肩包", "Ready for rain"])
@pytest.mark.parametrize("look", [{}, {"stroke_width": 1, "stroke_fill": "black"}], ids=["bare", "outlined"])
def test_the_box_is_tight_and_the_colour_is_the_fill(ground, text, look):
    image = ground()
    truth = draw(image, text, PLACE, 72, fill=RED, **look)
    ink = find_ink(np.asarray(image), padded(text, truth))
    assert ink.box.iou(truth) > 0.9
    assert np.allclose(ink.colour * 255, RED, atol=20)
    assert ink.height == pytest.approx(truth.height, abs=4)


def test_on_a_photograph():
    image = photograph()
    truth = draw(image, "轻便旅行双肩包", PLACE, SIZE, fill="white")
    ink = find_ink(np.asarray(image), padded("轻便旅行双肩包", truth))
    assert ink.box.iou(truth) > 0.85
    assert ink.colour.min() > 0.85


def test_a_shadow_is_not_the_fill():
    image = plain()
    draw(image, "Ready for rain", (PLACE[0] + 3, PLACE[1] + 3), SIZE, fill=(70, 70, 70))
    truth = draw(image, "Ready for rain", PLACE, SIZE, fill=RED)
    ink = find_ink(np.asarray(image), padded("Ready for rain", truth))
    assert ink.box.iou(truth) > 0.9
    assert np.allclose(ink.colour * 255, RED, atol=20)


def test_blur_does_not_wash_the_colour_out():
    image = Image.new("RGB", (640, 200), "black")
    truth = draw(image, "轻便旅行双肩包", PLACE, 22, fill="white")
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)))
    assert find_ink(blurred, padded("轻便旅行双肩包", truth)).colour.min() > 0.75


def test_where_nothing_stands_out_the_middle_of_the_line_is_taken():
    image = plain()
    truth = draw(image, "轻便旅行双肩包", PLACE, SIZE, fill=(235, 225, 205))
    assert find_ink(np.asarray(image), padded("轻便旅行双肩包", truth)).box.iou(truth) > 0.8
