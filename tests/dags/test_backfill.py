"""A day of the past, built anew by Airflow's own backfill in an Airflow of the test's own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS
from data_contracts.settings import REPOSITORY, Settings
from data_contracts.store import Lake
from inference.media.catalogue import read_products
from infra.local import services
from training.corpora.content_title_pairs import steps

SAMPLE = REPOSITORY / "infra" / "samples" / "products.csv"
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
TUESDAY = "2026-06-02"
NOTE = "一件也送货"

BACKFILL = """
import json, sys
from airflow.cli.cli_parser import get_parser
from airflow.models.dagrun import DagRun
from airflow.utils.session import create_session

def airflow(*arguments):
    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)

day, task, *dags = sys.argv[1:]
airflow("db", "migrate")
airflow("dags", "reserialize")
for dag in dags:
    airflow("backfill", "create", "--dag-id", dag, "--from-date", day, "--to-date", day)
with create_session() as session:
    runs = {run.dag_id: run for run in session.query(DagRun)}
    created = {dag: f"{run.run_type} {run.logical_date:%Y-%m-%d}" for dag, run in runs.items()}
    run_id = runs[dags[0]].run_id
airflow("tasks", "test", dags[0], task, run_id)
print(json.dumps(created))
"""


@pytest.fixture
def airflow(own_home):
    """Create backfills of a day and run a task of the first; which runs were created, and their date."""
    environment = {**os.environ, **services.airflow_environment(Settings(home=own_home)), "COVERLOOP_MLFLOW_URI": ""}

    def backfill(day: str, task: str, *dags: str) -> dict[str, str]:
        command = [sys.executable, "-c", BACKFILL, day, task, *dags]
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    return backfill


def rows(lake: Lake, day: str, same: bool) -> list[dict]:
    where = f"day = '{day}'" if same else f"day != '{day}'"
    return sorted(lake.read(CONTENT_TITLE_PAIRS, where=where).to_pylist(), key=lambda row: row["pair_id"])


def test_a_backfill_of_a_day_builds_that_day_and_leaves_the_others(airflow, lake):
    products = [
        {**row, "listed_at": MONDAY + timedelta(days=place % 3)} for place, row in enumerate(read_products(str(SAMPLE)))
    ]
    lake.write(PRODUCTS, products, "r")
    steps.build_pairs("before")
    others = rows(lake, TUESDAY, same=False)
    lake.write(PRODUCTS, [{**row, "description": f"{row['description']} {NOTE}。"} for row in products], "r")

    created = airflow(TUESDAY, "build_pairs", "build_content_title_pairs", "build_layout_annotations")
    assert created == dict.fromkeys(("build_content_title_pairs", "build_layout_annotations"), f"backfill {TUESDAY}")
    of_day = rows(lake, TUESDAY, same=True)
    assert of_day
    assert all(NOTE in row["content"] for row in of_day)
    assert rows(lake, TUESDAY, same=False) == others
