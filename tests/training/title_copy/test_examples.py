import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from inference.models import pretrained
from training.title_copy import examples
from training.title_copy.examples import IGNORED, Example, collate, plan_batches, tokenize

PAIRS = [
    {
        "pair_id": "b",
        "content": "Keeps drinks hot",
        "title": "Steel Flask",
        "language": "en",
        "group": "g",
        "split": "train",
    },
    {
        "pair_id": "a",
        "content": "后背用网架撑开",
        "title": "登山包",
        "language": "zh",
        "group": "h",
        "split": "held_out",
    },
]


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))


def test_an_example_is_the_prompt_of_serving_then_the_title(tokenizer):
    example, _ = tokenize(PAIRS, tokenizer)
    prompt, title = example.ids[: example.title_start], example.ids[example.title_start :]
    assert tokenizer.decode(title) == "Steel Flask<|im_end|>"
    assert tokenizer.decode(prompt).endswith("Keeps drinks hot<|im_end|>\n<|im_start|>assistant\n")
    assert "at most 42 characters" in tokenizer.decode(prompt)


def test_only_the_title_is_learned():
    short, long = Example((1, 2, 3), 2), Example((4, 5, 6, 7, 8), 3)
    batch = collate([short, long], pad_id=0, device="cpu")
    assert batch["input_ids"].tolist() == [[1, 2, 3, 0, 0], [4, 5, 6, 7, 8]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]
    assert batch["labels"].tolist() == [[IGNORED, IGNORED, 3, IGNORED, IGNORED], [IGNORED] * 3 + [7, 8]]
    assert batch["input_ids"].dtype == torch.int64


@given(st.lists(st.integers(1, 200), min_size=1, max_size=40), st.integers(1, 9), st.integers(1, 3), st.integers(0, 9))
def test_every_epoch_shows_every_example_and_the_plan_repeats(lengths, size, epochs, seed):
    made = [Example(tuple(range(length)), 0) for length in lengths]
    plan = plan_batches(made, size, epochs, seed)
    assert plan == plan_batches(made, size, epochs, seed)
    per_epoch = len(plan) // epochs
    for epoch in range(epochs):
        seen = [index for batch in plan[epoch * per_epoch : (epoch + 1) * per_epoch] for index in batch]
        assert set(seen) == set(range(len(made)))
    if len(made) >= size:
        assert {len(batch) for batch in plan} == {size}


def test_a_batch_holds_examples_of_like_length():
    made = [Example(tuple(range(length)), 0) for length in (100, 8, 104, 9, 102, 10, 101, 11)]
    assert {len({len(made[i].ids) // 50 for i in batch}) for batch in plan_batches(made, 4, 1, 0)} == {1}


def test_a_title_may_hold_what_other_programs_take_for_a_line_break(tmp_path):
    hostile = [PAIRS[0] | {"title": "one\u2028two\x85three\x0cfour"}]
    examples.write_pairs(tmp_path, hostile)
    assert examples.read_pairs(tmp_path, "train") == hostile


def test_the_order_of_pairs_changes_neither_file_nor_digest(tmp_path):
    examples.write_pairs(tmp_path, PAIRS)
    assert examples.read_pairs(tmp_path, "train") == PAIRS[:1]
    assert examples.read_pairs(tmp_path, "held_out") == PAIRS[1:]
    first = (tmp_path / examples.PAIRS_FILE).read_bytes()
    examples.write_pairs(tmp_path, PAIRS[::-1])
    assert (tmp_path / examples.PAIRS_FILE).read_bytes() == first
    assert examples.digest_of(PAIRS) == examples.digest_of(PAIRS[::-1])
    assert examples.digest_of(PAIRS) != examples.digest_of([PAIRS[0], PAIRS[1] | {"title": "背包"}])
