"""Who is asked and what an answer means; asking is tried in a real Airflow by ``tests/dags/test_promotion.py``."""

from datetime import UTC, datetime

import pytest

from plugins.approval import NOBODY_ASKED, PATIENCE, approval

ADA = {"id": "1", "name": "ada"}


def approve_promotion(evaluated: str) -> str:
    """Ask a person."""
    return evaluated


@pytest.fixture
def question():
    return approval(approve_promotion)("**better?**").operator


def answered(question, choice: str, by: dict[str, str] | None, reason: str = "") -> dict:
    event = {"chosen_options": [choice], "params_input": {"reason": reason}, "responded_by_user": by}
    return question.execute_complete({}, {**event, "responded_at": datetime.now(UTC), "timedout": not by})


def test_nobody_is_asked_unless_the_settings_want_it(question):
    assert question.execute({}) == NOBODY_ASKED


def test_nobody_is_asked_nothing(question, monkeypatch):
    monkeypatch.setenv("COVERLOOP_APPROVE_PROMOTIONS", "true")
    question.given = ""
    assert question.execute({}) == NOBODY_ASKED


def test_the_task_is_named_and_told_of_like_its_function(question):
    assert (question.task_id, question.doc_md) == ("approve_promotion", "Ask a person.")
    assert question.response_timeout == PATIENCE


@pytest.mark.parametrize(
    ("choice", "by", "reason", "handed_on"),
    [
        ("Approve", ADA, " reads well ", {"approved": True, "by": "ada", "reason": "reads well"}),
        ("Reject", ADA, "", {"approved": False, "by": "ada", "reason": ""}),
        ("Reject", None, "", {"approved": False, "by": "nobody", "reason": "no answer within 7 days"}),
    ],
)
def test_an_answer_is_handed_on_with_the_persons_name(question, choice, by, reason, handed_on):
    assert answered(question, choice, by, reason) == handed_on
