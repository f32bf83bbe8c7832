"""Step of the DAG ``train_click_model``."""

from typing import Any

from data_contracts.store import open_lake


def train_clicks(run: str, recipe: str = "standard") -> dict[str, Any]:
    """Learn which cover features are clicked; the model serves only if it beats one blind to covers."""
    from training.click_model import recipes, train

    return train.train_and_promote(open_lake(), getattr(recipes, recipe)(), run)
