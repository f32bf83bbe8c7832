"""Criteria through the lake, from a crowd whose tastes are known."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.catalog import CLICK_MODEL, COVERS, MEMORY_CRITERIA, OUTCOMES
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from inference.audience.crowd import NO_TASTE, Crowd, Segment
from inference.feedback.evidence import read_evidence
from inference.memory import criteria, distil
from inference.memory.click_model import COLUMNS, MODEL_FILE, explain, load
from inference.models.registry import Champion
from tests import synthetic
from training.click_model import recipes, train
from training.click_model.examples import build_examples

NOW = datetime.now(UTC)
VALID_DAYS = 28
TASTE = (Segment(1.0, {"product_area": 0.6, "text_area": -0.6}),)


def train_champion(lake: Lake, folder, version: int = 1) -> Champion:
    examples = build_examples(read_evidence(lake), recipes.tiny().max_weight)
    folder.mkdir(exist_ok=True)
    train.fit(examples, COLUMNS, recipes.tiny()).save_model(folder / MODEL_FILE)
    return Champion(CLICK_MODEL, version, "run", folder)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """A lake after one day of a crowd that likes large products and little text, and its click model."""
    folder = tmp_path_factory.mktemp("shown")
    lake = Lake(str(folder / "lake"), str(folder / "blobs"))
    lake.write(COVERS, synthetic.covers(10), "test")
    synthetic.show(lake, Crowd(3, TASTE), impressions=18_000)
    return lake, train_champion(lake, folder / "model")


@pytest.fixture
def learned(shown, tmp_path):
    """A copy of it to write to."""
    shutil.copytree(shown[0].uri, tmp_path / "lake")
    return Lake(str(tmp_path / "lake"), str(tmp_path / "blobs")), shown[1]


def refresh(lake: Lake, champion: Champion | None, now: datetime = NOW):
    return distil.refresh(lake, champion, VALID_DAYS, now, "test")


def test_planted_tastes_become_criteria_with_the_right_sign(learned):
    lake, champion = learned
    done = refresh(lake, champion)
    directions = {each.feature: each.direction for each in criteria.active(lake, NOW)}

    assert directions["product_area"] == "more"
    assert directions["text_area"] == "less"
    assert done["changed"]
    assert done["active"] == len(directions) <= 4
    for row in lake.read(MEMORY_CRITERIA).to_pylist():
        assert 0 < row["interval_low"] < row["effect"] < row["interval_high"]
        assert (row["simulated"], row["click_model"], row["outcomes_version"]) == (True, "1", lake.version(OUTCOMES))
        assert row["sentence_en"].startswith("Simulated: ")
        assert row["valid_until"] - row["valid_from"] < timedelta(days=VALID_DAYS + 1)


def test_nothing_new_is_nothing_to_do_but_a_new_model_or_outcome_is(learned, tmp_path):
    lake, champion = learned
    refresh(lake, champion)
    versions = lake.version(MEMORY_CRITERIA)

    with pytest.raises(NothingToDo, match="were distilled with click model 1 before"):
        refresh(lake, champion)
    assert lake.version(MEMORY_CRITERIA) == versions

    done = refresh(lake, train_champion(lake, tmp_path / "again", version=2))
    assert not done["changed"]
    assert done["retired"] == 0


def test_a_criterion_that_no_longer_holds_is_retired_and_its_history_kept(learned, tmp_path):
    lake, champion = learned
    before = refresh(lake, champion)
    lake.write(COVERS, synthetic.covers(10, generation=2), "test")
    synthetic.show(lake, Crowd(3, (Segment(1.0, {"product_area": -1.5, "text_area": -0.6}),)), impressions=18_000)

    done = refresh(lake, train_champion(lake, tmp_path / "after", version=2))

    directions = {each.feature: each.direction for each in criteria.active(lake, NOW)}
    assert directions.get("product_area") != "more"
    assert directions["text_area"] == "less"
    assert done["changed"]
    assert done["retired"] >= 1
    rows = {row["feature"]: row for row in lake.read(MEMORY_CRITERIA, version=before["criteria_version"]).to_pylist()}
    assert rows["product_area"]["status"] == "active"


def test_expired_criteria_are_retired_and_old_outcomes_do_not_revive_them(learned, tmp_path):
    lake, champion = learned
    refresh(lake, champion)
    much_later = NOW + timedelta(days=VALID_DAYS)

    done = refresh(lake, champion, much_later)
    assert done["active"] == 0
    assert {row["status"] for row in lake.read(MEMORY_CRITERIA).to_pylist()} == {"retired"}

    assert refresh(lake, train_champion(lake, tmp_path / "again", version=2), much_later)["active"] == 0


def test_a_criterion_all_covers_meet_stays_until_it_expires(learned, tmp_path):
    lake, champion = learned
    refresh(lake, champion)
    covers = lake.read(COVERS).to_pylist()
    for cover in covers:
        for feature in cover["features"]:
            if feature["name"] == "product_area":
                feature["value"] = 0.6
    lake.write(COVERS, covers, "test")

    done = refresh(lake, train_champion(lake, tmp_path / "again", version=2))

    assert "product_area" in {each.feature for each in criteria.active(lake, NOW)}
    assert done["retired"] <= 1


def test_without_a_model_worth_asking_the_effects_speak_alone(learned):
    lake, _ = learned
    refresh(lake, None)

    directions = {each.feature: each.direction for each in criteria.active(lake, NOW)}
    assert directions["product_area"] == "more"
    assert set(lake.read(MEMORY_CRITERIA)["click_model"].to_pylist()) == {"0"}
    with pytest.raises(NothingToDo, match="were distilled with click model 0 before"):
        refresh(lake, None)


def test_people_without_taste_teach_nothing_without_a_model(tmp_path):
    lake = Lake(str(tmp_path / "lake"), str(tmp_path / "blobs"))
    lake.write(COVERS, synthetic.covers(10), "test")
    synthetic.show(lake, Crowd(3, NO_TASTE), impressions=18_000)

    assert refresh(lake, None)["active"] == 0


def test_the_model_has_a_veto(learned, tmp_path):
    lake, _ = learned
    evidence = read_evidence(lake)
    flipped = evidence.outcomes.assign(clicked=1 - evidence.outcomes["clicked"])
    contrary = build_examples(type(evidence)(flipped, evidence.covers, evidence.version), max_weight=10)
    (tmp_path / "contrary").mkdir()
    train.fit(contrary, COLUMNS, recipes.tiny()).save_model(tmp_path / "contrary" / MODEL_FILE)

    done = refresh(lake, Champion(CLICK_MODEL, 7, "run", tmp_path / "contrary"))

    assert done["active"] == 0


def test_what_is_published_changes_only_with_what_is_asked(learned, tmp_path):
    lake, champion = learned
    with pytest.raises(NothingToDo, match="no criterion was ever learned"):
        distil.publish(lake, NOW)
    refresh(lake, champion)
    first = distil.publish(lake, NOW)
    refresh(lake, train_champion(lake, tmp_path / "again", version=2))

    assert distil.publish(lake, NOW) == first
    assert first["active"] == len(criteria.active(lake, NOW))
    assert distil.publish(lake, NOW + timedelta(days=VALID_DAYS))["criteria"] == "none"


def test_the_model_explains_each_cover_by_its_features(shown):
    lake, champion = shown
    covers = read_evidence(lake).covers
    said = explain(load(champion.path), covers)

    assert said.shape == (60, 13)
    assert said["product_area"].corr(covers["product_area"]) > 0.5
    assert said["text_area"].corr(covers["text_area"]) < -0.5
