"""Times are counted by name, also of what fails."""

import pytest

from inference.covers.frames.costs import Costs


def test_times_of_one_name_add_up_even_when_the_work_fails():
    costs = Costs()
    with costs.of("text"):
        sum(range(1000))
    first = costs["text"]
    with pytest.raises(ZeroDivisionError), costs.of("text"):
        sum(range(1000)) / 0
    assert costs["text"] > first > 0
    assert set(costs) == {"text"}
