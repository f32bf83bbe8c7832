"""### Train the layout model and promote it only if it is better

Starts when new annotations of posters are published, or by hand with another recipe. A Qwen2.5-VL
model learns to place texts on a picture: it is shown a poster without its texts and answers with the
layout. Before the first step every poster is read as training will read it; what cannot be used goes
to quarantine. Training runs through DeepSpeed in a subprocess that resumes from its newest checkpoint
when the task is retried. The challenger becomes champion only if it surely leaves more of faces and
products clear than what serves now, on the same held-out posters, with every text there and no less
readable; otherwise the gate is skipped with the table of scores in its log. Too few annotations, or
those of the last training: nothing is trained.

**Where to look:** the MLflow experiment `layout`: under *evaluation* the layouts side by side.
"""

from airflow.sdk import Param

from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from plugins.approval import approval
from plugins.assets import asset
from plugins.pipeline import MODELS_POOL, RUN, pipeline, step
from training.layout import steps


@pipeline(
    schedule=[asset(LAYOUT_ANNOTATIONS)],
    doc_md=__doc__,
    params={
        "recipe": Param(
            None, type=["null", "string"], title="Recipe", description="A function of recipes.py; empty: the profile's"
        ),
    },
)
def train_layout():
    prepared = step(steps.prepare_examples, hours=6)(run=RUN, recipe="{{ params.recipe }}")
    checked = step(steps.check_examples)(prepared, run=RUN)
    trained = step(steps.train_model, pool=MODELS_POOL, retries=2, hours=24)(checked)
    evaluated = step(steps.evaluate_model, pool=MODELS_POOL, hours=3)(trained)
    approved = approval(steps.approve_promotion)(evaluated)
    promoted = step(steps.promote_if_better, retries=0)(evaluated, approved)
    promoted >> step(steps.announce_champion, produces=[LAYOUT], trigger_rule="none_failed")()


train_layout()
