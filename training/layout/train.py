"""Train the layout model, in Airflow's steps or at the shell.

    python -m training.layout.train embedded                   the annotations in the lake
    python -m training.layout.train embedded --posters 3000    posters drawn for this, without a lake
    python -m training.layout.train tiny --posters 60          every line runs, in two minutes

Prepares, checks, trains, evaluates on held-out posters and promotes the model if it is better than
what serves now. Everything is in MLflow's experiment ``layout``. A run of the same name goes on where
it stopped.
"""

import argparse
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.store import Lake
from inference.models import profile
from training.finetune.examples import count_splits, digest_of, with_validation, write_examples
from training.finetune.job import Job, Result, folder_of, newest_judged, result_of
from training.launch import launch
from training.layout.grounds import USABLE, from_lake, from_renderer
from training.layout.recipes import Recipe

log = logging.getLogger(__name__)

MIN_TRAIN_POSTERS = 20
MIN_HELD_OUT_POSTERS = 6
"""With fewer a training teaches nothing and its evaluation tells nothing."""


def prepare(run: str, recipe: Recipe, lake: Lake) -> Path:
    """Put the grounds of annotated posters into a training's folder; the lake's version is tagged with the run.

    A folder that is whole already is left as it is: a retry trains on the same posters. Raises
    ``NothingToDo`` when there are too few, and when the last training that was judged had the same
    posters and recipe: another would come out the same.
    """
    work = folder_of(LAYOUT, run)
    if (work / "job.json").exists():
        return work
    version = lake.version(LAYOUT_ANNOTATIONS)
    annotations = lake.read(LAYOUT_ANNOTATIONS, version=version or None).to_pylist()
    source = lake.dataset_uri(LAYOUT_ANNOTATIONS)
    _refuse_too_few([row for row in annotations if row["status"] in USABLE], source)  # before pictures are read
    rows = with_validation(from_lake(lake, annotations, work), recipe.validation_share)
    job = describe(run, recipe, rows, source, version)
    last = newest_judged(LAYOUT, Recipe)
    if last and (last.digest, last.recipe) == (job.digest, job.recipe):
        raise NothingToDo(f"run {last.run} trained {recipe.name} on the same posters")
    lake.tag(LAYOUT_ANNOTATIONS, f"layout-{work.name}", version)
    return write(job, rows, work)


def prepare_rendered(run: str, recipe: Recipe, posters: int) -> Path:
    """The same with so many posters that the renderer draws for it."""
    work = folder_of(LAYOUT, run)
    if (work / "job.json").exists():
        return work
    rows = with_validation(from_renderer(posters, work), recipe.validation_share)
    return write(describe(run, recipe, rows, f"the renderer's first {posters} posters"), rows, work)


def train(work: Path) -> Result:
    """Train in processes of their own, unless this training is finished already."""
    if not (result := result_of(work)):
        launch("training.layout.task", [str(work)], **profile.load().training.placement)
        result = result_of(work)
    return result


def describe(run: str, recipe: Recipe, rows: Sequence[dict[str, Any]], source: str, version: int = 0) -> Job[Recipe]:
    """The training that rows and recipe make. Raises ``NothingToDo`` when the posters are too few."""
    _refuse_too_few(rows, source)
    return Job(run, recipe, source, version, digest_of(rows), count_splits(rows), recipe.model)


def _refuse_too_few(rows: Sequence[dict[str, Any]], source: str) -> None:
    held_out = sum(row["split"] == "held_out" for row in rows)
    if len(rows) - held_out < MIN_TRAIN_POSTERS or held_out < MIN_HELD_OUT_POSTERS:
        raise NothingToDo(
            f"{len(rows) - held_out} posters to train on and {held_out} held out in {source}; at least "
            f"{MIN_TRAIN_POSTERS} and {MIN_HELD_OUT_POSTERS} are needed: land or render more, or review what waits"
        )


def write(job: Job[Recipe], rows: list[dict[str, Any]], work: Path) -> Path:
    """``job.json`` comes last and says that the folder is whole."""
    write_examples(work, rows)
    job.write(work)
    log.info("%d posters to train on, %d for validation, %d held out, in %s", *job.counts.values(), work)
    return work


def main() -> None:
    from data_contracts.store import open_lake
    from training.finetune.preflight import check_examples
    from training.layout import evaluate, promote, recipes
    from training.layout.task import LayoutTask

    parser = argparse.ArgumentParser(
        prog="python -m training.layout.train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("recipe", choices=recipes.RECIPES, help="a function of training/layout/recipes.py")
    parser.add_argument("--posters", type=int, help="draw so many posters and train on them (default: the lake's)")
    parser.add_argument("--run", default=f"shell-{datetime.now():%Y%m%d-%H%M%S}", help="name of the run")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    recipe, lake = recipes.by_name(arguments.recipe), open_lake()
    if arguments.posters is None:
        work = prepare(arguments.run, recipe, lake)
    else:
        work = prepare_rendered(arguments.run, recipe, arguments.posters)
    check_examples(LayoutTask(), recipe, work, arguments.run, lake)
    evaluated = evaluate.evaluate(work, train(work))
    try:
        log.info("%s", promote.promote_if_better(lake, evaluated))
    except NotBetterThanChampion as refused:
        log.info("%s", refused)


if __name__ == "__main__":
    main()
