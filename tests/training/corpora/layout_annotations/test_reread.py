"""Painted pictures are read a second time, block by block."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from inference.media.geometry import Box
from inference.models import shelf
from inference.models.layout import Annotation, Colour, Role, TextBlock
from inference.models.ocr import TextLine
from tests import clips
from training.corpora.layout_annotations.reread import in_reading_order, reread
from training.corpora.layout_annotations.text_distance import comparable
from training.corpora.layout_annotations.verify import NEEDS_REVIEW, VERIFIED, verify

LINES = {
    "轻便旅行双肩包": (40, 60),
    "说走就走": (40, 130),
    "Free shipping today": (60, 230),
    "限时特价50元": (300, 330),
}
TWO_LINES = "轻便旅行双肩包说走就走"
SIZE = 44


@pytest.fixture(scope="module")
def font():
    file = next(path for path in shelf.resolve("noto-sc").iterdir() if path.suffix in (".otf", ".ttf", ".ttc"))
    return ImageFont.truetype(str(file), SIZE)


@pytest.fixture(scope="module")
def picture(font):
    ground = Image.fromarray(clips.blurred([clips.photograph("coffee.png", 640)], 6)[0])
    for text, place in LINES.items():
        ImageDraw.Draw(ground).text(place, text, font=font, fill="white", stroke_width=2, stroke_fill="black")
    return np.asarray(ground)


@pytest.fixture
def boxes(font) -> dict[str, Box]:
    return {text: Box(*font.getbbox(text)).moved(*place) for text, place in LINES.items()}


def annotate(picture: np.ndarray, blocks: dict[str, Box], products: tuple[Box, ...] = ()) -> Annotation:
    made = tuple(TextBlock(text, box, Role.HEADLINE, "zh", Colour.WHITE) for text, box in blocks.items())
    return Annotation(picture.shape[1], picture.shape[0], made, products=products)


def right(boxes: dict[str, Box]) -> dict[str, Box]:
    """The blocks of the picture as they are; the first two lines belong together."""
    first, second, *rest = LINES
    return {TWO_LINES: boxes[first].union(boxes[second]), **{text: boxes[text] for text in rest}}


def test_each_place_says_what_stands_there(picture, boxes):
    found = reread(picture, annotate(picture, right(boxes)))
    assert [comparable(text) for text in found.texts] == [comparable(text) for text in right(boxes)]
    assert found.overlooked == ()
    assert verify(annotate(picture, right(boxes)), picture).status == VERIFIED


def test_a_block_that_holds_another_ones_lines_is_caught(picture, boxes):
    wrong = right(boxes)
    wrong[TWO_LINES] = wrong[TWO_LINES].union(boxes["Free shipping today"])
    verdict = verify(annotate(picture, wrong), picture)
    assert verdict.status == NEEDS_REVIEW
    on_each_other, differs = verdict.problems
    assert on_each_other == f"“{TWO_LINES}” and “Free shipping today” lie on each other"
    assert differs.startswith(f"“{TWO_LINES}” reads “{TWO_LINES}Free")


def test_a_text_that_is_not_there_and_one_that_was_overlooked(picture, boxes):
    given = right(boxes)
    given["立即购买"] = Box(420, 5, 600, 40)
    del given["Free shipping today"]
    verdict = verify(annotate(picture, given), picture)
    assert verdict.problems[0].startswith("“立即购买” ")
    assert "shipping" in verdict.problems[1]
    assert verdict.problems[1].endswith("is in no block")


def test_print_on_a_product_is_not_overlooked(picture, boxes):
    given = right(boxes)
    product = given.pop("Free shipping today").grown(20, 20, 20, 20)
    assert reread(picture, annotate(picture, given, (product,))).overlooked == ()


def test_small_text_in_a_tight_box_is_not_overlooked(font):
    ground = Image.new("RGB", (1200, 1200), "#2f5d50")
    small = font.font_variant(size=26)
    ImageDraw.Draw(ground).text((500, 600), "Breakfast included", font=small, fill="white")
    ink = Box(*small.getbbox("Breakfast included")).moved(500, 600)
    picture = np.asarray(ground)
    assert [line.text for line in reread(picture, annotate(picture, {})).overlooked] == ["Breakfast included"]
    assert reread(picture, annotate(picture, {"Breakfast included": ink})).overlooked == ()


def test_a_box_beyond_the_picture_reads_nothing(picture):
    beyond = {"限时": Box(9000, 9000, 9100, 9040), "特价": Box(50, 50, 50, 50)}
    assert reread(picture, annotate(picture, beyond)).texts == ("", "")


def test_rows_from_top_to_bottom_each_from_left_to_right():
    places = {"one": (0, 0), "two": (200, 6), "three": (0, 50), "four": (300, 44)}
    lines = [TextLine(text, Box(x, y, x + 100, y + 40), 1.0) for text, (x, y) in places.items()]
    assert [line.text for line in in_reading_order(lines[::-1])] == list(places)
