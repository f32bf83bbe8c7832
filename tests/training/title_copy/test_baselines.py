import numpy as np
import pytest
from transformers import AutoTokenizer

from inference.models import pretrained
from training.title_copy.baselines import Neighbours, cut, first_words

CONTENT = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml."


def pair(title: str, content: str = CONTENT, language: str = "en") -> dict:
    return {"title": title, "content": content, "language": language}


def test_first_words():
    assert first_words(pair("Steel Travel Flask")) == "Keeps drinks hot for 12 hours"
    assert first_words(pair("杯", "这只不锈钢杯容量500毫升，保温", "zh")) == "这只不锈钢杯容量500毫"


def test_the_nearest_title_is_of_the_likest_content_in_the_same_language():
    train = [
        pair("Wool Socks", "Warm merino wool socks"),
        pair("Steel Mug", CONTENT + " New."),
        pair("杯", CONTENT, "zh"),
    ]
    found = Neighbours.of([pair("Steel Travel Flask"), pair("袜", "羊毛袜", "zh")], train)
    assert found.titles == ["Steel Mug", "杯"]
    assert 0.9 < found.similarity[0] < 1
    assert found.similarity[1] == 0


def test_without_a_training_pair_of_the_language_there_is_no_title():
    found = Neighbours.of([pair("袜", "羊毛袜", "zh")], [pair("Wool Socks")])
    assert (found.titles, found.similarity.tolist()) == ([""], [0])


def test_parts_are_by_distance_and_none_is_empty():
    parts = Neighbours(["a", "b", "c"], np.array([0.1, 0.4, 0.5])).parts()
    assert {name: mask.tolist() for name, mask in parts.items()} == {
        "all": [True, True, True],
        "no near-duplicate in training": [True, True, False],
        "· far: similarity below 0.15": [True, False, False],
        "· like products: 0.3 to 0.5": [False, True, False],
        "near-duplicate in training": [False, False, True],
    }


@pytest.mark.parametrize(("title", "tokens", "expected"), [("Flask", 3, "Fla"), ("Flask", 9, "Flask"), ("", 3, "")])
def test_a_title_is_cut_after_so_many_tokens(title, tokens, expected):
    tokenizer = AutoTokenizer.from_pretrained(pretrained.locate(pretrained.TINY))
    assert cut(title, tokenizer, tokens) == expected
