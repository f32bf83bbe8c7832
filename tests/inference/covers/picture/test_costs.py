"""Each fault of a placement has its cost, and a placement without it has none."""

import numpy as np
import pytest

from inference.covers.picture.costs import Group, weigh, weigh_blocks
from inference.covers.picture.framing import Framing, measure_interest
from inference.covers.picture.ground import measure_busyness, survey, ui_zones
from inference.covers.picture.style import Style
from inference.covers.picture.typography import Run, TextBlock
from inference.media.geometry import Box
from tests.inference.covers.choices import choose, paint

SIZE = (1080, 1440)
FACE = ((300, 300, 400, 420), (280, 260, 420, 440))


@pytest.fixture(scope="module")
def ground():
    """A frame shown as it is: a face, a product, a burnt-in line."""
    choice = choose(paint(*SIZE), [FACE], product=(600, 600, 1000, 1000), texts=[(100, 1100, 500, 1150)])
    framing = Framing(Box(0, 0, *SIZE), Box(0, 0, *SIZE), {})
    interest = measure_interest(choice.frame.image)
    return survey(choice, framing, "3:4", SIZE, interest, measure_busyness(choice.frame.image, interest.shape))


def costs_at(ground, *boxes, style=None) -> dict[str, float]:
    groups = [Group(box, np.array([box.top])) for box in boxes]
    return {name: float(cost[0]) for name, cost in weigh(ground, groups, style or Style(), 65).items()}


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("face_covered", Box(320, 330, 500, 400)),
        ("head_covered", Box(300, 280, 380, 300)),
        ("product_covered", Box(700, 700, 900, 800)),
        ("text_covered", Box(150, 1110, 300, 1140)),
        ("under_badge", Box(70, 1350, 300, 1375)),
        ("thirds", Box(450, 560, 600, 700)),
    ],
)
def test_what_is_covered_costs_by_its_name(ground, name, box):
    assert costs_at(ground, box)[name] > 0
    assert costs_at(ground, Box(70, 70, 300, 110))[name] == 0


def test_words_wanted_in_the_middle_may_stand_there(ground):
    middle = Box(450, 560, 600, 700)
    assert costs_at(ground, middle, style=Style(placement="middle"))["thirds"] == 0


def test_groups_add_up_and_further_ones_cost(ground):
    first, second = Box(70, 70, 300, 110), Box(700, 700, 900, 800)
    together, alone = costs_at(ground, first, second), costs_at(ground, second)
    assert together["product_covered"] == pytest.approx(alone["product_covered"])
    assert together["scattered"] > 0
    assert alone["scattered"] == 0


def block(role: str, left: float, top: float, size: float = 100.0) -> TextBlock:
    return TextBlock(role, "sans", (Run("好", left, top + size, size),), Box(left, top, left + 4 * size, top + size))


def test_blocks_out_of_line_overlapping_or_too_large_cost():
    title = block("title", 70, 70)
    good = weigh_blocks([title, block("price", 70, 300, 50)], 1080)
    assert sum(good.values()) == 0
    assert weigh_blocks([title, block("price", 160, 300, 50)], 1080)["unaligned"] > 0
    assert weigh_blocks([title, block("price", 70, 120, 50)], 1080)["overlapping"] > 10
    assert weigh_blocks([title, block("price", 70, 300, 150)], 1080)["top_heavy"] > 0


def test_badges_lie_on_covers_and_not_on_posters():
    for ratio, (width, height) in {"3:4": (1080, 1440), "1:1": (1080, 1080), "16:9": (1280, 720)}.items():
        zones = ui_zones(ratio, width, height)
        assert zones
        assert all(zone.covered_by(Box(0, 0, width, height)) == 1 for zone in zones)
    assert ui_zones("1200x628", 1200, 628) == []
