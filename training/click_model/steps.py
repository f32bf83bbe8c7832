"""Steps of the DAG ``train_click_model``."""

from typing import Any

from data_contracts.store import open_lake


def train_clicks(run: str, recipe: str = "standard") -> dict[str, Any]:
    """Learn which cover features are clicked; the model serves only if it beats one blind to covers."""
    from training.click_model import recipes, train

    return train.train_and_promote(open_lake(), getattr(recipes, recipe)(), run)


def announce_champion() -> dict[str, Any]:
    """Which click model criteria are distilled with from now on: the champion's version, 0 without one.

    Outcomes teach criteria even where no model was better than blind, so those are announced too.
    """
    from data_contracts.catalog import CLICK_MODEL, OUTCOMES
    from inference.models import registry

    version = registry.champion_version(CLICK_MODEL) or 0
    return {"version": version, "outcomes_version": open_lake().version(OUTCOMES)}
