"""Text painted here, in two scripts, is found where it is and read as it is."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inference.media.geometry import Box
from inference.models import shelf
from inference.models.ocr import find_text, read_lines, read_text
from tests import clips

LINES = {"轻便旅行双肩包": (40, 60), "Free shipping today": (60, 200), "限时特价50元": (300, 290)}
SIZE = 44


@pytest.fixture(scope="module")
def font():
    file = next(path for path in shelf.resolve("noto-sc").iterdir() if path.suffix in (".otf", ".ttf", ".ttc"))
    return ImageFont.truetype(str(file), SIZE)


@pytest.fixture(scope="module")
def picture(font):
    """A blurred photograph with lines of text over it."""
    ground = Image.fromarray(clips.blurred([clips.photograph("coffee.png", 640)], 6)[0])
    for text, place in LINES.items():
        ImageDraw.Draw(ground).text(place, text, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(ground)


def place(text: str, font) -> Box:
    left, top = LINES[text]
    return Box(*font.getbbox(text)).moved(left, top)


def test_lines_are_read_where_they_are_largest_first(picture, font):
    found = read_text(picture)
    assert {line.text.replace(" ", "") for line in found} == {text.replace(" ", "") for text in LINES}
    for line in found:
        text = next(text for text in LINES if text.replace(" ", "") == line.text.replace(" ", ""))
        assert line.box.iou(place(text, font)) > 0.5
        assert 0.9 < line.score <= 1
    assert [line.box.area for line in found] == sorted((line.box.area for line in found), reverse=True)


def test_finding_alone_finds_the_same_places(picture, font):
    boxes = find_text(picture)
    assert len(boxes) == len(LINES)
    assert all(max(place(text, font).iou(box) for box in boxes) > 0.5 for text in LINES)


def test_found_places_can_be_read_one_by_one(picture):
    lines = read_lines(picture, find_text(picture))
    assert {line.text.replace(" ", "") for line in lines} == {text.replace(" ", "") for text in LINES}


def test_a_column_of_text_is_one_place(font):
    ground = Image.new("RGB", (400, 640), (60, 90, 80))
    for number, sign in enumerate("喜羊羊与灰太狼"):
        ImageDraw.Draw(ground).text((40, 60 + 50 * number), sign, font=font, fill="white")
    column = max(find_text(np.asarray(ground)), key=lambda box: box.height)
    assert column.height > 4 * column.width


@pytest.mark.parametrize("ground", ["plain", "photograph"])
def test_no_text_where_none_is(ground):
    picture = clips.plain(1, 128)[0] if ground == "plain" else clips.photograph("flower.jpg", 640)
    assert read_text(picture) == []


def test_the_picture_is_not_changed(picture):
    before = picture.copy()
    read_text(picture)
    assert np.array_equal(picture, before)


def test_the_edge_of_a_box_beyond_the_picture_is_cut_off(picture):
    (line,) = read_lines(picture, [Box(-20, 190, picture.shape[1] + 20, 260)])
    assert "shipping" in line.text
