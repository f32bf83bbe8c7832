"""Steps of the DAG ``train_layout``. References between them are the training's folder and its MLflow run."""

from typing import Any


def prepare_examples(run: str, recipe: str = "") -> dict[str, Any]:
    """Pin the posters to train on and the recipe, the profile's if none is named; skip what was trained on already."""
    from data_contracts.store import open_lake
    from inference.models import profile
    from training.layout import recipes, train

    chosen = recipes.by_name(recipe or profile.load().layout_recipe)
    return {"work": str(train.prepare(run, chosen, open_lake())), "recipe": chosen.name}


def check_examples(prepared: dict[str, Any], run: str) -> dict[str, Any]:
    """Read every poster as training will; what is broken or too long goes to quarantine, too little memory ends it."""
    from pathlib import Path

    from data_contracts.store import open_lake
    from training.finetune import preflight
    from training.finetune.job import Job
    from training.layout.recipes import Recipe
    from training.layout.task import LayoutTask

    work = Path(prepared["work"])
    preflight.check_examples(LayoutTask(), Job.read(work, Recipe).recipe, work, run, open_lake())
    return prepared


def train_model(checked: dict[str, Any]) -> dict[str, Any]:
    """Train in processes of their own, from the newest checkpoint if there is one; register a challenger."""
    from pathlib import Path

    from training.layout import train

    result = train.train(Path(checked["work"]))
    return {**checked, "run_id": result.run_id, "version": result.version}


def evaluate_model(trained: dict[str, Any]) -> dict[str, Any]:
    """Lay out held-out posters by challenger, champion and baselines; pictures and scores go to MLflow."""
    from pathlib import Path

    from training.finetune.job import Result
    from training.layout import evaluate

    return evaluate.evaluate(Path(trained["work"]), Result(trained["run_id"], trained["version"]))


def approve_promotion(evaluated: dict[str, Any]) -> str:
    """Ask a person, where the settings want it, whether the challenger shall serve."""
    from training.layout import promote

    return promote.ask(evaluated)


def promote_if_better(evaluated: dict[str, Any], approval: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make the challenger champion if it surely keeps more clear than what serves now, and nobody refused it."""
    from data_contracts.store import open_lake
    from training.layout import promote

    promote.promote_if_better(open_lake(), evaluated, approval)
    return {"version": evaluated["version"], "run_id": evaluated["run_id"]}


def announce_champion() -> dict[str, Any]:
    """What lays out from now on: the champion's version. Skipped before there is one, and when it is the same."""
    from data_contracts.catalog import LAYOUT
    from data_contracts.errors import NothingToDo
    from inference.models import registry

    if not (version := registry.champion_version(LAYOUT)):
        raise NothingToDo("no layout model was promoted yet")
    return {"version": version}
