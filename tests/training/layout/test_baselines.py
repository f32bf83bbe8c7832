from dataclasses import replace

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from tests.training.layout.metrics.posters import BRIEF, WHITE, with_block
from training.layout.baselines import MeanLayout, in_reading_order, random_layout
from training.layout.metrics.texts import measure


def texts_and_roles(layout):
    return [(block.text, block.role, block.language) for block in layout.blocks]


@pytest.mark.parametrize("seed", range(20))
def test_a_random_layout_keeps_every_text_readable_on_the_canvas(seed):
    layout = random_layout(BRIEF, seed)
    assert texts_and_roles(layout) == texts_and_roles(BRIEF)
    measured = measure(layout, BRIEF, WHITE)
    assert measured["retention"] == measured["text_fits"] == (1, 1)


def test_a_random_layout_depends_on_its_seed_and_on_no_box_of_the_brief():
    moved = with_block(0, box=Box(1, 2, 300, 400), colour=Colour.RED)
    assert random_layout(BRIEF, 7) == random_layout(moved, 7) != random_layout(BRIEF, 8)
    assert len({random_layout(BRIEF, seed).blocks[0].colour for seed in range(30)}) > 5


def test_a_long_text_still_fits_a_random_layout():
    brief = with_block(0, text="The quietest headphones that we have ever made for long flights and short naps")
    for seed in range(5):
        box = random_layout(brief, seed).blocks[0].box
        assert box.covered_by(Box(0, 0, 600, 800)) == pytest.approx(1)


def test_the_mean_layout_has_the_mean_boxes_and_commonest_inks_at_any_size():
    lower = replace(
        with_block(0, box=BRIEF.blocks[0].box.moved(0, 80), colour=Colour.RED),
        width=1200,
        height=1600,
    )
    lower = replace(lower, blocks=tuple(replace(block, box=block.box.scaled(2)) for block in lower.blocks))
    mean = MeanLayout.of([BRIEF, lower, lower])
    laid = mean.lay_out(BRIEF)
    assert texts_and_roles(laid) == texts_and_roles(BRIEF)
    assert (laid.blocks[0].box.top, laid.blocks[0].box.left) == pytest.approx((60 + 80 * 2 / 3, 60))
    assert laid.blocks[0].colour == Colour.RED
    assert laid.blocks[3].box.as_list() == BRIEF.blocks[3].box.as_list()


def test_places_of_a_role_follow_the_reading_order_of_training_and_the_order_of_the_brief():
    shuffled = replace(BRIEF, blocks=BRIEF.blocks[::-1])
    boxes = [block.box.as_list() for block in MeanLayout.of([shuffled]).lay_out(BRIEF).blocks]
    assert boxes == [block.box.as_list() for block in BRIEF.blocks]
    assert list(in_reading_order(shuffled))[:3] == [
        (Role.HEADLINE, 0),
        (Role.SELLING_POINT, 0),
        (Role.SELLING_POINT, 1),
    ]


def test_the_mean_layout_places_what_training_never_had():
    more = replace(
        BRIEF,
        blocks=(
            *BRIEF.blocks,
            TextBlock("第三点", Box(0, 0, 1, 1), Role.SELLING_POINT, "zh", Colour.RED),
            TextBlock("Acme", Box(0, 0, 1, 1), Role.BRAND, "en", Colour.RED),
        ),
    )
    laid = MeanLayout.of([BRIEF]).lay_out(more)
    assert laid.blocks[4].box.as_list() == BRIEF.blocks[2].box.as_list()
    assert laid.blocks[5].box.area > 0
    assert texts_and_roles(laid) == texts_and_roles(more)


def test_there_is_no_mean_of_nothing():
    with pytest.raises(ValueError, match="none of 1 annotations has a text"):
        MeanLayout.of([Annotation(10, 10, ())])
