"""Constrained decoding on a real model of random weights, against asking it token by token."""

import numpy as np
import pytest
import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from inference.models import layout_bases, pretrained
from inference.models.layout import Role
from inference.models.layout_decoding import find_choices, write
from inference.models.layout_grammar import MOST_BOXES, parse, write_grammar
from inference.models.layout_reader import IMAGE, LayoutReader
from inference.models.layout_request import LayoutRequest, WantedText
from inference.models.pixel_limits import PixelLimits
from tests.inference.models.test_layout_grammar import answer_with

REQUEST = LayoutRequest(
    [
        WantedText("每一步", Role.HEADLINE, "zh"),
        *(WantedText(text, Role.SELLING_POINT, "en") for text in ("light", "soft")),
    ],
    90,
    120,
    (),
    (),
)


@pytest.fixture(scope="module")
def reader() -> LayoutReader:
    return LayoutReader.of(layout_bases.TINY, "Place these. ", 900, PixelLimits(28 * 28, 6 * 28 * 28))


@pytest.fixture(scope="module")
def model():
    return Qwen2_5_VLForConditionalGeneration.from_pretrained(pretrained.locate(layout_bases.TINY)).eval()


@pytest.fixture(scope="module")
def inputs(reader) -> dict[str, torch.Tensor]:
    picture = reader.fit(np.random.default_rng(0).integers(0, 255, (120, 90, 3), np.uint8))
    ids = torch.tensor([reader.prompt_ids(REQUEST, picture)])
    kinds = (ids == reader.image_id).long() * IMAGE
    return {"input_ids": ids, "mm_token_type_ids": kinds, **reader.as_pixels([picture])}


def token_by_token(model, reader, inputs, grammar: str) -> str:
    """The likeliest allowed token after everything before it, computed anew each time, without any cache."""
    from llguidance import LLMatcher

    matcher, tokens = LLMatcher(reader.grammar_tokenizer, grammar), []
    while not matcher.is_stopped():
        written = torch.tensor([tokens], dtype=torch.long)
        ids = torch.cat([inputs["input_ids"], written], dim=1)
        kinds = torch.cat([inputs["mm_token_type_ids"], torch.zeros_like(written)], dim=1)
        with torch.inference_mode():
            logits = model(**{**inputs, "input_ids": ids, "mm_token_type_ids": kinds}).logits[0, -1].numpy()
        allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
        forced = matcher.compute_ff_tokens()
        token = forced[0] if forced else int(max(np.flatnonzero(allowed), key=lambda each: logits[each]))
        if token == reader.grammar_tokenizer.eos_token:
            break
        matcher.consume_token(token)
        tokens.append(token)
    return reader.grammar_tokenizer.decode_str(tokens)


def test_feeding_forced_parts_as_one_chunk_changes_nothing(model, reader, inputs):
    grammar = write_grammar(REQUEST)
    (answer,) = write(model, reader.grammar_tokenizer, grammar, inputs, 900)
    assert answer == token_by_token(model, reader, inputs, grammar)


def test_the_model_is_asked_for_a_fraction_of_the_tokens(model, reader, inputs):
    calls = []
    hook = model.register_forward_hook(lambda *_: calls.append(1))
    (answer,) = write(model, reader.grammar_tokenizer, write_grammar(REQUEST), inputs, 900)
    hook.remove()
    assert len(calls) < 0.6 * len(reader.tokenizer(answer, add_special_tokens=False).input_ids)


def test_the_end_is_no_choice_where_nothing_else_may_follow(reader):
    full = LayoutRequest([WantedText("a", Role.PRICE, "en")], 90, 120, (), ())
    boxes = ", ".join(['"[1, 2, 3, 4]"'] * MOST_BOXES["underlays"])
    answer = answer_with("[1, 2, 3, 4]").replace('"衬底": []', f'"衬底": [{boxes}]')
    tokens = [*reader.tokenizer(answer, add_special_tokens=False).input_ids, reader.tokenizer.eos_token_id]
    assert max(find_choices(reader.grammar_tokenizer, write_grammar(full), tokens)) < len(tokens) - 1


def test_samples_differ_and_come_again_with_their_seed(model, reader, inputs):
    def drawn(seed: int) -> list[str]:
        return write(model, reader.grammar_tokenizer, write_grammar(REQUEST), inputs, 900, 3, 1.0, seed)

    assert len(set(drawn(0))) == 3
    assert drawn(0) == drawn(0) != drawn(1)
    assert drawn(0)[0] == drawn(1)[0] == write(model, reader.grammar_tokenizer, write_grammar(REQUEST), inputs, 900)[0]
    for answer in drawn(0):
        assert {block.text for block in parse(answer, 90, 120).blocks} == {"每一步", "light", "soft"}


def test_an_answer_that_does_not_end_in_time_is_no_layout(model, reader, inputs):
    with pytest.raises(ValueError, match="not finished within 20 tokens"):
        write(model, reader.grammar_tokenizer, write_grammar(REQUEST), inputs, 20)


def test_choices_are_where_another_answer_was_possible(model, reader, inputs):
    (answer,) = write(model, reader.grammar_tokenizer, write_grammar(REQUEST), inputs, 900)
    tokens = reader.tokenizer(answer, add_special_tokens=False).input_ids
    choices = find_choices(reader.grammar_tokenizer, write_grammar(REQUEST), tokens)
    chosen = {reader.tokenizer.decode([tokens[place]]) for place in choices}
    assert not chosen & {'{"文本": {', '{"ocr": "', '"副标题": ['}
    assert any(text.isdigit() for text in chosen)
    with pytest.raises(ValueError, match="not allowed"):
        find_choices(reader.grammar_tokenizer, write_grammar(REQUEST), [*tokens[:3], *tokens])
