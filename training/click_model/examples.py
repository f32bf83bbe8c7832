"""Outcomes as the click model learns from them."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from inference.feedback.evidence import Evidence
from inference.memory.click_model import build_inputs


@dataclass(frozen=True)
class Examples:
    """One row per outcome.

    ``inputs``: COLUMNS. ``clicked``: 0 or 1. ``weight``: 1 / propensity, clipped, mean 1. ``offset``:
    log-odds of the video's own click rate, from which the model only tells what its covers and the
    context add: how much a video is liked is no cover's merit, and there are too few videos to learn it
    from features. ``video`` groups rows for cross-validation.
    """

    inputs: pd.DataFrame
    clicked: np.ndarray
    weight: np.ndarray
    offset: np.ndarray
    video: np.ndarray
    cover: np.ndarray

    def __len__(self) -> int:
        return len(self.clicked)

    @property
    def digest(self) -> str:
        """Of every value learned from."""
        rows = pd.util.hash_pandas_object(self.inputs.assign(y=self.clicked, w=self.weight, o=self.offset), index=False)
        return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()

    def take(self, rows: np.ndarray) -> "Examples":
        arrays = (self.clicked, self.weight, self.offset, self.video, self.cover)
        return Examples(self.inputs.iloc[rows], *(array[rows] for array in arrays))


def build_examples(evidence: Evidence, max_weight: float) -> Examples:
    """Examples of all outcomes, in their order."""
    outcomes = evidence.outcomes
    weight = 1 / outcomes["propensity"].to_numpy()
    weight = np.minimum(weight, max_weight * weight.mean())
    clicked = outcomes["clicked"].to_numpy()
    return Examples(
        inputs=build_inputs(evidence),
        clicked=clicked,
        weight=weight / weight.mean(),
        offset=_video_log_odds(outcomes["video_id"], clicked, weight),
        video=outcomes["video_id"].to_numpy(),
        cover=outcomes["cover_id"].to_numpy(),
    )


def _video_log_odds(video: pd.Series, clicked: np.ndarray, weight: np.ndarray) -> np.ndarray:
    sums = pd.DataFrame({"clicks": clicked * weight, "shown": weight}).groupby(video.to_numpy()).transform("sum")
    overall = np.average(clicked, weights=weight)
    # One impression's worth of the overall rate, so that a video never clicked has log-odds at all.
    rate = (sums["clicks"] + overall * weight.mean()) / (sums["shown"] + weight.mean())
    return np.log(rate / (1 - rate)).to_numpy()
