"""Roles are told from words, size, place and frames."""

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Role
from training.corpora.layout_annotations.embedded.blocks import Block
from training.corpora.layout_annotations.embedded.ink import Ink
from training.corpora.layout_annotations.embedded.line import Line
from training.corpora.layout_annotations.embedded.roles import assign

WHITE = np.array((1.0, 0.0, 0.0))

ENGLISH = {
    "Nordvik": (20, 22, Role.BRAND),
    "Real food for real cats": (120, 60, Role.HEADLINE),
    "Gentle on tummies, tested by vets": (200, 28, Role.SUBHEADLINE),
    "Today $13.90": (300, 34, Role.PRICE),
    "3 layer filter": (360, 20, Role.SELLING_POINT),
    "All life stages": (400, 20, Role.SELLING_POINT),
    "Shop now": (460, 24, Role.CALL_TO_ACTION),
}
CHINESE = {
    "南家居": (20, 22, Role.BRAND),
    "铲屎官省心之选": (120, 60, Role.HEADLINE),
    "鲜肉含量百分之九十五看得见": (200, 28, Role.SUBHEADLINE),
    "到手价¥132": (300, 34, Role.PRICE),
    "试吃装50克": (360, 20, Role.SELLING_POINT),
    "破损包赔": (400, 20, Role.SELLING_POINT),
    "立即抢购": (460, 24, Role.CALL_TO_ACTION),
}


def block(text: str, top: float, size: float) -> Block:
    box = Box(50, top, 50 + len(text) * size / 2, top + 0.7 * size)
    ink = Ink(box, WHITE, np.ones(3), box.height, size / 8, np.ones((1, 1), bool), box)
    return Block((Line(text, box, ink, size, 0.9),))


@pytest.mark.parametrize("poster", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_a_poster_is_read_as_a_person_reads_it(poster):
    blocks = [block(text, top, size) for text, (top, size, _) in poster.items()]
    framed = [role is Role.CALL_TO_ACTION for _, _, role in poster.values()]
    assert assign(blocks, framed) == [role for _, _, role in poster.values()]


def test_the_order_of_the_blocks_does_not_matter():
    texts = list(CHINESE)[::-1]
    blocks = [block(text, *CHINESE[text][:2]) for text in texts]
    framed = [CHINESE[text][2] is Role.CALL_TO_ACTION for text in texts]
    assert assign(blocks, framed) == [CHINESE[text][2] for text in texts]


@pytest.mark.parametrize(("text", "role"), [("抢", Role.CALL_TO_ACTION), ("包邮", Role.SELLING_POINT)])
def test_on_a_button_one_character_is_enough(text, role):
    headline = block("铲屎官省心之选", 20, 60)
    assert assign([headline, block(text, 90, 20)], [False, True])[1] is role


def test_a_picture_without_text_has_no_roles():
    assert assign([], []) == []
