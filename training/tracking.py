"""The only place that writes to MLflow: runs, registered versions, aliases.

Every training is one run in the experiment named after its model, whatever the number of tasks and
processes that add to it: the first opens it with ``run``, later ones with ``resume``. A client object
is used throughout, so nothing global is set and two servers can be written to from one process.
"""

import importlib.metadata
import json
import logging
import resource
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from data_contracts.catalog import Dataset, Model

log = logging.getLogger(__name__)

CHALLENGER = "challenger"
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

    def __init__(self, client: MlflowClient, run_id: str, model: Model):
        self.run_id = run_id
        self.model = model
        self._client = client

    def metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        now = get_current_time_millis()
        logged = [entities.Metric(name, float(value), now, step or 0) for name, value in values.items()]
        self._client.log_batch(self.run_id, metrics=logged)

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
        """Keep a model file or folder, register it as the model's next version, and return its number."""
        self.artifact(path, MODEL_FOLDER)
        _create_registered_model(self._client, self.model)
        source = f"{self._client.get_run(self.run_id).info.artifact_uri}/{MODEL_FOLDER}"
        version = int(self._client.create_model_version(self.model.name, source, self.run_id).version)
        self._client.set_registered_model_alias(self.model.name, alias, str(version))
        log.info("%s: version %d registered as %s", self.model.name, version, alias)
        return version


@contextmanager
def run(
    model: Model,
    name: str,
    params: Mapping[str, Any] | None = None,
    inputs: Sequence[Input] = (),
) -> Iterator[Run]:
    """Open a new run of a model's experiment; it ends finished, failed or killed as the block does.

    Parameters, inputs, the code's commit and the installed packages are logged at the start, the
    process's peak memory at the end.
    """
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    created = client.create_run(_experiment(client, model), run_name=name, tags=_origin())
    opened = Run(client, created.info.run_id, model)
    log.info("%s: MLflow run %s (%s)", model.name, name, opened.run_id)
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


def set_alias(model: Model, version: int, alias: str, tags: Mapping[str, Any] | None = None) -> None:
    """Point an alias of a registered model at a version, tagging the version first."""
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    for key, value in (tags or {}).items():
        client.set_model_version_tag(model.name, str(version), key, str(value))
    client.set_registered_model_alias(model.name, alias, str(version))


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


def _experiment(client: MlflowClient, model: Model) -> str:
    if found := client.get_experiment_by_name(model.name):
        return found.experiment_id
    try:
        return client.create_experiment(
            model.name, artifact_location=_artifact_location(model), tags={MLFLOW_RUN_NOTE: model.about}
        )
    except MlflowException as error:
        if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
            raise
        return client.get_experiment_by_name(model.name).experiment_id


def _artifact_location(model: Model) -> str | None:
    """A server knows where its artifacts go; a bare database would put them into the current folder."""
    where = settings.load()
    return None if where.mlflow.startswith("http") else (where.home / "artifacts" / model.name).absolute().as_uri()


def _create_registered_model(client: MlflowClient, model: Model) -> None:
    try:
        client.create_registered_model(model.name)
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
    git = ["git", "-C", str(settings.REPOSITORY)]
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
    if commit.returncode == 0:
        changes = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True)
        tags[MLFLOW_GIT_COMMIT] = commit.stdout.strip()
        tags["uncommitted_changes"] = str(bool(changes.stdout.strip()))
    return tags


def _installed_packages() -> str:
    found = {f"{d.metadata['Name']}=={d.version}" for d in importlib.metadata.distributions()}
    return "\n".join(sorted(found, key=str.lower))
