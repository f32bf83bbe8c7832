"""Train the title model, in Airflow's steps or at the shell.

    python -m training.title_copy.train embedded                            the pairs in the lake
    python -m training.title_copy.train embedded --pairs DIR/pairs.parquet  a file of pairs
    python -m training.title_copy.train tiny --pairs DIR/pairs.parquet      every line runs, in a minute

Prepares, checks, trains, evaluates on held-out pairs and promotes the adapter if it is better than
what serves now. The evaluation compares it with the base model, the champion, the first six words and
the nearest training title, as they write and as serving would publish. Everything is in MLflow's
experiment ``title_copy``. A run of the same name goes on where it stopped.
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
from training.finetune.job import JOB_FILE, Job, Result, folder_of, newest_judged, result_of
from training.finetune.preference import PREFERENCES_FILE
from training.launch import launch
from training.title_copy.examples import as_rows, load_pairs
from training.title_copy.preferences import find_preferences
from training.title_copy.recipes import TitleRecipe

log = logging.getLogger(__name__)

MIN_TRAIN_PAIRS = 20
MIN_HELD_OUT_PAIRS = 5
"""With fewer a training teaches nothing and its evaluation tells nothing."""


def prepare(run: str, recipe: TitleRecipe, lake: Lake) -> Path:
    """Put a training's pairs and recipe into its folder; the lake's version is tagged with the run.

    A folder that is there already is left as it is: a retry trains on the same pairs. Raises
    ``NothingToDo`` when there are too few pairs, and when the last training that was judged had the
    same pairs, preferences, recipe and serving model: another would come out the same.
    """
    work = folder_of(TITLE_COPY, run)
    if (work / JOB_FILE).exists():
        return work
    version = lake.version(CONTENT_TITLE_PAIRS)
    pairs = lake.read(CONTENT_TITLE_PAIRS, version=version or None).to_pylist()
    job, *rows = describe(run, recipe, pairs, lake.dataset_uri(CONTENT_TITLE_PAIRS), version)
    last = newest_judged(TITLE_COPY, TitleRecipe)
    if last and (last.digest, last.recipe, last.serving_model) == (job.digest, job.recipe, job.serving_model):
        raise NothingToDo(f"run {last.run} trained {recipe.name} on the same pairs, and the same model serves")
    lake.tag(CONTENT_TITLE_PAIRS, f"title_copy-{work.name}", version)
    return write(job, *rows)


def prepare_file(run: str, recipe: TitleRecipe, file: Path) -> Path:
    """The same with the pairs of a file, without a lake."""
    work = folder_of(TITLE_COPY, run)
    if (work / JOB_FILE).exists():
        return work
    return write(*describe(run, recipe, load_pairs(file), str(file)))


def describe(
    run: str, recipe: TitleRecipe, pairs: list[dict[str, Any]], source: str, version: int = 0
) -> tuple[Job[TitleRecipe], list[dict[str, Any]], list[dict[str, Any]]]:
    """The training that pairs and recipe make, its rows, and which titles people preferred among them.

    Raises ``NothingToDo`` when the pairs are too few.
    """
    split = with_validation(pairs, recipe.validation_share)
    rows, found = as_rows(split), find_preferences(split)
    counts = count_splits(rows)
    train, held_out = counts["train"] + counts["validation"], counts["held_out"]
    if train < MIN_TRAIN_PAIRS or held_out < MIN_HELD_OUT_PAIRS:
        raise NothingToDo(
            f"{train} pairs to train on and {held_out} held out in {source}; "
            f"at least {MIN_TRAIN_PAIRS} and {MIN_HELD_OUT_PAIRS} are needed"
        )
    log.info("%s", found.sentence)
    digest = digest_of([*rows, *found.preferences])
    job = Job(run, recipe, source, version, digest, counts, profile.load().language.model)
    return job, rows, found.preferences


def write(job: Job[TitleRecipe], rows: list[dict[str, Any]], preferences: list[dict[str, Any]]) -> Path:
    """Make the training's folder; ``job.json`` comes last and says that it is whole."""
    work = folder_of(TITLE_COPY, job.run)
    write_examples(work, rows)
    write_examples(work, preferences, PREFERENCES_FILE)
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
    from training.finetune.preflight import check_examples
    from training.title_copy import evaluate, promote, recipes
    from training.title_copy.task import TitleTask

    parser = argparse.ArgumentParser(
        prog="python -m training.title_copy.train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("recipe", choices=recipes.RECIPES, help="a function of training/title_copy/recipes.py")
    parser.add_argument(
        "--pairs",
        type=Path,
        metavar="FILE",
        help="pairs as Parquet or JSON lines with pair_id, content, title, language, group, split;\n"
        "made by python -m training.corpora.content_title_pairs (default: the lake)",
    )
    parser.add_argument("--run", default=f"shell-{datetime.now():%Y%m%d-%H%M%S}", help="name of the run")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    recipe, lake = recipes.by_name(arguments.recipe), open_lake()
    if arguments.pairs is None:
        work = prepare(arguments.run, recipe, lake)
    elif arguments.pairs.is_file():
        work = prepare_file(arguments.run, recipe, arguments.pairs)
    else:
        parser.error(f"--pairs {arguments.pairs}: there is no such file")
    check_examples(TitleTask(), recipe, work, arguments.run, lake)
    evaluated = evaluate.evaluate(work, train(work))
    try:
        log.info("%s", promote.promote_if_better(lake, evaluated))
    except NotBetterThanChampion as refused:
        log.info("%s", refused)


if __name__ == "__main__":
    main()
