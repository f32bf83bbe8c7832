import json

import pytest

from inference.media.geometry import Box
from inference.models.layout import Role
from inference.models.layout_request import STYLE, LayoutRequest, WantedText, as_question

HEADLINE = WantedText("每一步都有回弹", Role.HEADLINE, "zh")
POINT = WantedText("140 g light", Role.SELLING_POINT, "en", Box(90, 60, 450, 120))


def test_a_question_is_json_in_the_words_of_the_answer():
    request = LayoutRequest([POINT, HEADLINE], 900, 1200, faces=(Box(0, 0, 90, 120),), style={"align": "left"})
    assert json.loads(as_question(request)) == {
        "尺寸": "[750, 1000]",
        "风格": ["左对齐"],
        "人脸": ["[0, 0, 100, 100]"],
        "文本": [{"卖点": "140 g light", "box": "[100, 50, 500, 100]"}, {"主标题": "每一步都有回弹"}],
    }


def test_nobody_looked_and_nothing_found_are_told_apart():
    looked = json.loads(as_question(LayoutRequest([HEADLINE], 100, 100, faces=(), products=())))
    assert looked["人脸"] == looked["商品"] == []
    assert not {"人脸", "商品"} & json.loads(as_question(LayoutRequest([HEADLINE], 100, 100))).keys()


def test_every_wish_is_said_in_its_own_words():
    said = {word for words in STYLE.values() for word in words.values()}
    assert len(said) == sum(len(words) for words in STYLE.values())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"style": {"align": "right"}}, "align=right is not known; there are placement top/middle/bottom"),
        ({"style": {"mood": "left"}}, "mood=left is not known"),
        ({"texts": [WantedText(" ", Role.PRICE, "zh")]}, "a price to be placed is empty"),
        ({"width": 0}, "0 × 1200 pixels holds nothing"),
    ],
)
def test_what_cannot_be_asked_says_why(wrong, message):
    with pytest.raises(ValueError, match=message):
        LayoutRequest(**{"texts": [HEADLINE], "width": 900, "height": 1200, **wrong})
