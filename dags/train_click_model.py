"""### Learn which cover features are clicked

Starts when new outcomes are published. A LightGBM model on interpretable features, inverse-propensity
weighted and judged against a model that knows everything but the cover. Better or not, criteria are
distilled from the new outcomes next.

**Where to look:** the MLflow experiment `click_model`: metrics, calibration, feature effects.
"""

from data_contracts.catalog import CLICK_MODEL, OUTCOMES
from plugins.assets import asset
from plugins.pipeline import RUN, pipeline, step
from training.click_model import steps


@pipeline(schedule=[asset(OUTCOMES)], doc_md=__doc__)
def train_click_model():
    trained = step(steps.train_clicks)(run=RUN)
    trained >> step(steps.announce_champion, produces=[CLICK_MODEL], trigger_rule="none_failed")()


train_click_model()
