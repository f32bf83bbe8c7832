"""The only place that writes to MLflow: runs, registered versions, aliases, prompts.

Every training is one run in the experiment named after its model, whatever the number of tasks and
processes that add to it: the first opens it with ``run``, later ones with ``resume``. The build of a
dataset is a run too, in the experiment named after the dataset. A client object is used throughout,
so nothing global is set and two servers can be written to from one process.
"""

import importlib.metadata
import json
import logging
import resource
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from mlflow import MlflowClient, entities
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode
from mlflow.utils.mlflow_tags import (
    MLFLOW_DATASET_CONTEXT,
    MLFLOW_GIT_COMMIT,
    MLFLOW_RUN_NOTE,  # of experiments too
    MLFLOW_SOURCE_NAME,
)
from mlflow.utils.time import get_current_time_millis

from data_contracts import settings
from data_contracts.catalog import Dataset, Model, Prompt
from data_contracts.contract import load
from inference.models import registry
from training.code_version import read_code_version

log = logging.getLogger(__name__)

CHALLENGER = "challenger"
MAX_DESCRIPTION = 5000
"""Characters of a description that MLflow's tables hold."""

OF_MODELS = {"mlflow.experimentKind": "custom_model_development"}
"""Tag by which MLflow opens an experiment on its pages for models, not on those for language agents."""

MODEL_FOLDER = "model"
"""Folder of a run's artifacts whose content is the registered version."""


@dataclass(frozen=True)
class Input:
    """The exact data a run saw: a dataset's version, the digest of the rows used, and how many."""

    dataset: Dataset
    version: int
    digest: str
    rows: int
    context: str = "training"
    uri: str = ""


class Run:
    """An open run. Metric values are plain numbers; names may hold ``/`` to group them in MLflow."""

    def __init__(self, client: MlflowClient, run_id: str, subject: Model | Dataset):
        self.run_id = run_id
        self.subject = subject
        self._client = client

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        now = get_current_time_millis()
        logged = [entities.Metric(name, float(value), now, step or 0) for name, value in values.items()]
        self._client.log_batch(self.run_id, metrics=logged)

    def history(self, name: str) -> dict[int, float]:
        """A metric's values by step, in order of the steps; empty when it was never logged."""
        points = self._client.get_metric_history(self.run_id, name)
        return {point.step: point.value for point in sorted(points, key=lambda point: (point.step, point.timestamp))}

    def params(self, values: Mapping[str, Any]) -> None:
        """Log parameters. MLflow refuses to change one that was logged with another value."""
        self._client.log_batch(self.run_id, params=[entities.Param(k, str(v)) for k, v in values.items()])

    def tags(self, values: Mapping[str, Any]) -> None:
        self._client.log_batch(self.run_id, tags=[entities.RunTag(k, str(v)) for k, v in values.items()])

    def describe(self, text: str) -> None:
        """Show Markdown as the run's description, the first thing one sees of it."""
        self.tags({MLFLOW_RUN_NOTE: text})

    def inputs(self, inputs: Sequence[Input]) -> None:
        self._client.log_inputs(self.run_id, [_dataset_input(each) for each in inputs])

    def figure(self, figure: Any, name: str) -> None:
        """Keep a matplotlib figure as ``name`` (with its suffix: ``effects.png``)."""
        self._client.log_figure(self.run_id, figure, name)

    def table(self, data: Any, name: str) -> None:
        """Keep a table, a dict of equally long columns or a pandas DataFrame, as ``name.json``."""
        self._client.log_table(self.run_id, data, f"{name}.json")

    def text(self, text: str, name: str) -> None:
        self._client.log_text(self.run_id, text, name)

    def artifact(self, path: Path, folder: str | None = None) -> None:
        """Keep a file, or a folder with all that is in it."""
        log_it = self._client.log_artifacts if path.is_dir() else self._client.log_artifact
        log_it(self.run_id, str(path), folder)

    def register(self, path: Path, alias: str = CHALLENGER) -> int:
        """Keep a model file or folder, register it as the model's next version, and return its number.

        A run registers one version: asked again, after a crash, it returns the same.
        """
        self.artifact(path, MODEL_FOLDER)
        name = self.subject.name
        _create_registered_model(self._client, name)
        known = self._client.search_model_versions(f"name = '{name}' and run_id = '{self.run_id}'")
        source = f"{self._client.get_run(self.run_id).info.artifact_uri}/{MODEL_FOLDER}"
        made = known[0] if known else self._client.create_model_version(name, source, self.run_id)
        version = int(made.version)
        self._client.set_registered_model_alias(name, alias, str(version))
        log.info("%s: version %d registered as %s", name, version, alias)
        return version


