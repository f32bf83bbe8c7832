import psutil
import pytest

from inference.models.profile import TrainingChoice
from training.finetune.machine import Machine, find_machine, free_memory

GB = 2**30


def container(folder, limit: str, used: int, files: int):
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {files}\nactive_file 7\n")
    return folder


def test_a_container_has_what_its_limit_leaves(tmp_path):
    assert free_memory(container(tmp_path, str(GB), used=700_000_000, files=200_000_000)) == GB - 500_000_000


@pytest.mark.parametrize("limit", ["max", str(2**60)])
def test_a_limit_above_the_machine_is_none(tmp_path, limit):
    free = free_memory(container(tmp_path, limit, used=1, files=1))
    assert free == pytest.approx(psutil.virtual_memory().available, rel=0.5)


def test_outside_a_container_the_machine_counts(tmp_path):
    assert free_memory(tmp_path) == pytest.approx(psutil.virtual_memory().available, rel=0.5)


def test_what_the_profile_says_of_its_accelerators_counts_where_there_are_none():
    said = TrainingChoice(recipe="tiny", processes=8, device_memory_gb=80)
    assert find_machine(said) == Machine(80 * GB, processes=1, on_gpu=True)


def test_processes_share_the_memory_found_here():
    found = find_machine(TrainingChoice(recipe="tiny", processes=3))
    assert found.free > 0
    assert found.holds(found.free // found.processes)
    assert not found.holds(found.free + 1)
    assert found.processes == (1 if found.on_gpu else 3)
