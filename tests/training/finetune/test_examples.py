import pytest

from training.finetune.examples import (
    EXAMPLES_FILE,
    count_splits,
    digest_of,
    encode,
    read_examples,
    with_validation,
    write_examples,
)
from training.finetune.task import BadExample
from training.finetune.text import TextExample

ROWS = [
    {"example_id": "b", "group": "g", "split": "train", "text": "flask"},
    {"example_id": "a", "group": "h", "split": "held_out", "text": "登山包"},
]


class Characters:
    def encode(self, row, epoch=0):
        return TextExample(tuple(map(ord, row["text"])), 1)


def many(groups: int, each: int = 2) -> list[dict]:
    return [
        {"example_id": f"{group}-{n}", "group": f"group {group}", "split": "train"}
        for group in range(groups)
        for n in range(each)
    ]


def test_a_text_may_hold_what_other_programs_take_for_a_line_break(tmp_path):
    hostile = [ROWS[0] | {"text": "one\u2028two\x85three\x0cfour"}]
    write_examples(tmp_path, hostile)
    assert read_examples(tmp_path, "train") == hostile


def test_the_order_of_rows_changes_neither_file_nor_digest(tmp_path):
    write_examples(tmp_path, ROWS)
    assert read_examples(tmp_path, "train") == ROWS[:1]
    assert read_examples(tmp_path, "held_out") == ROWS[1:]
    first = (tmp_path / EXAMPLES_FILE).read_bytes()
    write_examples(tmp_path, ROWS[::-1])
    assert (tmp_path / EXAMPLES_FILE).read_bytes() == first
    assert digest_of(ROWS) == digest_of(ROWS[::-1])
    assert digest_of(ROWS) != digest_of([ROWS[0], ROWS[1] | {"text": "背包"}])


def test_validation_takes_a_share_of_the_training_groups_whole():
    rows = with_validation([*many(20), ROWS[1]], share=0.25)
    assert count_splits(rows) == {"train": 30, "validation": 10, "held_out": 1}
    sides = {split: {row["group"] for row in rows if row["split"] == split} for split in ("train", "validation")}
    assert not sides["train"] & sides["validation"]


def test_more_data_moves_few_groups_into_validation():
    small, large = (
        {row["group"] for row in with_validation(many(n), 0.2) if row["split"] == "validation"} for n in (50, 55)
    )
    assert len(small - large) <= 3


@pytest.mark.parametrize(("groups", "share", "expected"), [(1, 0.1, 0), (2, 0.1, 1), (3, 0.1, 1), (9, 0, 0)])
def test_few_groups_leave_something_to_learn_from(groups, share, expected):
    rows = with_validation(many(groups), share)
    assert len({row["group"] for row in rows if row["split"] == "validation"}) == expected


def test_a_row_that_is_too_long_is_refused_with_both_numbers():
    assert len(encode(Characters(), ROWS[0], max_tokens=5).ids) == 5
    with pytest.raises(BadExample, match=r"5 tokens.*at most 4"):
        encode(Characters(), ROWS[0], max_tokens=4)
