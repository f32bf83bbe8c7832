"""The click model, trained for real on a small crowd with strong tastes, in a real MLflow."""

import numpy as np
import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import CLICK_MODEL, COVERS
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.store import Lake, open_lake
from inference.audience.crowd import NO_TASTE, Crowd, Segment
from inference.feedback.evidence import read_evidence
from inference.memory.click_model import COLUMNS, CONTEXT, MODEL_FILE, build_inputs, load
from inference.models import registry
from tests import synthetic
from training.click_model import recipes, steps, train
from training.click_model.examples import build_examples

TASTE = (Segment(1.0, {"product_area": 0.8, "text_area": -0.8}),)


def lake_shown_to(crowd: Crowd, folder, impressions: int = 20_000) -> Lake:
    lake = Lake(str(folder / "lake"), str(folder / "blobs"))
    lake.write(COVERS, synthetic.covers(40), "test")
    synthetic.show(lake, crowd, impressions)
    return lake


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home where a crowd with taste was shown covers, and what training on its clicks returned."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERLOOP_HOME", str(home))
        lake_shown_to(Crowd(3, TASTE), home)
        return home, steps.train_clicks("test", recipe="tiny")


@pytest.fixture
def trained(home, own_home, monkeypatch):
    """The same home, entered by one test."""
    monkeypatch.setenv("COVERLOOP_HOME", str(home[0]))
    return home[1]


@pytest.fixture
def kept(trained):
    return MlflowClient(tracking_uri=settings.load().mlflow).get_run(trained["mlflow_run"])


def test_a_model_that_beats_the_blind_one_serves(trained):
    champion = registry.champion(CLICK_MODEL)

    assert champion.version == trained["click_model"]
    assert champion.run_id == trained["mlflow_run"]
    model = load(champion.path)
    assert (champion.path / MODEL_FILE).read_text().startswith("tree")
    rates = model.predict(build_inputs(read_evidence(open_lake())))
    assert 0 < rates.min() < rates.max() < 1


def test_the_run_holds_data_scores_pictures_and_the_verdict(trained, kept):
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    files = {each.path for each in client.list_artifacts(kept.info.run_id)}
    (used,) = kept.inputs.dataset_inputs

    assert {"calibration.png", "effects.png", "covers.json", "gate.md", "model"} <= files
    assert kept.data.metrics["log_loss"] < kept.data.metrics["baseline/log_loss"]
    assert kept.data.metrics["log_loss_saved_low"] < kept.data.metrics["log_loss_saved"]
    assert kept.data.metrics["calibration_error"] < 0.03
    assert kept.data.tags["simulated"] == "True"
    assert kept.data.tags["gate"] == "promoted"
    assert kept.data.params["leaves"] == "2"
    assert (used.dataset.name, f'"version": {trained["outcomes_version"]}' in used.dataset.source) == ("outcomes", True)
    assert len(client.get_metric_history(kept.info.run_id, "held_out_log_loss")) == recipes.tiny().rounds


def test_training_again_gives_the_same_model(trained):
    examples = build_examples(read_evidence(open_lake()), recipes.tiny().max_weight)
    again = [train.fit(examples, COLUMNS, recipes.tiny()).model_to_string() for _ in range(2)]

    assert again[0] == again[1]


def test_every_prediction_is_by_a_model_that_did_not_see_the_video(trained):
    """Clicks that depend on nothing but the video's own label cannot be predicted for a new video."""
    examples = build_examples(read_evidence(open_lake()), recipes.tiny().max_weight)
    lucky = np.isin(examples.video, np.unique(examples.video)[::2])
    shifted = examples.inputs.assign(brightness=np.where(lucky, 0.9, 0.1))
    examples = type(examples)(
        shifted, lucky.astype(int), examples.weight, examples.offset * 0, examples.video, examples.cover
    )

    predicted, losses = train.cross_validate(examples, COLUMNS, recipes.tiny())
    blind, _ = train.cross_validate(examples, CONTEXT, recipes.tiny())

    assert predicted[lucky].mean() > 0.8 > 0.6 > blind[lucky].mean()
    assert len(losses) == recipes.tiny().rounds


def test_from_people_without_taste_no_model_is_promoted(tmp_path, trained):
    lake = lake_shown_to(Crowd(4, NO_TASTE), tmp_path)
    serving = registry.champion_version(CLICK_MODEL)

    with pytest.raises(NotBetterThanChampion, match="blind to covers"):
        train.train_and_promote(lake, recipes.tiny(), "no taste")

    assert registry.champion_version(CLICK_MODEL) == serving


def test_a_few_clicks_are_not_trained_on(tmp_path):
    with pytest.raises(NothingToDo, match="0 clicks on covers of 0 videos"):
        train.train_and_promote(Lake(str(tmp_path / "lake"), str(tmp_path / "blobs")), recipes.tiny(), "nothing")
    with pytest.raises(NothingToDo, match="at least 100 clicks"):
        train.train_and_promote(lake_shown_to(Crowd(3, TASTE), tmp_path, 300), recipes.tiny(), "little")
