"""A poster set by hand is annotated as a person would."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from inference.media.geometry import Box
from inference.models.layout import Colour, Role
from tests.training.corpora.layout_annotations.embedded.lettering import draw
from training.corpora.layout_annotations.embedded.annotator import EmbeddedAnnotator

BUTTON = Box(60, 610, 330, 690)
TEXTS = {
    "小鹿茶": ((60, 40), 32, Role.BRAND, "black", Colour.BLACK),
    "高山原叶，手工采摘": ((60, 250), 40, Role.SUBHEADLINE, (90, 55, 25), Colour.BROWN),
    "回甘持久": ((60, 360), 28, Role.SELLING_POINT, "black", Colour.BLACK),
    "产地直供": ((60, 425), 28, Role.SELLING_POINT, "black", Colour.BLACK),
    "¥39.9": ((60, 500), 60, Role.PRICE, (215, 20, 30), Colour.RED),
    "立即购买": ((110, 625), 40, Role.CALL_TO_ACTION, "white", Colour.WHITE),
}
HEADLINE = "匠心好茶", "春日上新"


@pytest.fixture(scope="module")
def annotated():
    image = Image.new("RGB", (800, 800), (240, 235, 220))
    ImageDraw.Draw(image).rounded_rectangle(tuple(BUTTON.as_list()), 20, fill=(20, 90, 50))
    truth = {text: draw(image, text, place, size, fill=fill) for text, (place, size, _, fill, _) in TEXTS.items()}
    first, second = (draw(image, text, (60, 90 + 78 * n), 64, fill=(20, 90, 50)) for n, text in enumerate(HEADLINE))
    truth["".join(HEADLINE)] = first.union(second)
    pixels = np.asarray(image)
    before = pixels.copy()
    annotation = EmbeddedAnnotator().annotate(pixels)
    assert np.array_equal(pixels, before)
    return truth, annotation


def test_blocks_stand_where_they_were_drawn(annotated):
    truth, annotation = annotated
    found = {block.text: block for block in annotation.blocks}
    assert set(found) == set(truth)
    assert min(found[text].box.iou(box) for text, box in truth.items()) > 0.85


def test_roles_colours_and_language(annotated):
    _, annotation = annotated
    found = {block.text: block for block in annotation.blocks}
    for text, (_, _, role, _, colour) in TEXTS.items():
        assert (found[text].role, found[text].colour) == (role, colour), text
    assert found["".join(HEADLINE)].role is Role.HEADLINE
    assert {block.language for block in annotation.blocks} == {"zh"}


def test_the_button_is_an_underlay(annotated):
    _, annotation = annotated
    assert max(BUTTON.iou(box) for box in annotation.underlays) > 0.9


def test_an_empty_picture_has_no_blocks():
    annotation = EmbeddedAnnotator().annotate(np.full((300, 400, 3), 128, np.uint8))
    assert (annotation.width, annotation.height, annotation.blocks, annotation.underlays) == (400, 300, (), ())
