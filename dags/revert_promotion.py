"""### Roll a model back to the champion before

Started by hand, with the **model** and a **reason**. What served before the present champion serves
again; with none before, no version does: the base model writes, or nothing. A **version** that
served once may be asked for instead. The reason and your name stand in `served_models` and in
MLflow, and what the model feeds is made anew: covers, criteria.

A version that was rolled back is not promoted again, nor is one of the same data and recipe. From
the shell: `python -m training.promotion MODEL --why TEXT`; without a reason it lists what served when.

**Where to look:** the registered model in MLflow, whose description has the history.
"""

from airflow.sdk import Param

from data_contracts.catalog import MODEL_NAMES, MODELS, SERVED_MODELS
from plugins.pipeline import RUN, WHO, pipeline, step
from training.promotion import steps


@pipeline(
    schedule=None,
    doc_md=__doc__,
    params={
        "model": Param(type="string", enum=list(MODEL_NAMES), title="Model"),
        "why": Param(type="string", minLength=1, maxLength=2000, title="Reason", description="For everybody to read"),
        "version": Param(
            None,
            type=["null", "integer"],
            minimum=0,
            title="Version",
            description="One that served before; 0: no version, the base model; empty: the one before the present",
        ),
    },
)
def revert_promotion():
    step(steps.revert_champion, produces=[SERVED_MODELS], produces_one_of=MODELS)(
        model="{{ params.model }}", why="{{ params.why }}", version="{{ params.version }}", by=WHO, run=RUN
    )


revert_promotion()
