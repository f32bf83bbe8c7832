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

from data_contracts.catalog import CONTENT_TITLE_PAIRS
from data_contracts.errors import NotBetterThanChampion, NothingToDo
from data_contracts.store import Lake
from inference.models import profile
from training.launch import launch
from training.title_copy.examples import digest_of, load_pairs, write_pairs
from training.title_copy.job import Job, Result, folder_of, newest_judged, result_of
from training.title_copy.recipes import Recipe

log = logging.getLogger(__name__)

MIN_TRAIN_PAIRS = 20
MIN_HELD_OUT_PAIRS = 5
"""With fewer a training teaches nothing and its evaluation tells nothing."""


def prepare(run: str, recipe: Recipe, lake: Lake) -> Path:
    """Put a training's pairs and recipe into its folder; the lake's version is tagged with the run.

    A folder that is there already is left as it is: a retry trains on the same pairs. Raises
    ``NothingToDo`` when the last training that was judged had the same pairs, recipe and serving
    model: another would come out the same.
    """
    work = folder_of(run)
    if (work / "job.json").exists():
        return work
    version = lake.version(CONTENT_TITLE_PAIRS)
    pairs = lake.read(CONTENT_TITLE_PAIRS, version=version or None).to_pylist()
    job = describe(run, recipe, pairs, lake.dataset_uri(CONTENT_TITLE_PAIRS), version)
    last = newest_judged()
    if last and (last.digest, last.recipe, last.serving_model) == (job.digest, job.recipe, job.serving_model):
        raise NothingToDo(f"run {last.run} trained {recipe.name} on the same pairs, and the same model serves")
    lake.tag(CONTENT_TITLE_PAIRS, f"title_copy-{work.name}", version)
    return write(job, pairs)


def describe(run: str, recipe: Recipe, pairs: list[dict], source: str, version: int = 0) -> Job:
    """The training that pairs and recipe make. Raises ``NothingToDo`` when the pairs are too few."""
    splits = [pair["split"] for pair in pairs]
    train, held_out = splits.count("train"), splits.count("held_out")
    if train < MIN_TRAIN_PAIRS or held_out < MIN_HELD_OUT_PAIRS:
        raise NothingToDo(
            f"{train} pairs to train on and {held_out} held out in {source}; "
            f"at least {MIN_TRAIN_PAIRS} and {MIN_HELD_OUT_PAIRS} are needed"
        )
    return Job(run, recipe, source, version, digest_of(pairs), train, held_out, profile.load().language.model)


def write(job: Job, pairs: list[dict]) -> Path:
    """Make the training's folder; ``job.json`` comes last and says that it is whole."""
    work = folder_of(job.run)
    write_pairs(work, pairs)
    job.write(work)
    log.info("%d pairs to train on, %d held out, in %s", job.train_pairs, job.held_out_pairs, work)
    return work


def train(work: Path) -> Result:
    """Train in processes of their own, unless this training is finished already."""
    if not result_of(work):
        launch("training.title_copy.loop", [str(work)], profile.load().training.processes)
    return result_of(work)


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
        work = write(describe(arguments.run, recipe, pairs, arguments.pairs), pairs)
    result = train(work)
    evaluated = evaluate.evaluate(work, result)
    try:
        log.info("%s", evaluate.promote(evaluated))
    except NotBetterThanChampion as refused:
        log.info("%s", refused)


if __name__ == "__main__":
    main()
