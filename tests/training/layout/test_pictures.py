import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageColor

from inference.media.geometry import Box
from tests.training.layout.metrics.posters import BRIEF, WHITE
from training.layout.pictures import CELL_HEIGHT, CELL_WIDTH, FACE_COLOUR, ROLE_COLOURS, contact_sheet, draw_layout


def holds(picture, name):
    return (picture == ImageColor.getrgb(name)).all(axis=2).any()


def test_boxes_are_drawn_in_the_colour_of_their_role_only_when_asked_for():
    layout = replace(BRIEF, underlays=(Box(40, 40, 560, 170),))
    plain, boxed = draw_layout(WHITE, layout), draw_layout(WHITE, layout, boxes=True)
    shown = {block.role for block in layout.blocks}
    assert all(holds(boxed, ROLE_COLOURS[role]) and not holds(plain, ROLE_COLOURS[role]) for role in shown)
    assert holds(boxed, FACE_COLOUR)
    assert plain.shape == boxed.shape == WHITE.shape
    assert (plain != WHITE).any()


def test_a_contact_sheet_shows_every_picture_in_its_row_and_column():
    shades = [[(200, 0, 0), (0, 200, 0)], [(0, 0, 200), (200, 200, 0)]]
    sizes = [(300, 400), (500, 200)]  # of the rows, height × width
    rows = [[np.full((*size, 3), shade, np.uint8) for shade in row] for size, row in zip(sizes, shades, strict=True)]
    sheet = np.asarray(Image.open(io.BytesIO(contact_sheet(rows, ["ours", "随机"], ["one", "two"]))))
    found = {}
    for shade in (shade for row in shades for shade in row):
        places = np.argwhere((sheet == shade).all(axis=2))
        assert len(places)
        found[shade] = places.min(axis=0), places.max(axis=0) + 1 - places.min(axis=0)
    (first, wide), (second, _), (third, tall), _ = (found[shade] for row in shades for shade in row)
    assert first[0] == second[0]
    assert first[1] < second[1]
    assert third[0] > first[0] + wide[0]
    assert wide[1] == CELL_WIDTH
    assert tall[0] == CELL_HEIGHT


def test_a_small_picture_is_not_enlarged_into_mush():
    sheet = Image.open(io.BytesIO(contact_sheet([[np.zeros((20, 30, 3), np.uint8)]], ["small"])))
    dark = np.argwhere((np.asarray(sheet)[34:] == 0).all(axis=2))
    assert len(dark) == 20 * 30


@pytest.mark.parametrize(
    ("rows", "headings", "captions", "complaint"),
    [
        ([[WHITE]], ["a", "b"], [], "row 0 has 1 pictures for 2 headings"),
        ([[WHITE]], ["a"], ["x", "y"], "2 captions for 1 rows"),
    ],
)
def test_pictures_and_words_must_go_together(rows, headings, captions, complaint):
    with pytest.raises(ValueError, match=complaint):
        contact_sheet(rows, headings, captions)