@dataclass(frozen=True)
class Finished:
    """A finished run: its id and its experiment's, what was logged of it, and where its artifacts lie."""

    run_id: str
    experiment: str
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    artifacts: str

    def link(self, artifact: str) -> str:
        """Where to look at an artifact: MLflow's page of it, without a server the file itself."""
        where = settings.load().mlflow
        if not where.startswith("http"):
            return f"{self.artifacts}/{artifact}"
        return f"{where}/#/experiments/{self.experiment}/runs/{self.run_id}/artifacts/{artifact}"


@contextmanager
def run(
    subject: Model | Dataset,
    name: str,
    params: Mapping[str, Any] | None = None,
    inputs: Sequence[Input] = (),
) -> Iterator[Run]:
    """Open a new run of a model's or dataset's experiment; it ends finished, failed or killed as the block does.

    Parameters, inputs, the code's commit and the installed packages are logged at the start, the
    process's peak memory at the end.
    """
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    created = client.create_run(_experiment(client, subject), run_name=name, tags=_origin())
    opened = Run(client, created.info.run_id, subject)
    log.info("%s: MLflow run %s (%s)", subject.name, name, opened.run_id)
    with _ending(client, opened):
        opened.params(params or {})
        opened.inputs(inputs)
        opened.text(_installed_packages(), "environment.txt")
        yield opened
        opened.metrics({"peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20})


@contextmanager
def resume(model: Model, run_id: str) -> Iterator[Run]:
    """Open an existing run to add to it. Raises ``MlflowException`` when there is none."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    client.update_run(run_id, status="RUNNING")
    opened = Run(client, run_id, model)
    with _ending(client, opened):
        yield opened


def finished(run_id: str) -> Finished:
    """What a run became. Raises ``MlflowException`` when there is none."""
    return _finished(MlflowClient(tracking_uri=settings.load().mlflow).get_run(run_id))


def newest(subject: Model | Dataset, tags: Mapping[str, str] | None = None) -> Finished | None:
    """The newest finished run that bears these tags, None without one."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    experiment = client.get_experiment_by_name(subject.name)
    if experiment is None:
        return None
    wanted = ["attributes.status = 'FINISHED'", *(f"tags.`{key}` = '{value}'" for key, value in (tags or {}).items())]
    order = ["attributes.start_time DESC"]
    found = client.search_runs([experiment.experiment_id], " and ".join(wanted), max_results=1, order_by=order)
    return next((_finished(each) for each in found), None)


def set_alias(model: Model, version: int, alias: str, tags: Mapping[str, Any] | None = None) -> None:
    """Point an alias of a registered model at a version, tagging the version first."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    for key, value in (tags or {}).items():
        client.set_model_version_tag(model.name, str(version), key, str(value))
    client.set_registered_model_alias(model.name, alias, str(version))


def remove_alias(model: Model, alias: str) -> None:
    """Take an alias off a registered model; without one nothing happens."""
    MlflowClient(tracking_uri=settings.load().mlflow).delete_registered_model_alias(model.name, alias)


def annotate(
    model: Model, version: int | None = None, text: str | None = None, tags: Mapping[str, Any] | None = None
) -> None:
    """Tag and describe a registered version, or the model without one; of too long a Markdown text the end is cut."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    target = (model.name,) if version is None else (model.name, str(version))
    tag = client.set_registered_model_tag if version is None else client.set_model_version_tag
    describe = client.update_registered_model if version is None else client.update_model_version
    for key, value in (tags or {}).items():
        tag(*target, key, str(value))
    if text is not None:
        describe(*target, description=text[:MAX_DESCRIPTION])


def explain(model: Model, text: str) -> None:
    """Show Markdown as the description of a model's experiment, below what the model is about."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    client.set_experiment_tag(_experiment(client, model), MLFLOW_RUN_NOTE, f"{model.about}\n\n{text}")


def remove_tag(model: Model, key: str) -> None:
    """Take a tag off a registered model. Raises ``MlflowException`` when it has none of that name."""
    MlflowClient(tracking_uri=settings.load().mlflow).delete_registered_model_tag(model.name, key)


def register_prompt(prompt: Prompt, text: str) -> int:
    """The version of a prompt's text; one is registered only when the text differs from the newest."""
    where = settings.load()
    where.home.mkdir(parents=True, exist_ok=True)
    with FileLock(where.home / f".{prompt.name}.lock"):  # or several tasks would each register the same text
        newest = registry.newest_prompt(prompt)
        if newest and newest.text == text:
            return newest.version
        client = MlflowClient(tracking_uri=where.mlflow)
        version = int(client.register_prompt(prompt.name, text, tags={"about": prompt.about}).version)
    log.info("%s: prompt version %d registered", prompt.name, version)
    return version


@contextmanager
def _ending(client: MlflowClient, opened: Run) -> Iterator[None]:
    status = "KILLED"
    try:
        yield
        status = "FINISHED"
    except Exception as error:
        status = "FAILED"
        opened.tags({"failure": f"{type(error).__name__}: {error}"[:5000]})
        raise
    finally:
        client.set_terminated(opened.run_id, status=status)


def _finished(found: entities.Run) -> Finished:
    info, data = found.info, found.data
    return Finished(info.run_id, info.experiment_id, data.metrics, data.tags, info.artifact_uri)


def _experiment(client: MlflowClient, subject: Model | Dataset) -> str:
    if found := client.get_experiment_by_name(subject.name):
        return found.experiment_id
    about = subject.about if isinstance(subject, Model) else load(subject).purpose
    try:
        return client.create_experiment(
            subject.name, artifact_location=_artifact_location(subject.name), tags={MLFLOW_RUN_NOTE: about, **OF_MODELS}
        )
    except MlflowException as error:
        if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
            raise
        return client.get_experiment_by_name(subject.name).experiment_id


def _artifact_location(name: str) -> str | None:
    """A server knows where its artifacts go; a bare database would put them into the current folder."""
    where = settings.load()
    return None if where.mlflow.startswith("http") else (where.home / "artifacts" / name).absolute().as_uri()


def _create_registered_model(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
            raise


def _dataset_input(given: Input) -> entities.DatasetInput:
    source = {"uri": given.uri, "version": given.version}
    dataset = entities.Dataset(
        name=given.dataset.name,
        digest=given.digest[:36],  # MLflow keeps no more
        source_type="lance",
        source=json.dumps(source),
        profile=json.dumps({"num_rows": given.rows, "version": given.version}),
    )
    return entities.DatasetInput(dataset, [entities.InputTag(MLFLOW_DATASET_CONTEXT, given.context)])


def _origin() -> dict[str, str]:
    tags = {MLFLOW_SOURCE_NAME: "coverloop"}
    if code := read_code_version():
        tags |= {MLFLOW_GIT_COMMIT: code.commit, "uncommitted_changes": str(code.changed)}
    return tags


def _installed_packages() -> str:
    found = {f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()}
    return "\n".join(sorted(found, key=str.lower))
