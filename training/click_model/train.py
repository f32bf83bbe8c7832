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
from training import tracking
from training.click_model import evaluate
from training.click_model.examples import Examples, build_examples
from training.click_model.recipes import Recipe
from training.promotion.challenge import Challenge, Facts
from training.promotion.gate import Gate
from training.promotion.promote import promote_if_better
from training.promotion.scorecard import HeldOut, Scorecard

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
    facts = _describe(examples, data, recipe, evidence.simulated)
    verdict = promote_if_better(lake, _challenge(version, run.run_id, examples, predicted, blind, facts))
    log.info("click model version %d serves\n%s", version, verdict)
    return {"click_model": version, "mlflow_run": run.run_id, "outcomes_version": evidence.version, **_rounded(scores)}


def _challenge(
    version: int, run_id: str, examples: Examples, predicted: np.ndarray, blind: np.ndarray, facts: Facts
) -> Challenge:
    """The blind model stands in for what serves now: it is what the champion had to beat as well."""
    held_out = HeldOut(OUTCOMES.name, facts.data.version, examples.digest)
    cards = [
        Scorecard(
            f"version {version}" if number == version else "blind to covers",
            number,
            held_out,
            examples.video,
            {"log_loss": evaluate.loss_by_row(examples, each)},
            {"log_loss": examples.weight},
        )
        for number, each in ((version, predicted), (registry.champion_version(CLICK_MODEL), blind))
    ]
    return Challenge(CLICK_MODEL, *cards, GATE, run_id, facts)


def _describe(examples: Examples, data: tracking.Input, recipe: Recipe, simulated: bool) -> Facts:
    limits = [
        "It only ever saw the covers that were made, as features: of anything else in a picture it knows nothing.",
        "It tells covers of one video apart; how much a video is liked is given to it, not learned.",
    ]
    if simulated:
        limits.insert(0, "**Simulated:** some or all of these clicks are those of a simulated crowd.")
    return Facts(
        purpose="For the criteria by which covers are judged: none is kept that this model speaks against.",
        data=data,
        data_licence="the shop's own impressions and clicks, not to be passed on.",
        rows={
            "impressions": len(examples),
            "clicks": int(examples.clicked.sum()),
            "covers": len(np.unique(examples.cover)),
            "videos": len(np.unique(examples.video)),
        },
        recipe=vars(recipe),
        base_model=None,
        limits=limits,
    )


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
