"""Lines of one font set close are one block; points of a list and prices stand for themselves."""

from dataclasses import replace

import numpy as np
import pytest

from inference.media.geometry import Box
from training.corpora.layout_annotations.embedded.blocks import merge
from training.corpora.layout_annotations.embedded.ink import Ink
from training.corpora.layout_annotations.embedded.line import Line


def line(text: str, left: float, top: float, size: float = 40, colour=(0.8, 0.1, 0.1), **more) -> Line:
    box = Box(left, top, left + 200, top + 0.72 * size)
    ink = Ink(box, np.array(colour), np.ones(3), box.height, size / 8, np.ones((1, 1), bool), box)
    return Line(text, box, ink, size, 0.9, **more)


ABOVE = line("See Lisbon", 50, 100)


def test_the_next_line_joins_with_a_blank_in_english_and_none_in_chinese():
    assert [block.text for block in merge([line("differently", 50, 150), ABOVE])] == ["See Lisbon differently"]
    assert [block.text for block in merge([line("偷得浮生", 50, 100), line("半日闲", 50, 150)])] == ["偷得浮生半日闲"]


@pytest.mark.parametrize(
    "other",
    [
        line("far below", 50, 175),
        line("larger", 50, 150, size=70),
        line("of another colour", 50, 150, colour=(0.1, 0.1, 0.8)),
        line("elsewhere", 150, 150),
        line("a point", 50, 150, bulleted=True),
        line("$19.99", 50, 150),
    ],
    ids=lambda line: line.text,
)
def test_what_differs_stands_for_itself(other):
    assert len(merge([ABOVE, other])) == 2


def test_words_that_lead_in_to_a_price_belong_to_it():
    over = line("From", 60, 100, size=20)
    assert [block.text for block in merge([over, line("€100", 50, 125)])] == ["From €100"]
    before = replace(over, box=Box(0, 112, 45, 128))
    assert [block.text for block in merge([before, line("€100", 50, 100)])] == ["From €100"]
