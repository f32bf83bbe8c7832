from dataclasses import replace

import numpy as np
import pytest

from tests.training.promotion.challenges import GATE, HELD_OUT, ROWS, scorecard
from training.promotion.gate import Gate, NotComparable, judge

BASE = scorecard(None, 0.3)


def share(part: float) -> np.ndarray:
    return (np.arange(ROWS) < part * ROWS).astype(float)


@pytest.mark.parametrize(
    ("challenger", "fault"),
    [
        (scorecard(1, 0.4), ""),
        (scorecard(1, 0.302), "it may be luck"),
        (scorecard(1, 0.2), "not better"),
        (scorecard(1, 0.9, values={"unsupported": share(0.05)}), ""),
        (
            scorecard(1, 0.9, values={"unsupported": share(0.1)}),
            "unsupported rose from 0.0000 to 0.1000, more than 0.05",
        ),
        (scorecard(1, 0.9, values={"publishable": share(0.9)}), "publishable fell from 1.0000 to 0.9000"),
        (scorecard(1, float("nan")), "rouge_l of version 1 is not a number in 40 of 40 rows"),
        (scorecard(1, 0.9, values={"unsupported": np.full(ROWS, np.nan)}), "unsupported of version 1 is not a number"),
        (scorecard(1, 0.9, values={"length_ok": np.zeros(ROWS)}), ""),  # nobody guards it
    ],
)
def test_the_gate(challenger, fault):
    verdict = judge(challenger, BASE, GATE)
    assert fault in "; ".join(verdict.faults)
    assert bool(verdict.faults) == bool(fault)


def test_an_incumbent_without_a_number_is_not_beaten():
    broken = scorecard(None, 0.3, values={"rouge_l": np.where(np.arange(ROWS) == 3, np.nan, 0.3)})
    assert "rouge_l of base model is not a number in 1 of 40 rows" in "; ".join(
        judge(scorecard(1, 0.9), broken, GATE).faults
    )


def test_a_row_without_weight_needs_no_number():
    silent = {"values": {"unsupported": np.where(np.arange(ROWS) == 3, np.nan, 0)}}
    silent["weights"] = {"unsupported": (np.arange(ROWS) != 3).astype(float)}
    assert judge(scorecard(1, 0.4, **silent), BASE, GATE).faults == ()


def test_many_rows_of_few_groups_prove_nothing():
    few = [str(row % 5) for row in range(ROWS)]
    verdict = judge(scorecard(1, 0.9, groups=few), scorecard(None, 0.3, groups=few), GATE)
    assert verdict.faults == ("5 groups of held-out rows cannot tell better from luck, at least 6 are needed",)


def test_what_wins_within_one_group_alone_is_luck():
    """Twenty good rows of one product are one witness."""
    lucky = scorecard(1, 0.3, values={"rouge_l": BASE.values["rouge_l"] + share(0.5)})
    alone = [str(max(0, row - ROWS // 2 + 1)) for row in range(ROWS)]
    assert judge(lucky, BASE, GATE).faults == ()
    assert "luck" in judge(replace(lucky, groups=alone), replace(BASE, groups=alone), GATE).reason


def test_lower_can_be_better_and_then_less_must_be_proved():
    gate = Gate("rouge_l", higher_is_better=False)
    assert judge(scorecard(1, 0.2), BASE, gate).faults == ()
    assert "not better" in judge(scorecard(1, 0.4), BASE, gate).reason


@pytest.mark.parametrize("other", [replace(HELD_OUT, version=8), replace(HELD_OUT, digest="ff"), None])
def test_scores_on_other_rows_are_not_compared(other):
    stale = replace(BASE, held_out=other) if other else replace(BASE, groups=["x"] * ROWS)
    with pytest.raises(NotComparable, match="Evaluate again"):
        judge(scorecard(1, 0.9), stale, GATE)


def test_a_score_that_decides_may_not_be_missing():
    with pytest.raises(ValueError, match="scores of base model lack publishable"):
        judge(
            scorecard(1, 0.9), replace(BASE, values={k: v for k, v in BASE.values.items() if k != "publishable"}), GATE
        )


def test_the_table_has_both_systems_and_what_decided():
    verdict = judge(scorecard(2, 0.4, values={"win_rate": np.full(ROWS, 0.5)}), scorecard(1, 0.3), GATE)
    heading, _, main, *rest = verdict.table.splitlines()
    assert heading == "| score | version 1 | version 2 | difference (95 % interval) | decides |"
    assert main.startswith("| rouge_l | 0.3")
    assert main.endswith("| interval must lie above 0 |")
    assert [line.split(" | ")[0] for line in rest] == ["| unsupported", "| publishable", "| length_ok", "| win_rate"]
    assert "may rise by 0.05" in rest[0]
    assert "may fall by 0.05" in rest[1]
    assert rest[3].split(" | ")[1:4] == ["", "0.5000", ""]  # the incumbent has no such score
    assert verdict.scores[0]["low"] > 0
    assert verdict.scores[4]["before"] is None
