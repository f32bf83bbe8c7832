from dataclasses import replace

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.finetune.task import BadExample
from training.layout.examples import HIDDEN, annotation_of, ask, style_of, vary
from training.layout.recipes import tiny


def block(text: str, role: Role, left: float, top: float, width: float = 300, height: float = 60) -> TextBlock:
    return TextBlock(text, Box(left, top, left + width, top + height), role, "en", Colour.BLACK)


POSTER = Annotation(
    900,
    1200,
    (
        block("Fits the day", Role.HEADLINE, 60, 800, 600, 120),
        block("light", Role.SELLING_POINT, 60, 950),
        block("soft", Role.SELLING_POINT, 60, 1020),
        block("$59", Role.PRICE, 60, 1090),
    ),
    faces=(Box(300, 100, 500, 300),),
    products=(Box(200, 50, 700, 700),),
    underlays=(Box(30, 780, 870, 1170),),
)
RECIPE = replace(tiny(), told_boxes=0.5, hinted=0.5)


def test_a_held_out_poster_is_asked_for_all_texts_and_told_no_place():
    request = ask(POSTER, "a")
    assert sorted(each.text for each in request.texts) == sorted(b.text for b in POSTER.blocks)
    assert not any(each.box for each in request.texts)
    assert (request.faces, request.products, request.style) == (POSTER.faces, POSTER.products, {})
    assert ask(POSTER, "a") == request
    assert {tuple(each.text for each in ask(POSTER, seed).texts) for seed in range(20)} != {tuple(request.texts)}


def test_a_seed_gives_a_variant_and_each_seed_another():
    assert vary(POSTER, 1, RECIPE) == vary(POSTER, 1, RECIPE)
    assert len({repr(vary(POSTER, seed, RECIPE)) for seed in range(30)}) >= 28


@pytest.mark.parametrize("seed", range(30))
def test_the_answer_to_a_variant_places_what_it_was_asked_where_the_designer_did(seed):
    request, answer = vary(POSTER, seed, RECIPE)
    assert sorted((t.text, t.role) for t in request.texts) == sorted((b.text, b.role) for b in answer.blocks)
    assert [b.box for b in answer.blocks] == [b.box for b in POSTER.blocks]
    assert answer.underlays == POSTER.underlays
    if request.faces is None:
        assert (answer.faces, answer.products) == (POSTER.faces, POSTER.products)
    else:
        assert (answer.faces, answer.products) == (tuple(request.faces), tuple(request.products))


def test_boxes_are_told_shaken_and_texts_by_length_in_the_share_of_the_recipe():
    seen = [vary(POSTER, seed, RECIPE) for seed in range(300)]
    told = [request for request, _ in seen if request.faces is not None]
    hinted = [request for request, _ in seen if any(text.box for text in request.texts)]
    assert 0.4 < len(told) / len(seen) < 0.6
    assert 0.35 < len(hinted) / len(seen) < 0.6
    assert all(0 < POSTER.faces[0].iou(request.faces[0]) < 1 for request in told)
    lengths = {HIDDEN["en"] * len(b.text) for b in POSTER.blocks}
    hidden = [text.text for request in hinted for text in request.texts if text.text in lengths]
    assert hidden
    unhinted = [text.text for request, _ in seen if request not in hinted for text in request.texts]
    assert sum(text in lengths for text in unhinted) < len(unhinted) / 10  # only where every box happened to be masked


def test_the_wish_that_a_poster_fulfils():
    assert style_of(POSTER) == {"placement": "bottom", "underlay": "panel", "align": "left"}
    centred = replace(
        POSTER, blocks=tuple(replace(b, box=b.box.moved(450 - b.box.centre[0], -700)) for b in POSTER.blocks)
    )
    assert style_of(centred) == {"placement": "top", "underlay": "none", "align": "centre"}
    assert style_of(replace(POSTER, blocks=POSTER.blocks[1:])) == {}


def test_a_poster_without_text_is_no_example():
    row = {"example_id": "ab", "blocks": [], "faces": [], "products": [], "underlays": [], "width": 9, "height": 9}
    with pytest.raises(BadExample, match="ab has no text to place"):
        annotation_of(row)
