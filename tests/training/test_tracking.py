import json
from pathlib import Path
from urllib.parse import urlparse

import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import ANNOTATE_LAYOUT, CONTENT_TITLE_PAIRS, TITLE_COPY
from inference.models import registry
from training import tracking


@pytest.fixture(autouse=True)
def home(own_home, monkeypatch):
    own_home.mkdir()
    monkeypatch.chdir(own_home)
    return own_home


def client() -> MlflowClient:
    return MlflowClient(tracking_uri=settings.load().mlflow)


def test_a_run_keeps_everything_an_analyst_asks_for(home):
    adapter = home / "adapter"
    adapter.mkdir()
    (adapter / "weights.bin").write_bytes(b"weights")
    data = tracking.Input(CONTENT_TITLE_PAIRS, version=7, digest="ab" * 32, rows=12, uri="lake/pairs.lance")

    with tracking.run(TITLE_COPY, "night", {"lr": 3e-4}, [data]) as run:
        run.metrics({"loss": 2.0}, step=1)
        run.metrics({"loss": 1.0}, step=2)
        run.table({"title": ["旅行双肩包"], "score": [0.5]}, "predictions")
        version = run.register(adapter)
        assert run.register(adapter) == version  # a retry after a crash makes no second one

    with tracking.resume(TITLE_COPY, run.run_id) as later:
        later.metrics({"rouge_l": 0.4})

    kept = client().get_run(run.run_id)
    assert kept.info.status == "FINISHED"
    assert client().get_experiment(kept.info.experiment_id).name == "title_copy"
    assert kept.data.params == {"lr": "0.0003"}
    assert [m.value for m in client().get_metric_history(run.run_id, "loss")] == [2.0, 1.0]
    assert kept.data.metrics["rouge_l"] == 0.4
    assert kept.data.metrics["peak_memory_gb"] > 0.01
    (used,) = kept.inputs.dataset_inputs
    assert used.dataset.name == "content_title_pairs"
    assert json.loads(used.dataset.source) == {"uri": "lake/pairs.lance", "version": 7}
    assert {f.path for f in client().list_artifacts(run.run_id)} == {"environment.txt", "predictions.json", "model"}
    assert int(client().get_model_version_by_alias("title_copy", "challenger").version) == version == 1
    assert len(client().search_runs([kept.info.experiment_id])) == 1


def test_a_failed_run_says_so_and_why():
    with pytest.raises(ValueError, match="no gradient"), tracking.run(TITLE_COPY, "night") as run:
        raise ValueError("no gradient")

    kept = client().get_run(run.run_id)
    assert kept.info.status == "FAILED"
    assert kept.data.tags["failure"] == "ValueError: no gradient"


def test_an_interrupted_run_is_killed_not_finished():
    with pytest.raises(KeyboardInterrupt), tracking.run(TITLE_COPY, "night") as run:
        raise KeyboardInterrupt

    assert client().get_run(run.run_id).info.status == "KILLED"


def test_nothing_is_written_beside_the_home(home):
    with tracking.run(TITLE_COPY, "night") as run:
        run.text("x", "note.txt")

    assert {path.name for path in home.iterdir()} == {"mlflow.db", "artifacts"}


def test_a_dataset_has_runs_of_its_own_and_the_newest_finished_one_is_found():
    assert tracking.newest(CONTENT_TITLE_PAIRS) is None
    for version in (1, 2):
        with tracking.run(CONTENT_TITLE_PAIRS, "build") as run:
            run.tags({"version": version})
            run.metrics({"kept": 10 * version})
            run.text("<p>card</p>", "card.html")
    with pytest.raises(ValueError, match="killed"), tracking.run(CONTENT_TITLE_PAIRS, "build"):
        raise ValueError("killed")

    newest, first = tracking.newest(CONTENT_TITLE_PAIRS), tracking.newest(CONTENT_TITLE_PAIRS, {"version": "1"})
    assert (newest.tags["version"], newest.metrics["kept"]) == ("2", 20)
    assert first.run_id != newest.run_id
    assert tracking.finished(first.run_id) == first
    assert tracking.newest(CONTENT_TITLE_PAIRS, {"version": "3"}) is None
    assert Path(urlparse(first.link("card.html")).path).read_text() == "<p>card</p>"


def test_a_metric_is_read_back_by_step_and_of_two_values_the_later_counts():
    with tracking.run(TITLE_COPY, "night") as run:
        for step, value in ((5, 2.0), (0, 3.0), (5, 1.0)):
            run.metrics({"loss": value}, step)
        assert run.history("loss") == {0: 3.0, 5: 1.0}
        assert run.history("gain") == {}


def test_an_experiment_says_what_it_is_about_and_how_it_is_read():
    with tracking.run(TITLE_COPY, "night"):
        tracking.explain(TITLE_COPY, "Lower is better.")
    about = client().get_experiment_by_name("title_copy").tags["mlflow.note.content"]
    assert about == f"{TITLE_COPY.about}\n\nLower is better."


def test_a_server_shows_an_artifact_on_its_page(monkeypatch):
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", "http://mlflow.example")
    found = tracking.Finished("abc", "7", {}, {}, "mlflow-artifacts:/7/abc/artifacts")
    assert found.link("card.html") == "http://mlflow.example/#/experiments/7/runs/abc/artifacts/card.html"


def test_a_prompt_gets_a_version_only_when_its_text_changes():
    versions = [tracking.register_prompt(ANNOTATE_LAYOUT, text) for text in ("one", "one", "two", "two", "one")]
    assert versions == [1, 1, 2, 2, 3]
    assert registry.newest_prompt(ANNOTATE_LAYOUT) == registry.PromptVersion(3, "one")
