"""Builds in a lake: what they write and record, once, whatever is run again or killed."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlparse

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from data_contracts import settings
from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, QUARANTINE
from data_contracts.settings import REPOSITORY
from data_contracts.store import Lake
from inference.media.catalogue import read_products
from training.corpora.content_title_pairs import steps

SAMPLE = REPOSITORY / "infra" / "samples" / "products.csv"
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = ("2026-06-01", "2026-06-02", "2026-06-03")
BUILD = "from training.corpora.content_title_pairs import steps; steps.build_pairs('killed')"


@pytest.fixture(scope="module")
def products() -> list[dict]:
    """Half of the sample catalogue, listed on three days."""
    rows = read_products(str(SAMPLE))[:60]
    return [{**row, "listed_at": MONDAY + timedelta(days=place % 3)} for place, row in enumerate(rows)]


def runs() -> list[Run]:
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    experiment = client.get_experiment_by_name(CONTENT_TITLE_PAIRS.name)
    return client.search_runs([experiment.experiment_id], order_by=["attributes.start_time ASC"]) if experiment else []


def pairs(lake: Lake, where: str | None = None) -> list[dict]:
    return sorted(lake.read(CONTENT_TITLE_PAIRS, where=where).to_pylist(), key=lambda row: row["pair_id"])


def card(built: dict) -> str:
    return Path(urlparse(built["card"]).path).read_text()


def test_a_build_is_a_run_with_its_card_counts_and_inputs_and_building_again_is_none(lake, products):
    lake.write(PRODUCTS, products, "r")
    built = steps.build_pairs("run 1")
    (run,) = runs()
    assert built["mlflow_run"] == run.info.run_id
    assert (run.data.metrics["kept"], run.data.metrics["rows/added"]) == (built["kept"], built["kept"])
    assert run.data.metrics["dropped/unsupported"] == built["dropped"]["unsupported"]
    used = {each.dataset.name: each.dataset.source for each in run.inputs.dataset_inputs}
    assert f'"version": {lake.version(PRODUCTS)}' in used["products"]
    assert f"version {built['version']}" in card(built)

    assert steps.build_pairs("run 2") == built
    assert steps.build_pairs("run 3", DAYS[1]) == built
    assert steps.build_pairs("run 4", "2020-01-01") == built
    assert len(runs()) == 1


def test_a_later_build_tells_what_changed(lake, products):
    lake.write(PRODUCTS, products[:50], "r")
    first = steps.build_pairs("run 1")
    lake.write(PRODUCTS, products, "r")
    second = steps.build_pairs("run 2")
    assert f"What changed since version {first['version']}" in card(second)
    added = len({row["pair_id"] for row in pairs(lake)}) - first["kept"]
    assert f"{added} rows added, 0 removed" in card(second)
    assert "What changed" not in card(first)


def test_a_day_is_built_and_the_others_stay_as_they_are(lake, products):
    lake.write(PRODUCTS, products, "r")
    steps.build_pairs("run 1")
    before = pairs(lake)
    lake.write(PRODUCTS, [{**row, "description": f"{row['description']} 一件也送货。"} for row in products], "r")
    built = steps.build_pairs("run 2", DAYS[1])

    after = pairs(lake)
    assert [row for row in after if row["day"] != DAYS[1]] == [row for row in before if row["day"] != DAYS[1]]
    of_day = [row for row in after if row["day"] == DAYS[1]]
    assert of_day
    assert len(of_day) == built["kept"]
    assert all("一件也送货" in row["content"] for row in of_day)
    assert {row["split"] for row in after} == {"train", "held_out"}
    for group in {row["group"] for row in after}:
        assert len({row["split"] for row in after if row["group"] == group}) == 1

    version = lake.version(CONTENT_TITLE_PAIRS)
    assert steps.build_pairs("run 3", DAYS[1]) == built
    assert lake.version(CONTENT_TITLE_PAIRS) == version
    assert len(runs()) == 2


def test_a_day_that_is_none_is_said(lake, products):
    lake.write(PRODUCTS, products[:3], "r")
    with pytest.raises(ValueError, match="yesterday"):
        steps.build_pairs("run", "yesterday")


@pytest.mark.parametrize("moment", ["written", "recording"])
def test_a_build_killed_and_started_again_is_as_if_it_had_not_been(lake, products, moment, own_home):
    lake.write(PRODUCTS, products, "r")
    process = subprocess.Popen([sys.executable, "-c", BUILD], cwd=REPOSITORY, env={**os.environ})
    reached = {
        "written": lambda: lake.version(CONTENT_TITLE_PAIRS) > 0,
        "recording": lambda: (own_home / "mlflow.db").exists(),
    }[moment]
    while process.poll() is None and not reached():
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed too late to tell"

    again = steps.build_pairs("again")
    rows, refused = pairs(lake), lake.read(QUARANTINE, ["quarantine_id"]).sort_by("quarantine_id")
    assert len([run for run in runs() if run.info.status == "FINISHED"]) == 1
    assert steps.build_pairs("once more") == again

    whole = Lake(f"{lake.uri}-whole", lake.blob_uri)
    whole.write(PRODUCTS, products, "r")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_LAKE_URI", whole.uri)
        assert steps.build_pairs("uninterrupted")["kept"] == again["kept"]
    assert pairs(whole) == rows
    assert whole.read(QUARANTINE, ["quarantine_id"]).sort_by("quarantine_id") == refused
