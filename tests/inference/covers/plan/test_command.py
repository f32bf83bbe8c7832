"""``python -m inference.covers.plan`` as a person would type it."""

import json
import sys

import pytest

from inference.covers.plan import __main__ as command


def plan_of(capsys, monkeypatch, *arguments: str) -> dict:
    monkeypatch.setattr(sys, "argv", ["inference.covers.plan", *arguments])
    command.main()
    return json.loads(capsys.readouterr().out)


def test_the_plan_is_printed_with_every_span(capsys, monkeypatch):
    requirement = "竖版3:4，标题不超过10个字，不要字幕帧，要高级"
    plan = plan_of(capsys, monkeypatch, requirement, "--no-language-model")
    assert list(plan) == ["requirement", "tasks", "constraints", "criteria", "conflicts", "unread"]
    assert [(task["kind"], task["what"], task["parameters"], task["from"]) for task in plan["tasks"]] == [
        ("layout", "ratio", {"ratio": "3:4"}, "3:4"),
        ("textual", "title_max_chars", {"chars": 10}, "标题不超过10个字"),
        ("visual", "hide", {"subject": "text"}, "不要字幕帧"),
    ]
    assert {task["need"] for task in plan["tasks"]} == {"have_to_have"}
    assert plan["constraints"] == {
        "ratio": "3:4",
        "ratios": ["3:4"],
        "title_min_chars": None,
        "title_max_chars": 10,
        "title_max_words": None,
        "languages": [],
        "must_show": [],
        "must_not_show": ["text"],
        "price": {"shown": None, "amount": None},
        "moving_s": None,
    }
    assert (plan["criteria"], plan["conflicts"], plan["unread"]) == ([], [], ["要高级"])


def test_a_contradiction_is_part_of_the_plan_and_no_failure(capsys, monkeypatch):
    plan = plan_of(capsys, monkeypatch, "要价格，不要价格", "--no-language-model")
    assert plan["conflicts"] == ["既要求出现价格，又要求不出现价格"]
    assert len(plan["tasks"]) == 2


def test_a_price_is_held_against_the_demand(capsys, monkeypatch):
    arguments = ("标出价格99元", "--no-language-model", "--price")
    assert plan_of(capsys, monkeypatch, *arguments, "99")["conflicts"] == []
    assert len(plan_of(capsys, monkeypatch, *arguments, "0")["conflicts"]) == 1


@pytest.mark.parametrize("price", ["-1", "nan", "inf", "dear"])
def test_a_price_that_is_none_is_refused(capsys, monkeypatch, price):
    monkeypatch.setattr(sys, "argv", ["inference.covers.plan", "竖版", "--price", price])
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    assert "--price" in capsys.readouterr().err
