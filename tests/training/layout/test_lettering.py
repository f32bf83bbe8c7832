from dataclasses import replace

import numpy as np
import pytest

from inference.covers.picture import colour
from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.layout.lettering import paint, set_in_box, typical_shade

WHITE = np.full((400, 600, 3), 255, np.uint8)


BOX = Box(100, 100, 500, 180)


def block(text="夏日清凉节", box=BOX, role=Role.HEADLINE, language="zh", ink=Colour.BLACK):
    return TextBlock(text, box, role, language, ink)


def on_white(*blocks, underlays=()):
    return Annotation(600, 400, blocks, underlays=underlays)


@pytest.mark.parametrize(
    ("text", "language", "box", "lines"),
    [
        ("夏日清凉节", "zh", Box(100, 100, 500, 180), 1),
        ("夏日清凉节", "zh", Box(100, 100, 250, 250), 2),
        ("Free shipping on every order", "en", Box(50, 50, 550, 90), 1),
        ("Free shipping on every order", "en", Box(50, 50, 200, 350), 4),
    ],
)
def test_ink_fills_its_box_across_or_down_and_never_leaves_it(text, language, box, lines):
    lettering = set_in_box(block(text, box, language=language))
    assert len(lettering.runs) == lines
    assert lettering.box.covered_by(box.grown(1e-6, 1e-6, 1e-6, 1e-6)) == pytest.approx(1)
    assert lettering.box.centre == pytest.approx(box.centre)
    filled = max(lettering.box.width / box.width, lettering.box.height / box.height)
    assert filled == pytest.approx(1)
    inked = np.argwhere((paint(WHITE, on_white(block(text, box, language=language))) < 128).any(axis=2))
    (top, left), (bottom, right) = inked.min(axis=0), inked.max(axis=0) + 1
    assert Box(left, top, right, bottom).iou(lettering.box) > 0.95


def test_a_text_without_glyphs_is_refused_by_name_and_left_out_of_the_picture():
    with pytest.raises(ValueError, match=r"no glyph for .*ש"):
        set_in_box(block("שלום"))
    assert (paint(WHITE, on_white(block("שלום"))) == WHITE).all()


@pytest.mark.parametrize("ink", Colour)
def test_a_text_is_painted_in_the_shade_of_its_ink(ink):
    painted = paint(WHITE // 2, on_white(block(ink=ink)))
    assert (painted == typical_shade(ink)).all(axis=2).mean() > 0.01


@pytest.mark.parametrize(("ink", "is_light"), [(Colour.WHITE, False), (Colour.BLACK, True), (Colour.YELLOW, False)])
def test_an_underlay_is_light_under_dark_ink_and_deep_under_light(ink, is_light):
    ground = np.random.default_rng(0).integers(0, 256, WHITE.shape).astype(np.uint8)
    panel = Box(60, 60, 540, 220)
    painted = paint(ground, on_white(block(ink=ink), underlays=(panel,)))
    beside_the_text = colour.luminance(painted[70:90, 70:530]).mean()
    assert (beside_the_text > 0.5) == is_light
    assert (painted[230:] == ground[230:]).all()


def test_what_reaches_beyond_the_canvas_is_cut_off():
    layout = on_white(
        block(box=Box(400, 300, 900, 500)), block(box=Box(700, 500, 900, 600)), block(box=Box(-300, -90, -10, -5))
    )
    painted = paint(WHITE, layout)
    assert painted.shape == WHITE.shape
    assert (painted[300:, 400:] < 128).any()
    assert (painted[:250] == 255).all()


def test_boxes_too_small_for_a_letter_are_left_empty():
    specks = on_white(block(box=Box(100, 100, 101, 100.5)))
    assert (paint(WHITE, specks) == WHITE).all()
    assert set_in_box(replace(block(), box=Box(100, 100, 100, 100))).runs[0].size == 0
