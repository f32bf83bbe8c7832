"""Layouts: words and photo each have their place."""

from random import Random

import pytest

from inference.media.geometry import Box
from training.corpora.layout_annotations.posters.layouts import FAMILIES, LANDSCAPE, arrange
from training.corpora.layout_annotations.posters.wording import Wording

SIZES = ((900, 1200), (1000, 1000), (1280, 720), (800, 1200))


SUITED = [(family, *size) for family in FAMILIES for size in SIZES if size[0] <= size[1] or family in LANDSCAPE]


@pytest.mark.parametrize(("family", "width", "height"), SUITED)
def test_words_stand_inside_the_canvas_and_on_what_is_made_for_them(family, width, height):
    for seed in range(20):
        arrangement = family(Random(seed), width, height)
        canvas = Box(0, 0, width, height)
        assert arrangement.photo.intersection(canvas).area > 0.05 * canvas.area
        for region in arrangement.regions:
            assert region.box.covered_by(canvas) == 1.0
            if arrangement.ground == "paper":
                assert region.box.intersection(arrangement.photo).area == 0
            if arrangement.ground == "panel":
                assert any(region.box.covered_by(panel) == 1.0 for panel in arrangement.panels)
            if arrangement.fade:
                assert region.box.intersection(arrangement.fade[0]).area == 0
        if arrangement.open:
            assert all(arrangement.open.intersection(panel).area == 0 for panel in arrangement.panels)


def test_every_part_of_the_copy_has_a_place_once():
    parts = {name for name in Wording.__dataclass_fields__ if name != "language"}
    for seed in range(100):
        random = Random(seed)
        held = [name for region in arrange(random, *random.choice(SIZES)).regions for name in region.holds]
        assert sorted(held) == sorted(parts)


def test_every_family_is_drawn():
    drawn = {arrange(random, *random.choice(SIZES)).family for random in map(Random, range(200))}
    assert drawn == {family.__name__.replace("_", " ") for family in FAMILIES}
