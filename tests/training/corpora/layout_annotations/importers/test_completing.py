"""What a file knows and what the embedded annotator reads, put together."""

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.media.picture import read_picture
from inference.models.layout import Colour, Role
from tests.training.corpora.layout_annotations.drawn import BOXES, draw_poster
from training.corpora.layout_annotations.annotators import chosen
from training.corpora.layout_annotations.importers.completing import complete
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox

SALE, ORDER = (Box(*BOXES[text]) for text in BOXES)
EMPTY, BESIDE = Box(300, 200, 460, 260), Box(500, 10, 600, 60)


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> np.ndarray:
    return read_picture(draw_poster(tmp_path_factory.mktemp("posters") / "a.png"))


def test_texts_are_read_in_known_boxes_and_nowhere_else(image):
    boxes = (KnownBox(Kind.TEXT, SALE), KnownBox(Kind.UNDERLAY, SALE), KnownBox(Kind.EMBELLISHMENT, EMPTY))
    annotation, problems = complete(image, Known("a.png", boxes), chosen())
    (block,) = annotation.blocks
    assert (block.text, block.box, block.language, block.colour) == ("Summer Sale", SALE, "en", Colour.WHITE)
    assert (annotation.underlays, problems) == ((SALE,), ())


def test_boxes_of_another_size_are_scaled_to_the_picture(image):
    known = Known("a.png", (KnownBox(Kind.LOGO, SALE.scaled(2, 3)),), size=(960, 1200))
    (block,) = complete(image, known, chosen())[0].blocks
    assert (block.text, block.box, block.role) == ("Summer Sale", SALE, Role.BRAND)


def test_what_the_file_tells_is_not_read(image):
    told = KnownBox(Kind.TEXT, ORDER, "Order now", Role.PRICE, "zh", Colour.RED)
    half = KnownBox(Kind.TEXT, SALE, colour=Colour.YELLOW)
    annotation, problems = complete(image, Known("a.png", (told, half)), chosen())
    assert [(block.text, block.colour) for block in annotation.blocks] == [
        ("Summer Sale", Colour.YELLOW),
        ("Order now", Colour.RED),
    ]
    assert annotation.blocks[1].role == Role.PRICE
    assert problems == ()


def test_what_cannot_be_read_is_left_for_a_person(image):
    boxes = (KnownBox(Kind.TEXT, EMPTY), KnownBox(Kind.LOGO, EMPTY), KnownBox(Kind.TEXT, BESIDE))
    annotation, problems = complete(image, Known("a.png", boxes), chosen())
    assert annotation.blocks == ()
    assert problems == (
        "the text box [500, 10, 600, 60] lies outside the picture",
        "nothing can be read in the text box [300, 200, 460, 260]",
    )
