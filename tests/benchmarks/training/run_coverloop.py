"""Our side: the title model's own command, through the launcher.

    python -m tests.benchmarks.training.run_coverloop FOLDER RESULT

What reads the result is imported when the training is over: the memory that is measured is the training's.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from training.launch import launch

if TYPE_CHECKING:
    from tests.benchmarks.training.job import Trained
    from training.finetune.text import TextExample


def main() -> None:
    work, result = map(Path, sys.argv[1:])
    launch("training.title_copy.task", [str(work)])
    result.write_text(json.dumps(asdict(_read(work))))


def _read(work: Path) -> "Trained":
    from data_contracts.catalog import TITLE_COPY
    from tests.benchmarks.training.job import Planned
    from training import tracking
    from training.finetune.job import result_of

    with tracking.resume(TITLE_COPY, result_of(work).run_id) as run:
        losses, speeds = run.history("train/loss"), run.history("train/tokens_per_second")
    return _measure(losses, speeds, Planned(work).batches())


def _measure(
    losses: Mapping[int, float], speeds: Mapping[int, float], batches: "Sequence[Sequence[TextExample]]"
) -> "Trained":
    """Of what is logged every few steps: the tokens of those steps over their speed are the seconds."""
    from tests.benchmarks.training.job import WARM_UP, Trained, count_positions, count_tokens

    tokens = [count_tokens(batch) for batch in batches]
    seconds, before = 0.0, WARM_UP
    for step in sorted(step for step in speeds if step > WARM_UP):
        seconds += sum(tokens[before:step]) / speeds[step]
        before = step
    positions = sum(map(count_positions, batches[WARM_UP:]))
    return Trained(seconds, sum(tokens[WARM_UP:]), positions, losses[min(losses)], losses[max(losses)])


if __name__ == "__main__":
    main()
