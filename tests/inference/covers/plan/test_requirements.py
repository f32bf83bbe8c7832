"""The evaluation set: requirements as teams write them, and the plans that a careful reader makes of them."""

import pytest

from inference.covers.plan import KIND_OF, read_requirement
from tests.inference.covers.plan.evaluation import add_up, compare, find_differences, read_expected

EXPECTED = read_expected()
PLANS = [read_requirement(each.requirement) for each in EXPECTED]
LEAST_F1 = 0.90
NAMES = [str(number) for number, _ in enumerate(EXPECTED, start=1)]


def test_the_set_is_large_and_varied():
    assert len({each.requirement for each in EXPECTED}) >= 120
    assert {task.what for each in EXPECTED for task in each.tasks} >= KIND_OF.keys() - {"avoid_placement"}
    chinese = sum(any("\u4e00" <= c <= "\u9fff" for c in each.requirement) for each in EXPECTED)
    assert 60 <= chinese <= len(EXPECTED) - 60
    assert sum(bool(each.conflicts) for each in EXPECTED) >= 20
    assert sum(bool(each.beyond_rules) for each in EXPECTED) >= 12
    assert any(not task.mandatory for each in EXPECTED for task in each.tasks)


def test_the_tasks_of_plans_are_those_expected():
    agreement = add_up(compare(plan.tasks, each.tasks) for plan, each in zip(PLANS, EXPECTED, strict=True))
    print(f"plan tasks: F1 {agreement.f1:.3f}, precision {agreement.precision:.3f}, recall {agreement.recall:.3f}")  # noqa: T201
    assert agreement.f1 >= LEAST_F1


@pytest.mark.parametrize(("plan", "expected"), list(zip(PLANS, EXPECTED, strict=True)), ids=NAMES)
def test_hard_constraints_and_conflicts_are_exact(plan, expected):
    assert find_differences(plan, expected) == []


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_every_task_quotes_the_requirement_and_rules_read_none_twice(plan):
    for task in plan.tasks:
        assert task.source
        assert task.source in plan.requirement
        assert task.read_by == "rule"
        assert sum(task.says(other) for other in plan.tasks) == 1
    assert all(clause in plan.requirement for clause in plan.unread)


def test_what_asks_for_something_unknown_stays_unread():
    for plan, expected in zip(PLANS, EXPECTED, strict=True):
        if expected.unread:
            assert plan.unread == expected.unread


def test_a_disagreement_is_counted():
    """The measure itself: a wrong number is a wrong task and a missed one, and a hard constraint broken."""
    plan = read_requirement("标题不超过9个字")
    expected = next(each for each in EXPECTED if each.requirement == "标题要短，不超过6个字，带上“新品”两个字")
    agreement = compare(plan.tasks, expected.tasks)
    assert (agreement.right, agreement.wrong, agreement.missed) == (0, 1, 2)
    assert any("title_max_chars" in each for each in find_differences(plan, expected))
