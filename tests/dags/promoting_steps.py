"""Steps of a DAG that promotes a version of known merit: what comes before in a training takes minutes."""

from typing import Any

from data_contracts.catalog import CLICK_MODEL


def evaluate_version(rouge_l: float) -> dict[str, Any]:
    """Register a version of so much merit."""
    from tests.training.promotion.challenges import train

    version, run_id = train(CLICK_MODEL)
    return {"version": version, "run_id": run_id, "rouge_l": rouge_l}


def approve_promotion(evaluated: dict[str, Any]) -> str:
    """Ask a person."""
    from training.promotion import promote

    return promote.ask(_challenge(evaluated))


def promote_if_better(evaluated: dict[str, Any], approval: dict[str, Any]) -> dict[str, Any]:
    """Promote, unless the gate or the person said no."""
    from data_contracts.store import open_lake
    from training.promotion import promote

    promote.promote_if_better(open_lake(), _challenge(evaluated), approval)
    return evaluated


def _challenge(evaluated: dict[str, Any]):
    from inference.models import registry
    from tests.training.promotion.challenges import GATE, facts, scorecard
    from training.promotion.challenge import Challenge

    serving = registry.champion_version(CLICK_MODEL)
    incumbent = scorecard(serving, 0.1 + 0.1 * (serving or 0))
    challenger = scorecard(evaluated["version"], evaluated["rouge_l"])
    return Challenge(CLICK_MODEL, challenger, incumbent, GATE, evaluated["run_id"], facts(evaluated["run_id"]))
