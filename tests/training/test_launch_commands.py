from pathlib import Path

import pytest

from training.launch_commands import deepspeed_on_hosts, read_hostfile, torchrun

WORKER = ["training.worker", "folder", "training.title_copy.task", "runs/1"]


def written(folder: Path, text: str) -> Path:
    (folder / "hosts").write_text(text)
    return folder / "hosts"


def test_hosts_are_read_in_their_order(tmp_path):
    file = written(tmp_path, "# trainers\n\nnode-b  slots=8\nnode-a slots=4  # the small one\n")
    assert list(read_hostfile(file).items()) == [("node-b", 8), ("node-a", 4)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("node-a slots=4\nnode-b\n", r"hosts, line 2: 'node-b' is not of the form HOST slots=N"),
        ("node-a slots=many", r"line 1: 'node-a slots=many' is not of the form"),
        ("node-a slots=0", r"line 1: 'node-a slots=0' is not of the form"),
        ("node-a slots=4 max_slots=8", r"line 1: 'node-a slots=4 max_slots=8' is not of the form"),
        ("node-a slots=4\nnode-a slots=4", r"line 2: node-a was named before"),
        ("# nobody\n", r"hosts names 0 hosts; the profile wants 2 nodes"),
        ("node-a slots=4\nnode-b slots=2\n", r"the profile wants 4 processes on each node, node-b has 2 slots"),
    ],
)
def test_a_hostfile_that_cannot_be_used_is_refused_with_the_line(tmp_path, text, reason):
    with pytest.raises(ValueError, match=reason):
        deepspeed_on_hosts(WORKER, processes=4, nodes=2, hostfile=written(tmp_path, text))


def test_a_hostfile_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        deepspeed_on_hosts(WORKER, processes=1, nodes=2, hostfile=tmp_path / "nowhere")


def test_without_pdsh_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="by pdsh, which is not installed"):
        deepspeed_on_hosts(WORKER, processes=1, nodes=2, hostfile=written(tmp_path, "a slots=1\nb slots=1\n"))


def test_nodes_of_one_training_know_each_other_and_no_other():
    def identity(worker: list[str]) -> str:
        command = torchrun(worker, processes=2, nodes=2, rendezvous="a:1")
        return command[command.index("--rdzv-id") + 1]

    other_node = ["training.worker", "another folder", *WORKER[2:]]
    assert identity(WORKER) == identity(other_node)
    assert identity(WORKER) != identity([*WORKER[:-1], "runs/2"])
