from dataclasses import replace

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from inference.models.layout_cost import find_cost, rank
from inference.models.layout_request import LayoutRequest, WantedText

FACE = Box(300, 50, 600, 400)


def block(text: str, left: float, top: float, width: float = 400, height: float = 80) -> TextBlock:
    return TextBlock(text, Box(left, top, left + width, top + height), Role.SELLING_POINT, "en", Colour.BLACK)


GOOD = Annotation(900, 1200, (block("one", 60, 700), block("two", 60, 850), block("three", 60, 1000)))
REQUEST = LayoutRequest([WantedText(b.text, b.role, "en") for b in GOOD.blocks], 900, 1200, (FACE,), ())


def changed(**box) -> Annotation:
    first = GOOD.blocks[0]
    return replace(GOOD, blocks=(replace(first, box=replace(first.box, **box)), *GOOD.blocks[1:]))


WORSE = {
    "on the face": changed(top=300, bottom=380),
    "on another text": changed(top=850, bottom=930),
    "out of line": changed(left=170, right=490),
}


def test_what_is_clear_and_in_line_costs_nothing():
    assert find_cost(GOOD, REQUEST) == pytest.approx(0)
    assert find_cost(changed(left=160, right=360), REQUEST) == pytest.approx(0)  # centred on the others


@pytest.mark.parametrize("fault", WORSE)
def test_each_fault_costs(fault):
    assert find_cost(WORSE[fault], REQUEST) > 0.1
    assert rank([WORSE[fault], GOOD], REQUEST)[0] == GOOD


def test_nobody_looked_for_faces_and_none_are_missed():
    unknown = replace(REQUEST, faces=None, products=None)
    assert find_cost(WORSE["on the face"], unknown) == pytest.approx(0)


def test_more_of_a_face_costs_more():
    costs = [find_cost(changed(left=left, right=left + 400, top=300, bottom=380), REQUEST) for left in (60, 280)]
    assert costs[0] < costs[1]
