"""Steps of the DAG ``train_title_copy``. References between them are the training's folder and its MLflow run."""

from typing import Any


def prepare_examples(run: str, recipe: str = "") -> dict[str, Any]:
    """Pin the pairs to train on and the recipe, the profile's if none is named; skip what was trained on already."""
    from data_contracts.store import open_lake
    from inference.models import profile
    from training.title_copy import recipes, train

    chosen = recipes.by_name(recipe or profile.load().training.recipe)
    return {"work": str(train.prepare(run, chosen, open_lake())), "recipe": chosen.name}


def check_examples(prepared: dict[str, Any], run: str) -> dict[str, Any]:
    """Read every pair as training will; what is too long goes to quarantine, too little memory ends it here."""
    from pathlib import Path

    from data_contracts.store import open_lake
    from training.finetune import preflight
    from training.finetune.job import Job
    from training.title_copy.recipes import TitleRecipe
    from training.title_copy.task import TitleTask

    work = Path(prepared["work"])
    preflight.check_examples(TitleTask(), Job.read(work, TitleRecipe).recipe, work, run, open_lake())
    return prepared


def train_adapter(checked: dict[str, Any]) -> dict[str, Any]:
    """Train in processes of their own, from the newest checkpoint if there is one; register a challenger."""
    from pathlib import Path

    from training.title_copy import train

    result = train.train(Path(checked["work"]))
    return {**checked, "run_id": result.run_id, "version": result.version}


def evaluate_adapter(trained: dict[str, Any]) -> dict[str, Any]:
    """Score challenger, base model, champion and baselines on the held-out pairs."""
    from pathlib import Path

    from training.finetune.job import Result
    from training.title_copy import evaluate

    return evaluate.evaluate(Path(trained["work"]), Result(trained["run_id"], trained["version"]))


def approve_promotion(evaluated: dict[str, Any]) -> str:
    """Ask a person, where the settings want it, whether the challenger shall serve."""
    from training.title_copy import promote

    return promote.ask(evaluated)


def promote_if_better(evaluated: dict[str, Any], approval: dict[str, Any] | None = None) -> dict[str, Any]:
    """Make the challenger champion if it surely beats what serves now and invents no more, and nobody refused it."""
    from data_contracts.store import open_lake
    from training.title_copy import promote

    promote.promote_if_better(open_lake(), evaluated, approval)
    return {"version": evaluated["version"], "run_id": evaluated["run_id"]}


def announce_champion(run: str) -> dict[str, Any]:
    """What writes titles from now on: the champion's version, 0 for the base model.

    The run makes every announcement a new one: who waits for new media and their titles together
    must hear that the titles were reviewed even where the same model goes on writing them.
    """
    from data_contracts.catalog import TITLE_COPY
    from inference.models import profile, registry

    version = registry.champion_version(TITLE_COPY) or 0
    return {"version": version, "base_model": profile.load().language.model, "reviewed_by": run}
