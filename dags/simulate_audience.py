"""### Show covers to a simulated crowd

Only for trying the loop without live traffic: the crowd has hidden tastes, asks the distribution
policy for covers and clicks on some. Everything from here on is stamped *simulated*. Skipped unless
`COVERLOOP_SIMULATED_GENERATIONS` is set.
"""

from data_contracts.catalog import CLICKS, COVERS, IMPRESSIONS
from inference.audience import steps
from plugins.assets import asset
from plugins.pipeline import RUN, pipeline, step


@pipeline(schedule=[asset(COVERS)], doc_md=__doc__)
def simulate_audience():
    step(steps.serve_crowd, produces=[IMPRESSIONS, CLICKS])(run=RUN)


simulate_audience()
