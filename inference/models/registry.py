"""The only reader of MLflow's registries: which version of a model serves, its files, and prompts.

A version's files are downloaded once and then read from ``HOME/registry``, so a process that makes
covers for hours does not depend on the tracking server, and sees one version throughout.
"""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from data_contracts import settings
from data_contracts.catalog import Model, Prompt

CHAMPION = "champion"
NO_SUCH_THING = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
"""MLflow's error codes for an unregistered model and for an alias that is not set."""


SQLITE = "sqlite:///"


@dataclass(frozen=True)
class Champion:
    """The version that serves: its number, the run that made it, and a local folder with its files."""

    model: Model
    version: int
    run_id: str
    path: Path


@dataclass(frozen=True)
class PromptVersion:
    """A prompt as it was registered: the number of the version and its text."""

    version: int
    text: str


@dataclass(frozen=True)
class FinishedRun:
    """What a training left in its experiment: its last metrics and its tags, the gate's among them."""

    run_id: str
    scores: Mapping[str, float]
    tags: Mapping[str, str]


def champion(model: Model) -> Champion | None:
    """The version that serves now with its files at hand, or None when none was ever promoted."""
    found = _registered(lambda client: client.get_model_version_by_alias(model.name, CHAMPION))
    return found and Champion(model, int(found.version), found.run_id, _download(model, found))


def champion_version(model: Model) -> int | None:
    """Only the number of the version that serves now; downloads nothing."""
    found = _registered(lambda client: client.get_model_version_by_alias(model.name, CHAMPION))
    return found and int(found.version)


def fetch(model: Model, version: int) -> Path:
    """A local folder with the files of a registered version. Raises ``MlflowException`` if unknown."""
    return _download(model, _client().get_model_version(model.name, str(version)))


def tags_of(model: Model) -> Mapping[str, str]:
    """Tags of the registered model itself; none when it was never registered."""
    found = _registered(lambda client: client.get_registered_model(model.name))
    return found.tags if found else {}


def description(model: Model, version: int | None = None) -> str:
    """What is said of a registered version, or without one of the model; empty where nothing is."""
    found = _registered(
        lambda client: (
            client.get_registered_model(model.name)
            if version is None
            else client.get_model_version(model.name, str(version))
        )
    )
    return (found and found.description) or ""


def newest_prompt(prompt: Prompt) -> PromptVersion | None:
    """The newest version of a prompt, or None when none was ever registered."""
    if _is_unwritten():
        return None
    found = _client().load_prompt(f"prompts:/{prompt.name}@latest", allow_missing=True, cache_ttl_seconds=0)
    return found and PromptVersion(int(found.version), found.template)


def newest_run(model: Model) -> FinishedRun | None:
    """The newest finished run of a model's experiment, or None before there is one."""
    if _is_unwritten():
        return None
    client = _client()
    experiment = client.get_experiment_by_name(model.name)
    if experiment is None:
        return None
    finished, newest_first = "attributes.status = 'FINISHED'", ["attributes.start_time DESC"]
    found = client.search_runs([experiment.experiment_id], finished, order_by=newest_first, max_results=1)
    return next((FinishedRun(run.info.run_id, run.data.metrics, run.data.tags) for run in found), None)


def _is_unwritten() -> bool:
    """Whether MLflow is a database file that nobody made yet; asking it would make one, with all its tables."""
    uri = settings.load().mlflow
    return uri.startswith(SQLITE) and not Path(uri.removeprefix(SQLITE)).exists()


def _client() -> Any:
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=settings.load().mlflow)


def _registered(ask: Callable[[Any], Any]) -> Any | None:
    """What a client answers, None where there is no such thing."""
    if _is_unwritten():
        return None
    from mlflow.exceptions import MlflowException

    try:
        return ask(_client())
    except MlflowException as error:
        if error.error_code not in NO_SUCH_THING:
            raise
        return None


def _download(model: Model, found: Any) -> Path:
    from mlflow.artifacts import download_artifacts

    where = settings.load()
    shelf = where.home / "registry" / model.name
    # The run is part of the name: a registry that was started afresh counts versions from 1 again.
    folder = shelf / f"{found.version}-{found.run_id}"
    shelf.mkdir(parents=True, exist_ok=True)
    with FileLock(shelf / ".lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=shelf, prefix=".download-") as scratch:
                done = download_artifacts(artifact_uri=found.source, dst_path=scratch, tracking_uri=where.mlflow)
                os.replace(done, folder)
    return folder
