"""### Join clicks to impressions

Starts when new impressions and clicks are published. Only impressions whose attribution window has
closed become outcomes; clicks that fit no impression are in `quarantine`, contract `clicks`.
"""

from data_contracts.catalog import CLICKS, IMPRESSIONS, OUTCOMES
from inference.feedback import steps
from plugins.assets import asset
from plugins.pipeline import RUN, pipeline, step


@pipeline(schedule=[asset(IMPRESSIONS), asset(CLICKS)], doc_md=__doc__)
def collect_feedback():
    step(steps.join_clicks, produces=[OUTCOMES])(run=RUN)


collect_feedback()
