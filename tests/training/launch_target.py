"""What test_launch.py launches: says who it is, then does as told."""

import os
import sys
import time
from pathlib import Path

RANK = os.environ["RANK"]


def say(line: str) -> None:
    """Text and line end in one write: those of two processes would else come in between each other's."""
    sys.stdout.write(f"{line}\n")


say(f"rank {RANK} of {os.environ['WORLD_SIZE']}")
match sys.argv[1]:
    case "fail" if RANK == "1":
        raise ValueError("no gradient")
    case "wait":
        folder = Path(sys.argv[2])
        (folder / f"{RANK}.pid").write_text(str(os.getpid()))
        say("waiting")
        time.sleep(600)
