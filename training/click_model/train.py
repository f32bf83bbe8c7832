"""Train the click model, judge it against one that is blind to covers, log all, promote the better."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from sklearn.model_selection import GroupKFold

from data_contracts.catalog import CLICK_MODEL, OUTCOMES
from data_contracts.errors import NothingToDo
from data_contracts.store import Lake
from inference.feedback.evidence import read_evidence
from inference.memory.click_model import CATEGORICAL, COLUMNS, CONTEXT, MODEL_FILE, explain
from inference.models import registry
from training import promotion, tracking
from training.click_model import evaluate
from training.click_model.examples import Examples, build_examples
from training.click_model.recipes import Recipe
from training.promotion import Gate, Scores

log = logging.getLogger(__name__)

MIN_VIDEOS, MIN_CLICKS = 4, 100
"""Fewer cannot be split into folds that tell a model from luck."""

GATE = Gate("log_loss", higher_is_better=False)


def train_and_promote(lake: Lake, recipe: Recipe, name: str) -> dict[str, Any]:
    """One MLflow run: cross-validation by video, the model of all outcomes, pictures, the verdict.

    The challenger must beat a model without cover features on videos it did not see. It is not
    compared with the serving champion's predictions, for the champion saw most of these videos.
    Raises ``NothingToDo`` with too few outcomes and ``NotBetterThanChampion`` when it is not better.
    """
    evidence = read_evidence(lake)
    _refuse_too_little(evidence.covers["video_id"].nunique(), int(evidence.outcomes["clicked"].sum()))
    examples = build_examples(evidence, recipe.max_weight)
    data = tracking.Input(OUTCOMES, evidence.version, examples.digest, len(examples), uri=lake.dataset_uri(OUTCOMES))
    with tracking.run(CLICK_MODEL, f"outcomes version {evidence.version}", vars(recipe), [data]) as run:
        run.tags({"run": name, "simulated": evidence.simulated})
        predicted, losses = cross_validate(examples, COLUMNS, recipe)
        blind, _ = cross_validate(examples, CONTEXT, recipe)
        for turn, loss in enumerate(losses):
            run.metrics({"held_out_log_loss": loss}, step=turn + 1)
        model = fit(examples, COLUMNS, recipe)
        scores, baseline = (evaluate.score(examples, each) for each in (predicted, blind))
        run.metrics(scores | {f"baseline/{key}": value for key, value in baseline.items()})
        run.metrics(evaluate.compare(examples, predicted, blind))
        said = explain(model, evidence.covers)
        run.figure(evaluate.draw_calibration(examples, predicted, blind, evidence.simulated), "calibration.png")
        run.figure(evaluate.draw_effects(said, evidence.covers, evidence.simulated), "effects.png")
        run.table(evaluate.list_covers(examples, predicted, blind), "covers")
        version = _register(run, model)
    serving = registry.champion_version(CLICK_MODEL)
    challenger = Scores(f"version {version}", scores, version)
    # The blind model stands in for what serves now: it is what the champion had to beat as well.
    verdict = promotion.promote_if_better(
        CLICK_MODEL, challenger, Scores("blind to covers", baseline, serving), GATE, run.run_id
    )
    log.info("click model version %d serves\n%s", version, verdict)
    return {"click_model": version, "mlflow_run": run.run_id, "outcomes_version": evidence.version, **_rounded(scores)}


def cross_validate(examples: Examples, columns: tuple[str, ...], recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """Click probabilities [n] by models that did not see the row's video, and mean held-out loss by round."""
    predicted = np.empty(len(examples))
    losses = []
    folds = min(recipe.folds, len(np.unique(examples.video)))
    for seen, unseen in GroupKFold(folds).split(examples.inputs, groups=examples.video):
        curve: dict[str, dict[str, list[float]]] = {}
        model = fit(examples.take(seen), columns, recipe, examples.take(unseen), curve)
        predicted[unseen] = predict(model, examples.take(unseen))
        losses.append(curve["held_out"]["binary_logloss"])
    return predicted, np.mean(losses, axis=0)


def fit(
    examples: Examples,
    columns: tuple[str, ...],
    recipe: Recipe,
    held_out: Examples | None = None,
    curve: dict[str, Any] | None = None,
) -> lightgbm.Booster:
    """Train on some columns; ``curve`` is filled with the loss on ``held_out`` by round."""
    data = _to_lightgbm(examples, columns)
    watched = [] if held_out is None else [_to_lightgbm(held_out, columns, data)]
    callbacks = [] if curve is None else [lightgbm.record_evaluation(curve)]
    return lightgbm.train(
        recipe.parameters(), data, recipe.rounds, valid_sets=watched, valid_names=["held_out"], callbacks=callbacks
    )


def predict(model: lightgbm.Booster, examples: Examples) -> np.ndarray:
    """Click probabilities [n], each video's own level included."""
    log_odds = examples.offset + model.predict(examples.inputs[model.feature_name()], raw_score=True)
    return 1 / (1 + np.exp(-log_odds))


def _to_lightgbm(
    examples: Examples, columns: tuple[str, ...], reference: lightgbm.Dataset | None = None
) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        examples.inputs[list(columns)],
        examples.clicked,
        weight=examples.weight,
        init_score=examples.offset,
        categorical_feature=[name for name in CATEGORICAL if name in columns],
        reference=reference,
    )


def _refuse_too_little(videos: int, clicks: int) -> None:
    if videos < MIN_VIDEOS or clicks < MIN_CLICKS:
        raise NothingToDo(
            f"{clicks} clicks on covers of {videos} videos teach nothing yet; "
            f"at least {MIN_CLICKS} clicks and {MIN_VIDEOS} videos are needed"
        )


def _register(run: tracking.Run, model: lightgbm.Booster) -> int:
    with tempfile.TemporaryDirectory() as folder:
        model.save_model(Path(folder) / MODEL_FILE)
        return run.register(Path(folder))


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 5) for name, value in scores.items()}
