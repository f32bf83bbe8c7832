"""A training whose folder lies on a disk of its own that is too small, then large enough.

    unshare --map-root-user --mount python -m tests.training.finetune.small_disk

In a mount namespace of its own a file system in memory is put where all trainings lie.
"""

import logging
import subprocess

from data_contracts import settings
from tests.training.title_copy.trainings import prepare
from training.finetune.job import result_of
from training.launch import TrainingFailed, launch

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    disk = settings.load().home / "runs"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)], check=True)
    work = prepare("small disk", checkpoint_every=4)
    try:
        launch("training.title_copy.task", [str(work)])
    except TrainingFailed as failed:
        print(f"FAILED: {failed}")  # noqa: T201
    subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
    launch("training.title_copy.task", [str(work)])
    print(f"RESULT: {result_of(work)}")  # noqa: T201
