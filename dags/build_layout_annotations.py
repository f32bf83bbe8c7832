"""### Annotate posters, for the layout model to learn from

Starts when posters are published, and every day. Each new poster gets its blocks of text with role,
language, colour and box, and the boxes of faces, products and underlays; a second reading then says
whether to believe it. What it doubts waits for a person under **Coverloop → Layouts**. A poster is
annotated anew when the annotator's version or an imported file (PKU PosterLayout, CGL or plain JSON,
beside the posters) says more of it; what a person said of it stays.

**Backfill:** `airflow backfill create --dag-id build_layout_annotations --from-date DAY --to-date DAY`,
or Trigger → Backfill, annotates the posters that were first seen on those days anew; so does a day in
the form. **Rendered posters**, whose annotations are known exactly, are added by their number.

**Where to look:** the dataset card, `card.html` of the newest run in the MLflow experiment
`layout_annotations`, whose address is on the asset's event; for what is missing, the `quarantine`
dataset, contract `layout_annotations`.
"""

from airflow.sdk import Param

from data_contracts.catalog import LAYOUT_ANNOTATIONS, POSTERS
from plugins.assets import asset, daily_or
from plugins.pipeline import BY_DAY, DAY, MODELS_POOL, RUN, pipeline, step
from training.corpora.layout_annotations import steps

RENDERED = {
    "rendered": Param(
        0,
        type="integer",
        minimum=0,
        maximum=100000,
        title="Rendered posters",
        description="How many posters drawn by the renderer are to be in the data; those that are there already stay",
    ),
}


@pipeline(schedule=daily_or(asset(POSTERS)), params=BY_DAY | RENDERED, doc_md=__doc__)
def build_layout_annotations():
    rendered = step(steps.render_posters, hours=12)(count="{{ params.rendered }}", run=RUN)
    due = step(steps.find_due_posters)(run=RUN, day=DAY)
    annotated = step(steps.annotate_posters, pool=MODELS_POOL).partial(run=RUN, day=DAY).expand(batch=due)
    published = step(steps.publish_annotations, produces=[LAYOUT_ANNOTATIONS], trigger_rule="none_failed")()
    rendered >> due
    annotated >> published


build_layout_annotations()
