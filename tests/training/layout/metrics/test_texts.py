from dataclasses import replace

import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role
from tests.training.layout.metrics.posters import BRIEF, HEIGHT, WHITE, WIDTH, with_block
from training.layout.metrics.texts import match_texts, measure


def scores(layout, image=WHITE):
    return {name: value for name, (value, _) in measure(layout, BRIEF, image).items()}


def test_a_good_layout_keeps_and_shows_every_text():
    measured = scores(BRIEF)
    assert measured["retention"] == measured["text_fits"] == measured["readable_contrast"] == 1
    assert measured["contrast"] == pytest.approx(21, abs=2)


@pytest.mark.parametrize(
    ("layout", "kept"),
    [
        (replace(BRIEF, blocks=BRIEF.blocks[1:]), 0.75),
        (with_block(0, box=Box(60, 60, 540, 80)), 0.75),  # too low for a headline
        (with_block(3, box=Box(60, 700, 68, 740)), 0.75),
        (with_block(3, box=Box(560, 700, 640, 740)), 0.75),  # half beyond the canvas
        (with_block(3, text="¥98"), 0.75),
        (with_block(2, text="Free shipping"), 0.75),  # one text twice, another not at all
        (with_block(1, role=Role.BRAND), 1.0),
        (replace(BRIEF, blocks=()), 0.0),
    ],
)
def test_a_text_is_kept_when_it_is_placed_on_the_canvas_and_large_enough(layout, kept):
    assert scores(layout)["retention"] == kept


def test_a_box_may_be_large_enough_for_letters_and_too_small_for_its_text():
    measured = scores(with_block(1, box=Box(60, 600, 85, 620)))
    assert measured["retention"] == 1
    assert measured["text_fits"] == 0.75


def test_a_text_that_the_font_cannot_show_does_not_fit():
    brief = replace(BRIEF, blocks=(replace(BRIEF.blocks[0], text="שלום"),))
    measured = measure(brief, brief, WHITE)
    assert measured["text_fits"] == (0, 1)
    assert measured["contrast"] == (1, 1)


@pytest.mark.parametrize(("ink", "readable"), [(Colour.BLACK, 1.0), (Colour.WHITE, 0.75), (Colour.YELLOW, 0.75)])
def test_contrast_is_that_of_the_ink_on_its_ground(ink, readable):
    assert scores(with_block(0, colour=ink))["readable_contrast"] == readable


def test_an_underlay_makes_faint_ink_readable_and_dropping_the_text_does_not():
    faint = with_block(0, colour=Colour.WHITE)
    on_panel = replace(faint, underlays=(Box(40, 40, 560, 170),))
    assert scores(on_panel)["readable_contrast"] == 1
    assert scores(replace(faint, blocks=faint.blocks[1:]))["readable_contrast"] == 0.75


def test_a_busy_ground_costs_contrast():
    stripes = WHITE.copy()
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = 0
    assert scores(BRIEF, stripes)["contrast"] < 0.2 * scores(BRIEF)["contrast"]


def test_a_brief_without_texts_says_nothing():
    empty = Annotation(WIDTH, HEIGHT, ())
    assert {weight for _, weight in measure(empty, empty, WHITE).values()} == {0}


def test_a_given_text_is_found_in_its_own_role_first():
    twice = replace(BRIEF.blocks[1], text="¥99", role=Role.SELLING_POINT)
    layout = replace(BRIEF, blocks=(twice, *BRIEF.blocks))
    found = match_texts(layout, BRIEF)
    assert [block and block.role for block in found] == [block.role for block in BRIEF.blocks]
    assert np.all([block in layout.blocks for block in found])


def test_one_block_cannot_show_a_text_that_was_given_twice():
    brief = replace(BRIEF, blocks=(*BRIEF.blocks[:2], BRIEF.blocks[1], BRIEF.blocks[3]))
    once = replace(BRIEF, blocks=(*BRIEF.blocks[:2], BRIEF.blocks[3]))
    assert measure(once, brief, WHITE)["retention"] == (0.75, 1)
    assert measure(brief, brief, WHITE)["retention"] == (1, 1)
