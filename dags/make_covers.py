"""### Make a cover for every video that needs one

Starts when media are published and the title model was reviewed, when a layout model was promoted,
when new criteria were learned, when a model was rolled back, and every night. A video is due when
anything its cover would be made from has changed: the video, its product, the title and the layout
model, the criteria, the requirement. Which models serve is read once, at the start: all covers of a
run have titles and layouts from the same versions, which their records name.

Trigger it by hand with a **requirement** in Chinese or English (`竖版3:4，标题不超过10个字`) and,
to limit it, names of **videos**. What the requirement makes mandatory is met, or the video is refused
with the reason, in the gallery below the covers. One that contradicts itself (`要露脸，不要真人出镜`)
fails at once and names the conflicts. Without **moving** covers stand still, which saves time.
"""

from airflow.sdk import Param

from data_contracts.catalog import COVERS, LAYOUT, MEMORY_CRITERIA, SERVED_MODELS, TITLE_COPY, VIDEOS
from inference.covers import steps
from plugins.assets import asset, nightly_or
from plugins.pipeline import MODELS_POOL, RUN, pipeline, step


@pipeline(
    schedule=nightly_or(
        (asset(VIDEOS) & asset(TITLE_COPY)) | asset(LAYOUT) | asset(MEMORY_CRITERIA) | asset(SERVED_MODELS)
    ),
    doc_md=__doc__,
    params={
        "requirement": Param(
            None,
            type=["null", "string"],
            title="Requirement",
            description="What every cover must or must not show or say, in Chinese or English: ratio, length and "
            "language of the title, face, product, price, no burnt-in text … What it makes mandatory is met, or the "
            "video is refused with the reason",
        ),
        "videos": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="Videos",
            description="Names of the videos to make covers for; none: all that need one",
        ),
        "moving": Param(
            True, type="boolean", title="Moving", description="Let the best cover of each video move for a few seconds"
        ),
    },
)
def make_covers():
    due = step(steps.find_due_videos)(
        requirement="{{ params.requirement }}", videos="{{ params.videos }}", moving="{{ params.moving }}"
    )
    made = (
        step(steps.make_batch, pool=MODELS_POOL)
        .partial(requirement="{{ params.requirement }}", run=RUN)
        .expand(batch=due)
    )
    made >> step(steps.publish_covers, produces=[COVERS])()


make_covers()
