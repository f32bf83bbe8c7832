"""The click model as it is read: what goes in, where its file lies, what it says of a feature.

A LightGBM text file of log-odds; ``training/click_model`` makes it.
"""

from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd

from inference.feedback.evidence import FEATURE_NAMES, Evidence

MODEL_FILE = "click_model.txt"
CONTEXT = ("position", "device", "network", "hour")
CATEGORICAL = ("device", "network")
COLUMNS = (*FEATURE_NAMES, *CONTEXT)


def build_inputs(evidence: Evidence) -> pd.DataFrame:
    """A row per outcome, in its order: the shown cover's features and the context (COLUMNS)."""
    features = evidence.covers.loc[evidence.outcomes["cover_id"], list(FEATURE_NAMES)].reset_index(drop=True)
    return features.join(evidence.outcomes[list(CONTEXT)].astype(int))


def load(folder: Path) -> lightgbm.Booster:
    """The model of a registered version's folder."""
    return lightgbm.Booster(model_file=folder / MODEL_FILE)


def explain(model: lightgbm.Booster, covers: pd.DataFrame) -> pd.DataFrame:
    """What each feature adds to each cover's log-odds (SHAP; Lundberg et al. 2020), [covers, FEATURE_NAMES].

    The context is held at the top of the page, on a phone with wifi, at noon.
    """
    inputs = covers[list(FEATURE_NAMES)].assign(position=0, device=0, network=0, hour=12)
    contributions = np.asarray(model.predict(inputs[model.feature_name()], pred_contrib=True))[:, :-1]
    return pd.DataFrame(contributions, covers.index, model.feature_name())[list(FEATURE_NAMES)]
