"""Whatever a model would rather write, an answer is a layout of the request: random tokens stand in for the model."""

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher
from llguidance.hf import from_tokenizer
from transformers import AutoTokenizer

from inference.media.geometry import Box
from inference.models import layout_bases, pretrained
from inference.models.layout import KEYS, Role, readable_size
from inference.models.layout_grammar import MOST_BOXES, parse, write_grammar
from inference.models.layout_request import LayoutRequest, WantedText

WIDTH, HEIGHT = 900, 1200

HOSTILE = (
    'say "hi" \\',
    "[9, 8, 7, 6]",
    '", "box": "[1, 2, 3, 4]',
    "{{ a }}",
    "a\nb\u2028c",
    "😀",
    "<|im_end|>",
    "/[a-z]/",
    "一",
)

texts = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=12).filter(lambda text: text.strip()))
wanted = st.builds(
    WantedText,
    texts.filter(str.isprintable) | st.sampled_from(HOSTILE),
    st.sampled_from(Role),
    st.sampled_from(["zh", "en"]),
)
boxes = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height),
    *(st.floats(0, 500), st.floats(0, 700), st.floats(1, 400), st.floats(1, 500)),
)
told = st.none() | st.lists(boxes, max_size=3)
requests = st.builds(
    LayoutRequest, st.lists(wanted, min_size=1, max_size=9), st.just(WIDTH), st.just(HEIGHT), told, told
)


@pytest.fixture(scope="module")
def tokenizer():
    return from_tokenizer(AutoTokenizer.from_pretrained(pretrained.locate(layout_bases.TINY)))


def scribble(tokenizer, request: LayoutRequest, seed: int) -> str:
    """An answer of which every token is drawn at random from what the grammar allows."""
    matcher, random, tokens = LLMatcher(tokenizer, write_grammar(request)), np.random.default_rng(seed), []
    assert not matcher.is_error(), matcher.get_error()
    while not matcher.is_stopped():
        allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
        token = int(random.choice(np.flatnonzero(allowed)))
        if token == tokenizer.eos_token:
            break
        assert matcher.consume_token(token)
        tokens.append(token)
    return tokenizer.decode_bytes(tokens).decode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests, st.integers(0, 2**32))
def test_random_tokens_make_a_layout_of_the_request(tokenizer, request_, seed):
    answer = scribble(tokenizer, request_, seed)
    layout = parse(answer, WIDTH, HEIGHT)
    asked = Counter((each.text, each.role, each.language) for each in request_.texts)
    assert Counter((block.text, block.role, block.language) for block in layout.blocks) == asked
    every = [*(block.box for block in layout.blocks), *layout.faces, *layout.products, *layout.underlays]
    assert all(0 <= box.left < box.right <= WIDTH and 0 <= box.top < box.bottom <= HEIGHT for box in every)
    for kind in ("faces", "products"):
        asked_with, answered = getattr(request_, kind), getattr(layout, kind)
        assert len(answered) <= MOST_BOXES[kind] if asked_with is None else len(answered) == len(asked_with)
    assert len(layout.underlays) <= MOST_BOXES["underlays"]


def test_boxes_that_were_told_are_repeated(tokenizer):
    request = LayoutRequest([WantedText("a", Role.PRICE, "en")], WIDTH, HEIGHT, (Box(90, 120, 180, 240),), ())
    layout = parse(scribble(tokenizer, request, 1), WIDTH, HEIGHT)
    assert [box.as_list() for box in layout.faces] == [[90, 120, 180, 240]]
    assert layout.products == ()


def test_texts_of_a_role_come_in_any_order_and_many_in_the_one_given(tokenizer):
    few = LayoutRequest([WantedText(text, Role.SELLING_POINT, "en") for text in "abc"], WIDTH, HEIGHT, (), ())
    orders = {
        "".join(b.text for b in parse(scribble(tokenizer, few, seed), WIDTH, HEIGHT).blocks) for seed in range(60)
    }
    assert len(orders) == 6
    many = LayoutRequest([WantedText(text, Role.SELLING_POINT, "en") for text in "hgfedcba"], WIDTH, HEIGHT, (), ())
    assert "".join(block.text for block in parse(scribble(tokenizer, many, 3), WIDTH, HEIGHT).blocks) == "hgfedcba"


def answer_with(box: str, text: str = "a", role: Role = Role.PRICE) -> str:
    block = {"ocr": text, "box": box, "文本语言": "英文", "文本主体色调": "红色"}
    roles = {KEYS[each]: [block] if each == role else [] for each in Role}
    return json.dumps({"文本": roles, "人脸": [], "商品": [], "衬底": []}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[500, 100, 200, 300]", [180, 120, 450, 360]),
        ("[200, 300, 500, 100]", [180, 120, 450, 360]),
        ("[0, 0, 1000, 1000]", [0, 0, 900, 1200]),
    ],
)
def test_sides_in_the_wrong_order_are_exchanged(written, meant):
    assert parse(answer_with(written), WIDTH, HEIGHT).blocks[0].box.as_list() == meant


@pytest.mark.parametrize(
    "corner", ["[0, 0, 0, 0]", "[1000, 1000, 1000, 1000]", "[500, 500, 500, 500]", "[999, 0, 1000, 1]"]
)
@pytest.mark.parametrize("role", [Role.HEADLINE, Role.PRICE])
def test_a_box_too_small_for_letters_grows_within_the_canvas(corner, role):
    box = parse(answer_with(corner, role=role), WIDTH, HEIGHT).blocks[0].box
    assert box.height >= readable_size(role) * WIDTH - 1e-9
    assert 0 <= box.left < box.right <= WIDTH
    assert 0 <= box.top < box.bottom <= HEIGHT


def test_what_looks_like_a_box_in_a_text_stays_as_it_is():
    assert parse(answer_with("[1, 2, 500, 600]", "[9, 8, 7, 6]"), WIDTH, HEIGHT).blocks[0].text == "[9, 8, 7, 6]"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{", "no JSON"),
        (answer_with("[1, 2, 3]"), r"价格\[0\]\.box"),
        (answer_with("[1, 2, 3, 1001]"), "no box within"),
    ],
)
def test_what_is_no_answer_says_where(answer, message):
    with pytest.raises(ValueError, match=message):
        parse(answer, WIDTH, HEIGHT)
