"""Which of our errors Airflow tries again; steps in running DAGs are tried in ``tests/dags``."""

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from data_contracts import errors
from plugins.pipeline import step


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (errors.ContractViolation, AirflowFailException),
        (errors.BadMedia, AirflowFailException),
        (errors.TooLittleMemory, AirflowFailException),
        (errors.ImpossibleRequirement, AirflowFailException),
        (errors.NotBetterThanChampion, AirflowSkipException),
        (errors.NothingToDo, AirflowSkipException),
        (ConnectionError, ConnectionError),
        (ValueError, ValueError),
    ],
)
def test_only_what_may_heal_is_tried_again(error, becomes):
    def break_down():
        """Fail."""
        raise error("what was wrong")

    with pytest.raises(becomes, match="what was wrong") as raised:
        step(break_down).function()
    assert raised.type is becomes
