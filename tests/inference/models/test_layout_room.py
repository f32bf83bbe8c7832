import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock, readable_size
from inference.models.layout_room import with_room
from training.layout.lettering import set_in_box

TEXTS = [
    ("限时特惠", "zh"),
    ("春季新品上市全场低至五折起买一送一", "zh"),
    ("到手价 ¥99.9", "zh"),
    ("Ships in 24 hours", "en"),
    ("Zephyr", "en"),
    ("Hand-stitched leather backpack for weekend travel", "en"),
]
BOXES = [Box(0, 0, 1, 1), Box(449, 599, 450, 600), Box(100, 100, 800, 101), Box(880, 10, 899, 1190)]


@pytest.mark.parametrize("box", BOXES, ids=lambda box: str(box.as_list()))
@pytest.mark.parametrize("role", [Role.HEADLINE, Role.SELLING_POINT])
@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_a_box_grows_until_the_covers_typography_can_set_its_text_to_be_read(text, language, role, box):
    block = TextBlock(text, box, role, language, Colour.BLACK)
    grown = with_room(block, Annotation(900, 1200, (block,)))
    set_there = set_in_box(TextBlock(text, grown, role, language, Colour.BLACK))
    assert set_there.runs[0].size >= 0.97 * readable_size(role) * 900
    assert grown.intersection(Box(0, 0, 900, 1200)) == grown


def test_a_box_with_room_stays_as_it_is():
    box = Box(100, 100, 800, 260)
    block = TextBlock("限时特惠", box, Role.HEADLINE, "zh", Colour.RED)
    assert with_room(block, Annotation(900, 1200, (block,))) == box
