"""Tokens per second and memory of the title training, beside plain TRL SFTTrainer on the same tokens.

All sides train the same model on the same generated pairs with the same LoRA, batch size, steps,
number format, learning rate, clipping and loss of the answers' tokens, each in a process of its own,
in turns. Ours runs as it always does: by the launcher, on DeepSpeed's engine, logging to MLflow. TRL runs
twice: on the batches that our loop makes (same batches), which makes it the same training, step by
step, and on those that it draws itself (own batches). The difference between these two is padding: our
loop puts examples of like length together. Ours computes the output layer, for a vocabulary of 152,000,
at the answers' tokens only. Tokens are those that are no padding, of the steps after the first five;
memory is the most that a side's processes held together, ours with the launcher's.
"""

import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from data_contracts import settings
from inference.models import pretrained
from inference.models.transformers_model import compute_dtype
from tests.benchmarks.measurement import Options, Row, medians
from tests.benchmarks.process import measure_command
from tests.benchmarks.training import job
from training.finetune.machine import ROWS
from training.title_copy.recipes import TitleRecipe

log = logging.getLogger(__name__)

RECIPE = "embedded"
STEPS = 25
SIDES = {
    "Coverloop": ("run_coverloop",),
    "TRL, same batches": ("run_trl", "same"),
    "TRL, own batches": ("run_trl", "own"),
}


def measure(options: Options) -> list[Row]:
    """A line for each side: speed and its ratio to ours, peak memory, padding, loss of the first and last steps."""
    return compare(job.recipe_of(RECIPE, STEPS), STEPS, options)


def compare(recipe: TitleRecipe, steps: int, options: Options) -> list[Row]:
    """The same for a recipe and so many steps."""
    dtype = str(compute_dtype("cpu", ROWS)).removeprefix("torch.")
    pretrained.locate(recipe.model)  # fetched before the clock runs
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.repeats):
            rounds.append(
                [
                    _run(SIDES[side], Path(folder) / f"{number}-{place}", recipe, steps, dtype)
                    for place, side in enumerate(SIDES)
                ]
            )
            log.info("training: %d of %d", number + 1, options.repeats)
    speeds = medians([[trained.tokens / trained.seconds for trained, _ in each] for each in rounds])
    return [
        {
            "side": side,
            "tokens/s": speed,
            "speed / ours": speed / speeds[0],
            "peak MB": max(each[place][1] for each in rounds) / 1e6,
            "padding %": 100 * (1 - trained.tokens / trained.positions),
            "first loss": trained.first_loss,
            "last loss": trained.last_loss,
        }
        for place, (side, speed, (trained, _)) in enumerate(zip(SIDES, speeds, rounds[0], strict=True))
    ]


def _run(side: Sequence[str], folder: Path, recipe: TitleRecipe, steps: int, dtype: str) -> tuple[job.Trained, int]:
    """One training in a folder and home of its own; also the most bytes that its processes held."""
    work, result = folder / "work", folder / "result.json"
    job.write_job(work, recipe, steps, dtype)
    module, *order = side
    command = [sys.executable, "-m", f"{job.__package__}.{module}", str(work), str(result), *order]
    environment = {
        "COVERLOOP_HOME": str(folder / "home"),
        "COVERLOOP_MODELS_DIR": str(settings.load().models),
        "OMP_WAIT_POLICY": "PASSIVE",  # as our launcher has it: spinning threads are slow on a busy machine
        "HF_HOME": str(folder / "cache"),
        "HF_HUB_OFFLINE": "1",
    }
    peak = measure_command(command, environment)
    return job.Trained(**json.loads(result.read_text())), peak
