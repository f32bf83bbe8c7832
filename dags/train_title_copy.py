"""### Fine-tune the title model and promote it only if it is better

Starts when new pairs are published, or by hand with another recipe. Pairs that cannot be learned
from are put into quarantine and the memory is reckoned before anything starts. Then LoRA on the
profile's language model, through DeepSpeed, in a subprocess that resumes from its newest checkpoint
when the task is retried. The challenger becomes champion only if it surely beats what serves now on the same
held-out pairs, invents no more, and nobody refuses it where the settings ask a person
(`approve_promotions`); otherwise the gate is skipped with the table of scores in its log. When
pairs, recipe and serving model are those of the last training nothing is trained, and what serves
is announced anew.

**Where to look:** the MLflow experiment `title_copy`.
"""

from airflow.sdk import Param

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from plugins.approval import approval
from plugins.assets import asset
from plugins.pipeline import MODELS_POOL, RUN, pipeline, step
from training.title_copy import steps


@pipeline(
    schedule=[asset(CONTENT_TITLE_PAIRS)],
    doc_md=__doc__,
    params={
        "recipe": Param(
            None, type=["null", "string"], title="Recipe", description="A function of recipes.py; empty: the profile's"
        ),
    },
)
def train_title_copy():
    prepared = step(steps.prepare_examples)(run=RUN, recipe="{{ params.recipe }}")
    checked = step(steps.check_examples)(prepared, run=RUN)
    trained = step(steps.train_adapter, pool=MODELS_POOL, retries=2, hours=24)(checked)
    evaluated = step(steps.evaluate_adapter, pool=MODELS_POOL)(trained)
    approved = approval(steps.approve_promotion)(evaluated)
    promoted = step(steps.promote_if_better, retries=0)(evaluated, approved)
    promoted >> step(steps.announce_champion, produces=[TITLE_COPY], trigger_rule="none_failed")(run=RUN)


train_title_copy()
