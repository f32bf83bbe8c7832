import pytest
from transformers import AutoTokenizer

from inference.models import pretrained
from training.title_copy.examples import as_rows
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
