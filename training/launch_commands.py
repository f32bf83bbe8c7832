"""The command line of each launcher, for one node and for many."""

import base64
import hashlib
import json
import re
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

SHUTDOWN_TIMEOUT_S = 10
"""What torchrun leaves the other processes after one has failed: one that waits for a lost peer hears no signal."""

HOST = re.compile(r"(?P<name>[^\s#]+)\s+slots=(?P<slots>\d+)\s*(#.*)?")


def torchrun(
    worker: Sequence[str], processes: int, nodes: int = 1, rendezvous: str | None = None, join_timeout_s: int = 600
) -> list[str]:
    """Several nodes meet at ``rendezvous``; those of another training at the same place do not mix with them."""
    options = ["--nproc-per-node", str(processes), "--max-restarts", "0", "--shutdown-timeout", str(SHUTDOWN_TIMEOUT_S)]
    if rendezvous is None:
        options += ["--standalone"]
    else:
        identity = hashlib.sha256("\n".join(worker[2:]).encode()).hexdigest()[:16]  # all but the folder of this node
        options += ["--nnodes", str(nodes), "--rdzv-backend", "c10d", "--rdzv-endpoint", rendezvous]
        patience = f"join_timeout={join_timeout_s},read_timeout={join_timeout_s}"  # for the others, and for the place
        options += ["--rdzv-id", identity, "--rdzv-conf", patience]
    return ["torch.distributed.run", *options, "-m", *worker]


def deepspeed(worker: Sequence[str], processes: int) -> list[str]:
    """One node. DeepSpeed's own starter of a node: the program above it takes a process killed for a success."""
    world = base64.urlsafe_b64encode(json.dumps({"localhost": list(range(processes))}).encode()).decode()
    where = [f"--world_info={world}", "--master_addr=127.0.0.1", f"--master_port={_free_port()}"]
    return ["deepspeed.launcher.launch", *where, "--module", "--no_local_rank", "--log_level=error", *worker]


def deepspeed_on_hosts(worker: Sequence[str], processes: int, nodes: int, hostfile: Path) -> list[str]:
    """The first ``nodes`` hosts of a file. Raises ``ValueError`` when it does not name as many, or pdsh is missing."""
    hosts = read_hostfile(hostfile)
    if len(hosts) < nodes:
        raise ValueError(f"{hostfile} names {len(hosts)} hosts; the profile wants {nodes} nodes")
    small = [f"{name} has {slots}" for name, slots in list(hosts.items())[:nodes] if slots < processes]
    if small:
        raise ValueError(f"{hostfile}: the profile wants {processes} processes on each node, {', '.join(small)} slots")
    if shutil.which("pdsh") is None:
        raise ValueError("the deepspeed launcher reaches other nodes by pdsh, which is not installed here")
    where = ["--hostfile", str(hostfile), "--num_nodes", str(nodes), "--num_gpus", str(processes)]
    return ["deepspeed.launcher.runner", *where, "--module", "--no_local_rank", "--log_level=error", *worker]


def read_hostfile(file: Path) -> dict[str, int]:
    """Slots by host, in the file's order.

    Raises ``FileNotFoundError`` without the file and ``ValueError`` with the line that is not understood.
    """
    hosts: dict[str, int] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = HOST.fullmatch(line.strip())
        if found is None or int(found["slots"]) == 0:
            raise ValueError(f"{file}, line {number}: {line.strip()!r} is not of the form HOST slots=N")
        if found["name"] in hosts:
            raise ValueError(f"{file}, line {number}: {found['name']} was named before; give all its slots in one line")
        hosts[found["name"]] = int(found["slots"])
    return hosts


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
