"""How good a click model is, in numbers, pictures and a table."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy import stats
from sklearn.metrics import log_loss, roc_auc_score

from training.click_model.examples import Examples
from training.intervals import gain

BINS = 10
CONFIDENCE = 0.95
INK, PALE = "#1f5fa8", "#b9b9b9"


def score(examples: Examples, predicted: np.ndarray) -> dict[str, float]:
    """Weighted log-loss (nats), area under the ROC curve, and expected calibration error (probability)."""
    return {
        "log_loss": float(log_loss(examples.clicked, predicted, sample_weight=examples.weight)),
        "auc": float(roc_auc_score(examples.clicked, predicted, sample_weight=examples.weight)),
        "calibration_error": _calibration_error(_bin(examples, predicted)),
    }


def compare(examples: Examples, predicted: np.ndarray, blind: np.ndarray) -> dict[str, float]:
    """Log-loss saved per impression by knowing the cover, with an interval over videos, not impressions."""
    losses = (loss_by_row(examples, blind), loss_by_row(examples, predicted))
    saved, low, high = gain(*losses, examples.video, examples.weight, examples.weight)
    return {"log_loss_saved": saved, "log_loss_saved_low": low, "log_loss_saved_high": high}


def loss_by_row(examples: Examples, predicted: np.ndarray) -> np.ndarray:
    """Log-loss of each impression (nats), [n], not weighted."""
    return -np.log(np.where(examples.clicked == 1, predicted, 1 - predicted))


def draw_calibration(examples: Examples, predicted: np.ndarray, blind: np.ndarray, simulated: bool) -> Figure:
    """Predicted against observed click rates on unseen videos, in bins of equally many impressions."""
    figure = Figure(figsize=(6, 5.5), layout="constrained")
    axes = figure.subplots()
    for values, colour, name in ((blind, PALE, "blind to covers"), (predicted, INK, "with cover features")):
        bins = _bin(examples, values)
        axes.errorbar(
            100 * bins["predicted"], 100 * bins["observed"], 100 * bins["margin"], fmt="o-", color=colour, label=name
        )
    limit = axes.get_xlim()[1]
    axes.plot([0, limit], [0, limit], color="black", linewidth=0.8, linestyle=":", label="perfect")
    axes.set(xlabel="predicted click rate, %", ylabel="observed click rate, %")
    axes.set_title(_title("Calibration on videos not trained on", simulated))
    axes.legend(frameon=False)
    return figure


def draw_effects(said: pd.DataFrame, covers: pd.DataFrame, simulated: bool) -> Figure:
    """What the model adds to each cover's log-odds for each feature, strongest feature first."""
    order = said.abs().mean().sort_values(ascending=False).index
    columns = 5
    rows = -(-len(order) // columns)
    figure = Figure(figsize=(2.6 * columns, 2.4 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    for axes, name in zip(grid.flat, order, strict=False):
        axes.axhline(0, color=PALE, linewidth=0.8)
        axes.scatter(covers.loc[said.index, name], said[name], s=12, color=INK, alpha=0.6, linewidths=0)
        axes.set_title(name, fontsize=10)
    for axes in grid.flat[len(order) :]:
        axes.set_visible(False)
    figure.supylabel("log-odds added (SHAP), one dot a cover")
    figure.suptitle(_title("What the model believes of each feature", simulated))
    return figure


def list_covers(examples: Examples, predicted: np.ndarray, blind: np.ndarray) -> dict[str, list[Any]]:
    """Per cover: how often shown and clicked, and what was predicted by models that never saw its video."""
    rows = pd.DataFrame(
        {"video_id": examples.video, "shown": 1, "clicked": examples.clicked, "predicted": predicted, "blind": blind}
    )
    how = {"video_id": "first", "shown": "sum", "clicked": "sum", "predicted": "mean", "blind": "mean"}
    covers = rows.groupby(examples.cover).agg(how)
    covers.insert(3, "click_rate", covers["clicked"] / covers["shown"])
    ranked = covers.sort_values(["video_id", "predicted"], ascending=[True, False])
    return ranked.rename_axis("cover_id").reset_index().to_dict("list")


def _bin(examples: Examples, predicted: np.ndarray) -> pd.DataFrame:
    """Weighted means by decile of the prediction, with a 95 % margin of the observed rate."""
    rows = pd.DataFrame({"weight": examples.weight, "squared": examples.weight**2})
    rows["predicted"], rows["observed"] = predicted * examples.weight, examples.clicked * examples.weight
    rank = pd.Series(predicted).rank(method="first")  # ties are split, so that every bin has its share
    bins = rows.groupby(pd.qcut(rank, BINS), observed=True).sum()
    bins[["predicted", "observed"]] = bins[["predicted", "observed"]].div(bins["weight"], axis=0)
    size = bins["weight"] ** 2 / bins["squared"]
    bins["margin"] = stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt(bins["observed"] * (1 - bins["observed"]) / size)
    return bins


def _calibration_error(bins: pd.DataFrame) -> float:
    return float(np.average((bins["predicted"] - bins["observed"]).abs(), weights=bins["weight"]))


def _title(text: str, simulated: bool) -> str:
    return f"{text} (simulated clicks)" if simulated else text
