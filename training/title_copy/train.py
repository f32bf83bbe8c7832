"""Train the title model, in Airflow's steps or at the shell.

    python -m training.title_copy.train embedded                            the pairs in the lake
    python -m training.title_copy.train embedded --pairs DIR/pairs.parquet  a file of pairs
    python -m training.title_copy.train tiny --pairs DIR/pairs.parquet      every line runs, in a minute

Prepares, trains, evaluates on held-out pairs and promotes the adapter if it is better than what
serves now. Everything is in MLflow's experiment ``title_copy``. A run of the same name goes on where
it stopped.
"""

import argparse
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.store import Lake
from inference.models import profile
from training.finetune.examples import count_splits, digest_of, with_validation, write_examples
from training.finetune.job import Job, Result, folder_of, newest_judged, result_of
from training.launch import launch
from training.title_copy.examples import as_rows, load_pairs
from training.title_copy.recipes import TitleRecipe

log = logging.getLogger(__name__)

MIN_TRAIN_PAIRS = 20
MIN_HELD_OUT_PAIRS = 5
"""With fewer a training teaches nothing and its evaluation tells nothing."""


def prepare(run: str, recipe: TitleRecipe, lake: Lake) -> Path:
    """Put a training's pairs and recipe into its folder; the lake's version is tagged with the run.

    A folder that is there already is left as it is: a retry trains on the same pairs. Raises
    ``NothingToDo`` when the last training that was judged had the same pairs, recipe and serving
    model: another would come out the same.
    """
    work = folder_of(TITLE_COPY, run)
    if (work / "job.json").exists():
        return work
    version = lake.version(CONTENT_TITLE_PAIRS)
    pairs = lake.read(CONTENT_TITLE_PAIRS, version=version or None).to_pylist()
    job, rows = describe(run, recipe, pairs, lake.dataset_uri(CONTENT_TITLE_PAIRS), version)
    last = newest_judged(TITLE_COPY, TitleRecipe)
    if last and (last.digest, last.recipe, last.serving_model) == (job.digest, job.recipe, job.serving_model):
        raise NothingToDo(f"run {last.run} trained {recipe.name} on the same pairs, and the same model serves")
    lake.tag(CONTENT_TITLE_PAIRS, f"title_copy-{work.name}", version)
    return write(job, rows)


def describe(
    run: str, recipe: TitleRecipe, pairs: list[dict[str, Any]], source: str, version: int = 0
) -> tuple[Job[TitleRecipe], list[dict[str, Any]]]:
    """The training that pairs and recipe make, and its rows. Raises ``NothingToDo`` when the pairs are too few."""
    rows = with_validation(as_rows(pairs), recipe.validation_share)
    counts = count_splits(rows)
    train, held_out = counts["train"] + counts["validation"], counts["held_out"]
    if train < MIN_TRAIN_PAIRS or held_out < MIN_HELD_OUT_PAIRS:
        raise NothingToDo(
            f"{train} pairs to train on and {held_out} held out in {source}; "
            f"at least {MIN_TRAIN_PAIRS} and {MIN_HELD_OUT_PAIRS} are needed"
        )
    return Job(run, recipe, source, version, digest_of(rows), counts, profile.load().language.model), rows


def write(job: Job[TitleRecipe], rows: list[dict[str, Any]]) -> Path:
    """Make the training's folder; ``job.json`` comes last and says that it is whole."""
    work = folder_of(TITLE_COPY, job.run)
    write_examples(work, rows)
    job.write(work)
    log.info("%d pairs to train on, %d for validation, %d held out, in %s", *job.counts.values(), work)
    return work


def train(work: Path) -> Result:
    """Train in processes of their own, unless this training is finished already."""
    if not (result := result_of(work)):
        launch("training.title_copy.task", [str(work)], **profile.load().training.placement)
        result = result_of(work)
    return result


def main() -> None:
    from data_contracts.store import open_lake
    from training.title_copy import evaluate, recipes

    parser = argparse.ArgumentParser(
        prog="python -m training.title_copy.train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("recipe", choices=recipes.RECIPES, help="a function of training/title_copy/recipes.py")
    parser.add_argument(
        "--pairs",
        default="lake",
        help="pairs as Parquet or JSON lines with pair_id, content, title, language, group, split;\n"
        "made by python -m training.corpora.content_title_pairs (default: the lake)",
    )
    parser.add_argument("--run", default=f"shell-{datetime.now():%Y%m%d-%H%M%S}", help="name of the run")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    recipe = recipes.by_name(arguments.recipe)
    if arguments.pairs == "lake":
        work = prepare(arguments.run, recipe, open_lake())
    else:
        pairs = load_pairs(Path(arguments.pairs))
        work = write(*describe(arguments.run, recipe, pairs, arguments.pairs))
    result = train(work)
    evaluated = evaluate.evaluate(work, result)
    try:
        log.info("%s", evaluate.promote(evaluated))
    except NotBetterThanChampion as refused:
        log.info("%s", refused)


if __name__ == "__main__":
    main()
