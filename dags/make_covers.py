"""### Make a cover for every video that needs one

Starts when media are published and the title model was reviewed, when new criteria were learned,
when a model was rolled back, and every night. A video is due when anything its cover would be made
from has changed: the video, its product, the title model, the criteria, the requirement. Which title
model serves is read once, at the start: all covers of a run have their titles from the same version,
which their records name.

Trigger it by hand with a **requirement** in Chinese or English (`竖版3:4，标题不超过10个字`) and,
to limit it, names of **videos**.
"""

from airflow.sdk import Param

from data_contracts.catalog import COVERS, MEMORY_CRITERIA, SERVED_MODELS, TITLE_COPY, VIDEOS
from inference.covers import steps
from plugins.assets import asset, nightly_or
from plugins.pipeline import MODELS_POOL, RUN, pipeline, step


@pipeline(
    schedule=nightly_or((asset(VIDEOS) & asset(TITLE_COPY)) | asset(MEMORY_CRITERIA) | asset(SERVED_MODELS)),
    doc_md=__doc__,
    params={
        "requirement": Param(
            None, type=["null", "string"], title="Requirement", description="What every cover must or must not show"
        ),
        "videos": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Videos",
            description="Names of the videos to make covers for; none: all that need one",
        ),
    },
)
def make_covers():
    due = step(steps.find_due_videos)(requirement="{{ params.requirement }}", videos="{{ params.videos }}")
    made = (
        step(steps.make_batch, pool=MODELS_POOL)
        .partial(requirement="{{ params.requirement }}", run=RUN)
        .expand(batch=due)
    )
    made >> step(steps.publish_covers, produces=[COVERS])()


make_covers()
