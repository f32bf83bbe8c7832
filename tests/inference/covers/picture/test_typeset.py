"""Texts fill the boxes they are given, and say so when they do not fit."""

import itertools

import pytest

from inference.covers.picture import typeset
from inference.covers.picture.layout import Scene
from inference.covers.picture.style import STYLES, Wording
from inference.media.geometry import Box
from tests.inference.covers.choices import choose, paint

WORDING = Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99")


@pytest.fixture(scope="module")
def scene():
    return Scene.of(choose(paint(360, 480)), WORDING, "3:4", STYLES["headline"])


@pytest.mark.parametrize("box", [Box(70, 100, 1000, 220), Box(70, 100, 600, 400), Box(200, 900, 900, 1300)])
def test_a_title_lies_in_its_box_and_fills_one_side_of_it(scene, box):
    block = typeset.fit("title", WORDING.title, box, scene, most=1e3).block
    assert block.box.covered_by(box.grown(1, 1, 1, 1)) == pytest.approx(1)
    assert max(block.box.width / box.width, block.box.height / box.height) > 0.85


def test_a_price_lies_in_its_box_with_its_tag(scene):
    box = Box(70, 100, 500, 220)
    block = typeset.fit("price", "¥99", box, scene).block
    assert block.tag.covered_by(box.grown(1, 1, 1, 1)) == pytest.approx(1)


def test_a_box_too_small_is_refused_until_room_is_made(scene):
    box = Box(70, 100, 170, 120)
    assert typeset.fit("title", WORDING.title, box, scene) is None
    roomy = typeset.make_room("title", WORDING.title, box, scene, 80)
    assert roomy.left == 70
    assert typeset.fit("title", WORDING.title, roomy, scene).block.runs[0].size == pytest.approx(80, abs=2)


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_what_leaves_room_stands_where_it_is_wanted(scene, at):
    box = Box(70, 100, 1000, 500)
    block = typeset.fit("selling_point", "宽松", box, scene, at=at).block
    free = box.height - block.box.height
    assert block.box.top - box.top == pytest.approx(at * free, abs=1)


def test_blocks_that_overlap_are_pushed_apart_and_stay_inside(scene):
    inside = Box(60, 60, 1020, 1380)
    blocks = [typeset.fit("title", "夏天", Box(60, y, 600, y + 130), scene).block for y in (1240, 1200, 1250)]
    settled = typeset.settle(blocks, 20, inside)
    tops = sorted(block.outer.top for block in settled)
    assert all(block.outer.covered_by(inside) > 0.999 for block in settled)
    assert all(after - before >= blocks[0].outer.height + 19 for before, after in itertools.pairwise(tops))
    assert typeset.settle(blocks, 2000, inside) is None


def test_only_blocks_near_one_another_share_a_card(scene):
    near = [typeset.fit("title", "夏天", Box(60, y, 600, y + 100), scene).block for y in (100, 210, 1000)]
    groups = typeset.group(near, scene.short)
    assert [len(group) for group in groups] == [2, 1]
    assert near[0] in groups[0]
