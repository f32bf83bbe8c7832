import pytest

from inference.watch import Budgets


def test_a_budget_is_not_negative():
    with pytest.raises(ValueError, match="memory_bytes is -1"):
        Budgets(0, -1, 0)
