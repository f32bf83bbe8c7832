"""### Distil criteria from what was clicked

Starts when new outcomes were learned from and the click model was reviewed. Each criterion is an
effect on click rate with its interval; only those that hold after correction for multiple testing
are kept, those that no longer hold are retired. Covers are made anew only when the set of active
criteria changed.
"""

from data_contracts.catalog import CLICK_MODEL, MEMORY_CRITERIA
from inference.memory import steps
from plugins.assets import asset
from plugins.pipeline import RUN, pipeline, step


@pipeline(schedule=[asset(CLICK_MODEL)], doc_md=__doc__)
def refresh_memory():
    step(steps.distil_criteria)(run=RUN) >> step(steps.publish_criteria, produces=[MEMORY_CRITERIA])()


refresh_memory()
