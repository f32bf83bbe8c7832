"""Several trainings one after the other in the same processes: ``python -m tests.training.finetune.several FOLDER…``.

What a training ends with in error goes into ``error`` in its folder.
"""

import logging
import sys
from pathlib import Path

from training.finetune import loop
from training.finetune.processes import open_processes
from training.title_copy.task import TitleTask

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with open_processes() as here:
        for folder in map(Path, sys.argv[1:]):
            try:
                loop.train(TitleTask(), folder, here)
            except Exception as error:
                (folder / "error").write_text(f"{type(error).__name__}: {error}")
