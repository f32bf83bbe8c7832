"""What test_launch.py launches: says who it is, then does as told."""

import os
import signal
import sys
import time
from pathlib import Path

RANK = os.environ["RANK"]


def say(line: str) -> None:
    """Text and line end in one write: those of two processes would else come in between each other's."""
    sys.stdout.write(f"{line}\n")


def wait_for_all(folder: Path) -> None:
    while len(list(folder.glob("*.pid"))) < int(os.environ["WORLD_SIZE"]):
        time.sleep(0.05)


say(f"rank {RANK} of {os.environ['WORLD_SIZE']}")
what, *rest = sys.argv[1:]
folder = Path(rest[0]) if rest else None
if folder:
    (folder / f"{RANK}.pid").write_text(str(os.getpid()))
    wait_for_all(folder)
match what:
    case "fail" if RANK == "1":
        raise ValueError("no gradient")
    case "die" if RANK == "1":
        os.kill(os.getpid(), signal.SIGKILL)
    case "leave":
        import torch.distributed

        torch.distributed.init_process_group("gloo")
        if RANK == "1":
            raise ValueError("no gradient")
        torch.distributed.barrier()
    case "fail" | "die":
        time.sleep(600)
    case "wait":
        say("waiting")
        time.sleep(600)
