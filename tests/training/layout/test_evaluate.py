import numpy as np
import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.layout.baselines import random_layout
from training.layout.evaluate import KEPT_CLEAR, Poster, System, _as_card, _kept_clear, _scaled, _score
from training.layout.promote import GATE
from training.promotion.gate import judge
from training.promotion.scorecard import HeldOut


def block(text: str, role: Role, top: float) -> TextBlock:
    return TextBlock(text, Box(20, top, 180, top + 20), role, "en", Colour.BLACK)


TRUTH = Annotation(
    200,
    300,
    (block("Fits the day", Role.HEADLINE, 200), block("light", Role.SELLING_POINT, 230), block("$59", Role.PRICE, 260)),
    faces=(Box(80, 20, 120, 60),),
    products=(Box(40, 10, 160, 180),),
)
GROUND = np.full((300, 200, 3), 240, np.uint8)


def posters(count: int, truth: Annotation = TRUTH) -> list[Poster]:
    return [Poster(f"{number}", f"{number}", GROUND, truth) for number in range(count)]


def card(name: str, layouts: list[Annotation], shown: list[Poster]):
    scores = _score(System(name, layouts), shown)["corrected"]
    return _as_card(System(name, layouts), scores, HeldOut("layout_annotations", 1, "d"), shown)


def test_faces_and_products_count_alike_and_a_picture_with_neither_says_nothing():
    over_face = _scaled(TRUTH, 200, 300)
    over_face = Annotation(
        200,
        300,
        (TextBlock("a", Box(80, 20, 120, 60), Role.PRICE, "en", Colour.BLACK),),
        *(over_face.faces, over_face.products),
    )
    product_share = (40 * 40) / (120 * 170)
    shown = posters(2)
    kept = _kept_clear(_score(System("x", [over_face, TRUTH]), shown)["corrected"])
    assert kept == pytest.approx([1 - (1 + product_share) / 2, 1], abs=0.02)
    empty = Annotation(200, 300, TRUTH.blocks)
    assert np.isnan(_kept_clear(_score(System("x", [empty]), posters(1, empty))["corrected"])).all()


def test_a_layout_in_another_size_is_the_same_layout():
    twice = _scaled(TRUTH, 400, 600)
    assert twice.blocks[0].box.as_list() == [40, 400, 360, 440]
    assert twice.products[0].as_list() == [80, 20, 320, 360]
    assert _scaled(twice, 200, 300) == TRUTH


def test_the_gate_takes_what_keeps_faces_and_products_clear_and_nothing_that_drops_a_text():
    shown = posters(12)
    designer = card("designer", [TRUTH] * 12, shown)
    chance = card("random", [random_layout(TRUTH, seed) for seed in range(12)], shown)
    assert designer.mean(KEPT_CLEAR).mean == 1.0
    assert judge(designer, chance, GATE).faults == ()
    assert judge(chance, designer, GATE).faults
    assert judge(designer, card("again", [TRUTH] * 12, shown), GATE).faults  # as good is not better
    less = [Annotation(200, 300, TRUTH.blocks[1:], TRUTH.faces, TRUTH.products)] * 12
    assert any("retention" in fault for fault in judge(card("drops", less, shown), chance, GATE).faults)
