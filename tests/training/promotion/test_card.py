import dataclasses

import pytest

from data_contracts.catalog import TITLE_COPY
from tests.training.promotion.challenges import GATE, facts, scorecard
from training.promotion.card import write_card
from training.promotion.challenge import Challenge
from training.promotion.gate import judge
from training.tracking import MAX_DESCRIPTION

HEADINGS = [
    "What it is for",
    "What it learned from",
    "How it was trained",
    "How good it is",
    "What it is bad at",
    "Licence",
    "How to take it back",
    "Where it comes from",
]


def card(rouge_l: float = 0.4, **changes) -> str:
    base = scorecard(None, 0.3)
    known = dataclasses.replace(facts(), **changes)
    challenge = Challenge(TITLE_COPY, scorecard(3, rouge_l), base, GATE, "0a1b2c", known)
    return write_card(challenge, judge(challenge.challenger, base, GATE))


def test_it_has_all_that_somebody_must_know_who_never_saw_the_code():
    text = card()
    assert text.startswith("# title_copy, version 3\n\n## ")
    assert [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")] == HEADINGS
    assert TITLE_COPY.about in text
    assert "`content_title_pairs`, version 7, digest `000000000000`" in text
    assert "96 to train on, 40 held out, 60 in Chinese" in text
    assert "name tiny, rank 8." in text  # what a recipe leaves out is left out
    assert "on 40 held-out rows in 20 groups" in text
    assert "| rouge_l | 0.3" in text
    assert "It passed the gate: rouge_l +0.1" in text
    assert "It invents a brand now and then." in text
    assert "`qwen2.5-coder-0.5b-instruct`, Apache-2.0" in text
    assert 'python -m training.promotion title_copy --why "…"' in text
    assert "`0a1b2c`" in text
    assert len(text) < MAX_DESCRIPTION - 500


def test_a_refused_version_says_why():
    assert "It was refused by the gate: rouge_l" in card(rouge_l=0.1)


@pytest.mark.parametrize(
    ("base_model", "words"),
    [
        (None, "Base model: none was used."),
        ("Qwen/Qwen2.5-7B-Instruct", "`Qwen/Qwen2.5-7B-Instruct` is not on our shelf; its own model card"),
        ("tiny-qwen2", "`tiny-qwen2` is not on our shelf"),
    ],
)
def test_the_licence_is_the_base_models_own(base_model, words):
    assert words in card(base_model=base_model)


def test_data_from_a_file_are_named_by_it():
    data = dataclasses.replace(facts().data, version=0, uri="pairs.parquet")
    assert "a file, `pairs.parquet`" in card(data=data)
