"""How a DAG of ours is written: ``@pipeline`` around the wiring, ``step`` around each function.

``step`` turns a function of a ``steps`` module into a task of the same name. It translates our
errors into what the scheduler should do about them, and puts what the function returned (a
reference: versions and counts, never rows) on the events of the assets it produces.
"""

import functools
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetAlias, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from data_contracts.catalog import Dataset, Model
from data_contracts.errors import (
    BadMedia,
    ContractViolation,
    ImpossibleRequirement,
    NotBetterThanChampion,
    NothingToDo,
    TooLittleMemory,
)
from plugins.assets import asset

log = logging.getLogger(__name__)

OWNER = "coverloop-data"
RUN = "{{ run_id }}"
"""Passed to steps that write, so that quarantined rows name the run that refused them."""

WHO = "{{ dag_run.triggering_user_name }}"
"""The Airflow user who started a run by hand; none of other runs."""

DAY = "{{ params.day or (ds if dag_run.run_type == 'backfill' else none) }}"
"""The partition to build, YYYY-MM-DD, of a DAG with ``params=BY_DAY``: the day of a backfill or of the form.

None builds all there is: so do runs by assets, which have no date, and those at midnight.
"""

BY_DAY = {
    "day": Param(
        None,
        type=["null", "string"],
        format="date",
        title="Day",
        description="Build only what was first seen on this day (UTC) and leave the rest as it is; empty: build all",
    ),
}

MODELS_POOL = "models"
"""Tasks that load large models queue here; its slots are set by the profile."""

ONE_MODEL = AssetAlias("one_model")
"""Stands for the asset of a model that is known only when the task has run."""

pipeline = functools.partial(
    dag,
    catchup=False,
    max_active_runs=1,
    render_template_as_native_obj=True,
    tags=["coverloop"],
    default_args={
        "owner": OWNER,
        "retries": 1,
        "retry_delay": timedelta(seconds=10),
    },
)
"""``airflow.sdk.dag`` with our defaults: one run at a time, an owner and one retry."""


def step(
    function: Callable[..., Any],
    produces: Iterable[Dataset | Model] = (),
    produces_one_of: Iterable[Model] = (),
    hours: float = 1,
    **options: Any,
) -> Any:
    """A task named after a function of a ``steps`` module; call it, ``.partial`` or ``.expand`` it.

    ``produces`` are the datasets and models whose consumers are to start when it succeeds. When the
    function returns what their newest events already say, nothing is new and the task is skipped. Of
    ``produces_one_of`` only the one is announced whose name the function returns under ``model``.
    After ``hours`` the task is ended. ``options`` go to Airflow's ``@task`` (pool, retries, trigger_rule).
    """
    outlets = [asset(thing) for thing in produces]
    models = {model.name: asset(model) for model in produces_one_of}
    aliases = [ONE_MODEL] if models else []
    options |= {"execution_timeout": timedelta(hours=hours), "doc_md": function.__doc__}

    @task(task_id=function.__name__, outlets=outlets + aliases, inlets=outlets, **options)
    @functools.wraps(function)
    def run_step(*args: Any, **kwargs: Any) -> Any:
        try:
            result = function(*args, **kwargs)
        except (ContractViolation, BadMedia, TooLittleMemory, ImpossibleRequirement) as error:
            raise AirflowFailException(str(error)) from error
        except (NotBetterThanChampion, NothingToDo) as reason:
            raise AirflowSkipException(str(reason)) from reason
        log.info("%s: %s", function.__name__, result)
        _announce(outlets, result)
        for alias in aliases:
            get_current_context()["outlet_events"][alias].add(models[result["model"]], extra=result)
        return result

    return run_step


def _announce(outlets: list[Asset], result: Any) -> None:
    if not outlets:
        return
    context = get_current_context()
    newest = [list(context["inlet_events"][outlet])[-1:] for outlet in outlets]
    if all(events and events[0].extra == result for events in newest):
        raise AirflowSkipException(f"nothing new since the last time: {result}")
    for outlet in outlets:
        context["outlet_events"][outlet].extra = result
