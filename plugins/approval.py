"""A person's word between two steps, where the settings want it: Airflow's own human-in-the-loop task.

The question waits under *Required Actions* in Airflow's UI (and in its REST API), with the buttons
Approve and Reject and a field for the reason. Waiting takes no worker and no slot of a pool. Who
answered and why is handed on, so that what comes next decides and records it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param

from data_contracts import settings

APPROVE, REJECT = "Approve", "Reject"
NOBODY_ASKED = {"approved": None, "by": None, "reason": None}

PATIENCE = timedelta(days=7)
"""For an answer. After it nothing is promoted: what waits so long was trained on data that is old by then."""

QUESTION_TIMEOUT = timedelta(hours=1)
"""For finding out what to ask, and for taking the answer."""


def approval(function: Callable[[Any], str]) -> Callable[[Any], Any]:
    """A task named after a function of a ``steps`` module, which says what a person is asked, in Markdown.

    Call it with what the step before returned. It hands on ``approved`` (True, False, or None where
    nobody was asked), ``by``, the person's name in Airflow, and ``reason``. Nobody is asked while the
    setting ``approve_promotions`` is off, nor when the function has nothing to ask.
    """

    def ask(given: Any) -> Any:
        question = Approval(
            task_id=function.__name__,
            function=function,
            given=given,
            subject="Shall this go on?",
            options=[APPROVE, REJECT],
            defaults=REJECT,
            params={"reason": Param("", type="string", title="Reason", description="For everybody to read")},
            response_timeout=PATIENCE,
            execution_timeout=QUESTION_TIMEOUT,
            doc_md=function.__doc__,
        )
        return question.output

    return ask


class Approval(HITLOperator):
    """Asks what ``function`` says of ``given``, unless there is nothing to ask."""

    template_fields = (*HITLOperator.template_fields, "given")

    def __init__(self, *, function: Callable[[Any], str], given: Any, **options: Any) -> None:
        super().__init__(**options)
        self.function = function
        self.given = given

    def execute(self, context: Any) -> dict[str, Any]:
        """Ask and wait; without a question go on at once."""
        question = self.function(self.given) if settings.load().approve_promotions else ""
        if not question:
            self.log.info("%s: nobody is asked", self.task_id)
            return NOBODY_ASKED
        self.body = question
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> dict[str, Any]:
        """The answer. Nobody's within ``PATIENCE`` is a no."""
        answer = super().execute_complete(context, event)
        person = answer["responded_by_user"]
        if not person:
            return {"approved": False, "by": "nobody", "reason": f"no answer within {PATIENCE.days} days"}
        reason = str(answer["params_input"].get("reason") or "").strip()
        return {"approved": answer["chosen_options"] == [APPROVE], "by": person["name"], "reason": reason}
