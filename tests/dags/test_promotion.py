"""A person approves, refuses and rolls back, through Airflow's own API, in an Airflow of the test's own."""

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from data_contracts.catalog import CLICK_MODEL, SERVED_MODELS
from data_contracts.settings import REPOSITORY, Settings
from data_contracts.store import Lake
from infra.local import services
from infra.local.airflow_api import AirflowApi
from tests.conftest import free_port
from training.promotion.ledger import history

PROMOTE = '''
"""### Promote a version of known merit"""
from airflow.sdk import Param
from plugins.approval import approval
from plugins.pipeline import pipeline, step
from tests.dags import promoting_steps as steps

@pipeline(schedule=None, doc_md=__doc__, params={"rouge_l": Param(0.5)})
def promote_version():
    evaluated = step(steps.evaluate_version)("{{ params.rouge_l }}")
    approved = approval(steps.approve_promotion)(evaluated)
    step(steps.promote_if_better, retries=0)(evaluated, approved)

promote_version()
'''
QUESTION = "approve_promotion"
TIMEOUT_S = 900


@dataclass(frozen=True)
class Airflow:
    """A running Airflow and the lake that its tasks write to."""

    api: AirflowApi
    lake: Lake
    log: Path

    def start(self, dag: str, **form) -> tuple[str, str]:
        return dag, self.api.trigger(dag, form)

    def states(self, run: tuple[str, str]) -> dict[str, str]:
        return {task["task_id"]: task["state"] for task in self.api.tasks(*run)}

    def wait(self, run: tuple[str, str], task: str, *states: str) -> str:
        deadline = time.monotonic() + TIMEOUT_S
        while (state := self.states(run).get(task)) not in states:
            assert time.monotonic() < deadline, f"{task} of {run} is {state}, not {states}"
            time.sleep(1)
        return state

    def question(self, run: tuple[str, str]) -> dict:
        return self._hitl("GET", run)

    def asked(self, dag: str, **form) -> tuple[str, str]:
        """A started run whose question a person may answer: the scheduler knows that the task only waits.

        An answer that comes before is as fast as no person is, and the scheduler takes the task for a lost one.
        """
        run = self.start(dag, **form)
        self.wait(run, QUESTION, "awaiting_input")
        noted = re.compile(rf"TaskInstance Finished: .*{QUESTION}.*{re.escape(run[1])}.*state=awaiting_input")
        deadline = time.monotonic() + TIMEOUT_S
        while not noted.search(self.log.read_text()):
            assert time.monotonic() < deadline, "the scheduler never noted that the question waits"
            time.sleep(1)
        return run

    def answer(self, run: tuple[str, str], choice: str, reason: str) -> None:
        self._hitl("PATCH", run, json={"chosen_options": [choice], "params_input": {"reason": reason}})

    def _hitl(self, method: str, run: tuple[str, str], **options) -> dict:
        dag, run_id = run
        path = f"/api/v2/dags/{dag}/dagRuns/{run_id}/taskInstances/{QUESTION}/-1/hitlDetails"
        answer = self.api._client.request(method, path, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def told(self) -> list[tuple]:
        return [(e.kind, e.from_version, e.version, e.decided_by, e.why) for e in history(self.lake, CLICK_MODEL)]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory):
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("dags")
    (folder / "promote_version.py").write_text(PROMOTE)
    for name in ("revert_promotion.py", "make_covers.py", "refresh_memory.py"):
        shutil.copy(REPOSITORY / "dags" / name, folder)
    settings = Settings(home=home, airflow_port=free_port())
    extra = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(folder),
        "COVERLOOP_APPROVE_PROMOTIONS": "true",
        "COVERLOOP_MLFLOW_URI": f"sqlite:///{home / 'mlflow.db'}",
    }
    try:
        url = services.start_airflow(settings, extra).url
        api = AirflowApi(url, services.USER, services.password(settings))
        deadline = time.monotonic() + TIMEOUT_S
        while not {"promote_version", "revert_promotion", "make_covers"} <= api.dag_ids():
            assert time.monotonic() < deadline
            assert not api.import_errors()
            time.sleep(1)
        yield Airflow(api, Lake(settings.lake, settings.blobs), settings.home / "logs" / "airflow.log")
    finally:
        services.stop(settings)


@pytest.fixture(scope="module")
def approved(airflow):
    """A run in which a person was asked, and said yes."""
    run = airflow.asked("promote_version", rouge_l=0.5)
    question = airflow.question(run)
    assert airflow.states(run)["promote_if_better"] in (None, "scheduled")
    airflow.answer(run, "Approve", "reads well")
    airflow.wait(run, "promote_if_better", "success")
    return question


def test_a_person_is_shown_the_table_and_the_approval_promotes(airflow, approved):
    assert "shall version 1 serve" in approved["body"]
    assert "| rouge_l |" in approved["body"]
    assert approved["options"] == ["Approve", "Reject"]
    (first,) = airflow.told()[:1]
    assert first[:4] == ("promoted", None, 1, services.USER)


def test_a_refusal_skips_the_promotion_and_is_told_with_the_persons_name(airflow, approved):
    run = airflow.asked("promote_version", rouge_l=0.9)
    airflow.answer(run, "Reject", "too many brands")
    airflow.wait(run, "promote_if_better", "skipped")
    assert airflow.told()[-1] == ("refused", 1, 2, "admin", "admin refused it: too many brands")


def test_nobody_is_asked_what_the_gate_refuses(airflow, approved):
    before = airflow.told()
    run = airflow.start("promote_version", rouge_l=0.01)
    assert airflow.wait(run, QUESTION, "awaiting_input", "success") == "success"
    airflow.wait(run, "promote_if_better", "skipped")
    assert airflow.told() == before


def test_a_rollback_by_the_form_starts_whatever_the_model_feeds(airflow, approved):
    run = airflow.start("revert_promotion", model="click_model", why="618")
    airflow.wait(run, "revert_champion", "success")
    assert airflow.told()[-1] == ("rolled_back", 1, None, "admin", "618")

    for dag in ("make_covers", "refresh_memory"):
        deadline = time.monotonic() + TIMEOUT_S
        while not (started := airflow.api._pages(f"/dags/{dag}/dagRuns", "dag_runs")):
            assert time.monotonic() < deadline, f"nothing started {dag}"
            time.sleep(1)
        assert started[0]["run_type"] == "asset_triggered"
    events = airflow.api._pages("/assets/events", "asset_events")
    assert {event["name"] for event in events} == {CLICK_MODEL.name, SERVED_MODELS.name}  # and of no other model


@pytest.mark.parametrize("form", [{"model": "click_model"}, {"model": "nobody", "why": "?"}, {"why": "?"}])
def test_the_form_wants_a_model_we_have_and_a_reason(airflow, form):
    answer = airflow.api._client.post(
        "/api/v2/dags/revert_promotion/dagRuns", json={"logical_date": None, "conf": form}
    )
    assert answer.status_code == 400
