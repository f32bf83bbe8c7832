"""The whole loop on this machine: models, landing folder, services, the run, the report.

    python -m infra.local.run [--videos FOLDER] [--catalog FILE]

Returns with the pages up. Running it again picks up where the last run ended and repeats nothing.
"""

import argparse
import logging
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape

from data_contracts import settings as settings_module
from data_contracts.settings import REPOSITORY, Settings
from inference.media.landing import list_videos
from inference.models import pretrained, profile, shelf
from infra.local import services
from infra.local.airflow_api import AirflowApi
from infra.local.watch import follow

NEEDED_BYTES = 6 * 10**9
"""Weights twice (fetched and converted), the lake, MLflow and a training run's checkpoints."""

GENERATIONS = 2
PARSE_TIMEOUT_S = 120

console = Console()


class CannotRun(Exception):
    """Something on this machine must change first. The message says what."""


def main() -> int:
    arguments = _parse()
    started = time.monotonic()
    try:
        settings = settings_module.load()
    except ValidationError as error:
        console.print(f"[red]cannot run:[/] {escape(_name_settings(error))}", highlight=False, soft_wrap=True)
        return 1
    try:
        _require(settings, arguments)
        _fetch_models()
        extra = _prepare_landing(settings, arguments)
        failed = _run(settings, extra)
    except KeyboardInterrupt:
        console.print("\n[yellow]stopping what was started…[/]")
        services.stop(settings)
        return 130
    except (CannotRun, services.ServiceError, shelf.NotAvailable, shelf.WrongDigest) as error:
        console.print(f"[red]cannot run:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return 1
    except httpx.HTTPError as error:
        log = settings.home / "logs" / "airflow.log"
        console.print(f"[red]Airflow no longer answers as it should:[/] {error}\nIts log is {log}", highlight=False)
        return 1
    _report(settings, extra, failed, time.monotonic() - started)
    return 1 if failed else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.run", description="Run the whole loop on this machine and leave its pages up."
    )
    parser.add_argument("--videos", type=Path, metavar="FOLDER", help="your videos; none: the samples")
    parser.add_argument("--catalog", type=Path, metavar="FILE", help="your products, CSV or Parquet")
    return parser.parse_args()


def _name_settings(error: ValidationError) -> str:
    """The variables that do not fit, with what they hold and what is wrong with it."""
    return "; ".join(f"COVERLOOP_{str(f['loc'][0]).upper()} = {f['input']}: {f['msg']}" for f in error.errors())


def _require(settings: Settings, arguments: argparse.Namespace) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{settings.home} is no folder that can be written to; set COVERLOOP_HOME to one") from error
    free = shutil.disk_usage(settings.home).free
    if free < NEEDED_BYTES:
        raise CannotRun(f"{settings.home} has {free / 1e9:.1f} GB free, {NEEDED_BYTES / 1e9:.0f} GB are needed")
    if not settings.profile_file.is_file():
        there = ", ".join(sorted(path.stem for path in settings.profile_file.parent.glob("*.yaml")))
        raise CannotRun(f"there is no profile {settings.profile}; there are {there}")
    if arguments.catalog and not arguments.catalog.is_file():
        raise CannotRun(f"there is no file {arguments.catalog}")
    if arguments.videos and not arguments.videos.is_dir():
        raise CannotRun(f"there is no folder {arguments.videos}")
    if arguments.videos and not list_videos(str(arguments.videos)):
        raise CannotRun(f"there is no video in {arguments.videos}")


def _fetch_models() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(message)s", handlers=[RichHandler(console=console, show_path=False)]
    )
    for noisy in ("httpx", "filelock", "transformers", "datasets", "infra.samples"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    entries = shelf.read_shelf()
    missing = [name for name, entry in entries.items() if not shelf.is_present(entry)]
    for name in missing:
        with _doing(f"fetching {name}"):
            shelf.resolve(name)
    with _doing("reading the language model"):
        pretrained.locate(profile.load().language.model)  # converts it the first time


def _prepare_landing(settings: Settings, arguments: argparse.Namespace) -> dict[str, str]:
    """Settings of ours to run the tasks under."""
    extra = {"COVERLOOP_SIMULATED_GENERATIONS": str(settings.simulated_generations or GENERATIONS)}
    if arguments.catalog:
        extra["COVERLOOP_CATALOG_URI"] = str(arguments.catalog.resolve())
    if arguments.videos:
        extra["COVERLOOP_LANDING_URI"] = str(arguments.videos.resolve())
    else:
        from infra.samples.collect import collect

        with _doing("collecting the sample videos"):
            collect(Path(settings.landing))
    return extra


def _run(settings: Settings, extra: dict[str, str]) -> list[str]:
    with _doing("starting MLflow and Airflow"):
        services.start_mlflow(settings)
        airflow = services.start_airflow(settings, extra)
        api = AirflowApi(airflow.url, services.USER, services.password(settings))
        _create_pools(settings, api)
        _await_dags(api)
    console.print(f"Airflow is at {airflow.url}, user {services.USER}, password {services.password(settings)}")
    since = datetime.now(UTC) - timedelta(seconds=5)
    if again := api.retry_failed():
        console.print(f"trying again what failed last time: {', '.join(again)}")
    api.trigger("ingest_media")
    return follow(api, since, settings.home / "airflow" / "logs", console)


@contextmanager
def _doing(what: str) -> Iterator[None]:
    """Say what goes on: beside a spinner in a terminal, in a line of its own elsewhere."""
    if console.is_terminal:
        with console.status(what):
            yield
    else:
        console.print(f"… {what}")
        yield


def _create_pools(settings: Settings, api: AirflowApi) -> None:
    profile = yaml.safe_load(settings.profile_file.read_text())
    for name, slots in profile["pools"].items():
        api.set_pool(name, slots, "set by the profile")


def _await_dags(api: AirflowApi) -> None:
    wanted = {path.stem for path in (REPOSITORY / "dags").glob("[a-z]*.py")}
    deadline = time.monotonic() + PARSE_TIMEOUT_S
    while missing := wanted - api.dag_ids():
        errors = api.import_errors()
        if errors:
            raise CannotRun(f"{errors[0]['filename']} cannot be imported:\n{errors[0]['stack_trace']}")
        if time.monotonic() > deadline:
            raise CannotRun(f"Airflow did not read {', '.join(sorted(missing))} within {PARSE_TIMEOUT_S} s")
        time.sleep(1)


def _report(settings: Settings, extra: dict[str, str], failed: list[str], seconds: float) -> None:
    from infra.local.report import render

    console.print(render(settings, services.running(settings), failed, seconds))


if __name__ == "__main__":
    sys.exit(main())
