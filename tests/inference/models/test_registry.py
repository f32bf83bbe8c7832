import shutil

import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import ANNOTATE_LAYOUT, TITLE_COPY
from inference.models import registry


def register(content: str) -> int:
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    name = TITLE_COPY.name
    experiment = client.get_experiment_by_name(name)
    location = (settings.load().home / "artifacts").as_uri()
    experiment_id = experiment.experiment_id if experiment else client.create_experiment(name, location)
    run = client.create_run(experiment_id)
    client.log_text(run.info.run_id, content, "model/weights.txt")
    if not client.search_registered_models():
        client.create_registered_model(name)
    return int(client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id).version)


def crown(version: int) -> None:
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    client.set_registered_model_alias(TITLE_COPY.name, registry.CHAMPION, str(version))


def test_the_champion_is_whatever_the_alias_names():
    assert registry.champion(TITLE_COPY) is None  # never registered
    first, second = register("one"), register("two")
    assert registry.champion(TITLE_COPY) is None  # registered, none promoted

    crown(second)
    assert (registry.champion(TITLE_COPY).path / "weights.txt").read_text() == "two"
    crown(first)
    assert registry.champion(TITLE_COPY).version == registry.champion_version(TITLE_COPY) == first
    assert (registry.champion(TITLE_COPY).path / "weights.txt").read_text() == "one"
    assert (registry.fetch(TITLE_COPY, second) / "weights.txt").read_text() == "two"


def test_files_are_downloaded_once_and_nothing_half_downloaded_stays(own_home):
    crown(register("one"))
    path = registry.champion(TITLE_COPY).path
    shutil.rmtree(own_home / "artifacts")

    assert registry.champion(TITLE_COPY).path == path
    assert (path / "weights.txt").read_text() == "one"
    assert {child.name for child in path.parent.iterdir()} == {path.name, ".lock"}


def test_asking_before_there_is_a_database_makes_none(own_home):
    assert registry.champion(TITLE_COPY) is None
    assert registry.champion_version(TITLE_COPY) is None
    assert registry.newest_run(TITLE_COPY) is None
    assert not own_home.exists()


def test_the_newest_run_is_the_last_that_finished():
    register("one")  # makes the experiment
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    experiment_id = client.get_experiment_by_name(TITLE_COPY.name).experiment_id
    assert registry.newest_run(TITLE_COPY) is None
    for start, (status, score) in enumerate([("FINISHED", 0.1), ("FINISHED", 0.2), ("FAILED", 0.3)], start=1):
        run = client.create_run(experiment_id, start_time=start)
        client.log_metric(run.info.run_id, "trained/rouge_l", score)
        client.set_tag(run.info.run_id, "gate", "promoted")
        client.set_terminated(run.info.run_id, status)
    newest = registry.newest_run(TITLE_COPY)
    assert newest.scores == {"trained/rouge_l": 0.2}
    assert newest.tags["gate"] == "promoted"


def test_an_unreachable_server_is_an_error_not_a_missing_champion(monkeypatch):
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(Exception, match=r"Connection refused|Max retries"):
        registry.champion(TITLE_COPY)


def test_the_newest_version_of_a_prompt_is_read_back(own_home):
    assert registry.newest_prompt(ANNOTATE_LAYOUT) is None
    assert not own_home.exists()
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    assert registry.newest_prompt(ANNOTATE_LAYOUT) is None
    for text in ("one", 'two {{not a variable}} {"文本": {}}'):
        client.register_prompt(ANNOTATE_LAYOUT.name, text)
        newest = registry.newest_prompt(ANNOTATE_LAYOUT)
        assert newest.text == text
    assert newest.version == 2
