"""A title is read back as it was set, and what is wrong with it on the pixels is not read over."""

from dataclasses import replace

import numpy as np
import pytest

from inference.covers.picture.layout import compose
from inference.covers.picture.reading import bare, read_title, set_title, similarity
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Wording
from tests.inference.covers.choices import choose, paint

TITLES = [
    Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99"),
    Wording("随行保温杯500ml，12小时保温", "zh"),
    Wording("How to Choose a City Car", "en"),
]


def finish(wording: Wording, style: str = "headline", ratio: str = "3:4"):
    choice = choose(paint(480, 640))
    layout = compose(choice, wording, ratio, STYLES[style])
    return render(choice, layout), layout


@pytest.mark.parametrize("wording", TITLES, ids=["chinese", "with numbers", "english"])
@pytest.mark.parametrize(("style", "ratio"), [("billboard", "3:4"), ("quiet", "16:9")])
def test_a_title_is_read_as_it_was_set(wording, style, ratio):
    image, layout = finish(wording, style, ratio)
    assert bare(read_title(image, layout)) == bare(set_title(layout)) == bare(wording.title)


def test_words_beside_the_title_are_not_read_with_it():
    image, layout = finish(TITLES[0])
    assert layout.block("selling_point")
    assert "身材" not in read_title(image, layout)
    assert "99" not in read_title(image, layout)


def test_a_missing_character_is_missed():
    image, layout = finish(Wording("随行保温杯", "zh"))
    (run,) = layout.title.runs
    left, top, _, bottom = layout.title.box.as_list()
    image[top - 5 : bottom + 5, left : left + round(run.size)] = image[top - 5, left]
    read = read_title(image, layout)
    assert bare(read) != bare(set_title(layout))
    assert similarity(read, set_title(layout)) > 0.5


def test_another_title_than_was_set_is_told():
    image, layout = finish(Wording("随行保温杯", "zh"))
    (run,) = layout.title.runs
    claimed = replace(
        layout, blocks=(replace(layout.title, runs=(replace(run, text="随行保暖杯"),)), *layout.blocks[1:])
    )
    assert bare(read_title(image, claimed)) == "随行保温杯"


def test_nothing_is_read_where_nothing_stands():
    _, layout = finish(Wording("随行保温杯", "zh"))
    empty = np.full((layout.height, layout.width, 3), 128, np.uint8)
    assert bare(read_title(empty, layout)) == ""
    assert similarity("", set_title(layout)) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("ＡＢＣ　１２３", "abc123", True),
        ("保温杯，500ml！", "保温杯500ML", True),
        ("保温杯", "保湿杯", False),
        ("¥99", "99", True),
    ],
)
def test_width_case_space_and_signs_are_not_compared(one, other, same):
    assert (bare(one) == bare(other)) is same
