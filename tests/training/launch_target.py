"""What test_launch.py launches: says who it is, then does as told."""

import os
import sys
import time
from pathlib import Path

RANK = os.environ["RANK"]

print(f"rank {RANK} of {os.environ['WORLD_SIZE']}")  # noqa: T201
match sys.argv[1]:
    case "fail" if RANK == "1":
        raise ValueError("no gradient")
    case "wait":
        folder = Path(sys.argv[2])
        (folder / f"{RANK}.pid").write_text(str(os.getpid()))
        print("waiting")  # noqa: T201
        time.sleep(600)
