import json
from dataclasses import replace

import pytest
from transformers import AutoTokenizer

from inference.covers.titles.copy import describe_serving
from inference.models import pretrained
from training.finetune.examples import with_validation
from training.title_copy.examples import as_prompt, as_rows, load_pairs
from training.title_copy.preferences import find_preferences
from training.title_copy.recipes import tiny
from training.title_copy.task import TitleTask

PAIRS = [
    {
        "pair_id": "b",
        "content": "Keeps drinks hot",
        "title": "Steel Flask",
        "language": "en",
        "group": "g",
        "split": "train",
        "cleaned_from": None,
        "clicks": 3,
    },
]


@pytest.fixture
def tokenizer():
    return AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))


def test_further_clicks_are_no_new_data():
    assert as_rows(PAIRS) == as_rows([PAIRS[0] | {"clicks": 4}])
    assert as_rows(PAIRS)[0]["example_id"] == "b"


def test_an_example_is_the_prompt_of_serving_then_the_title(tokenizer, tmp_path):
    example = TitleTask().encoder(tiny(), tmp_path).encode(as_rows(PAIRS)[0])
    prompt, title = example.ids[: example.answer_start], example.ids[example.answer_start :]
    assert tokenizer.decode(title) == "Steel Flask<|im_end|>"
    assert tokenizer.decode(prompt).endswith("Keeps drinks hot<|im_end|>\n<|im_start|>assistant\n")
    assert "at most 42 characters" in tokenizer.decode(prompt)
    assert example.weight == len(title)


def test_an_adapter_that_says_how_it_is_asked_is_asked_so(tokenizer):
    other = replace(describe_serving(tokenizer), instructions={"en": "Name it in {limit} letters."}, max_content=5)
    assert as_prompt(PAIRS[0], other) == [
        {"role": "system", "content": "Name it in 42 letters."},
        {"role": "user", "content": "Keeps"},
    ]


def test_pairs_made_by_hand_need_the_documented_columns_only(tmp_path):
    file = tmp_path / "pairs.jsonl"
    documented = ("pair_id", "content", "title", "language", "group", "split")
    hostile = {name: PAIRS[0][name] for name in documented} | {"title": "one\u2028two\x85three\x0cfour"}
    file.write_text(json.dumps(hostile, ensure_ascii=False) + "\n", encoding="utf-8")
    pairs = with_validation(load_pairs(file), 0.1)
    assert as_rows(pairs)[0]["title"] == hostile["title"]  # other programs take these for line breaks
    assert find_preferences(pairs).preferences == []
