import json
import shutil
import subprocess
import sys

import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import TITLE_COPY
from data_contracts.settings import REPOSITORY
from training.finetune.checkpoints import MANIFEST, _digest, _find_fault

OWN_MOUNTS = ["unshare", "--map-root-user", "--mount"]


@pytest.fixture
def checkpoint(tmp_path):
    folder = tmp_path / "step-000002"
    folder.mkdir()
    (folder / "a.pt").write_bytes(b"weights")
    (folder / "best.safetensors").write_bytes(b"best")
    digests = {name: _digest(folder / name) for name in ("a.pt", "best.safetensors")}
    (folder / MANIFEST).write_text(json.dumps(digests))
    return folder


def test_a_checkpoint_is_intact_while_every_byte_is_as_it_was_written(checkpoint):
    assert _find_fault(checkpoint) == ""
    (checkpoint / "a.pt").write_bytes(b"weighty")
    assert "a.pt was changed" in _find_fault(checkpoint)


@pytest.mark.parametrize("lost", ["a.pt", "best.safetensors", MANIFEST])
def test_what_lacks_a_file_is_not_whole(checkpoint, lost):
    (checkpoint / lost).unlink()
    assert "FileNotFoundError" in _find_fault(checkpoint)


def test_a_torn_manifest_is_no_manifest(checkpoint):
    (checkpoint / MANIFEST).write_text('{"a.pt": "12')
    assert "JSONDecodeError" in _find_fault(checkpoint)


def test_too_small_a_disk_is_told_before_it_is_full_and_a_larger_one_goes_on(own_home, monkeypatch):
    monkeypatch.setenv("COVERLOOP_PROFILE", "tiny")
    if not shutil.which("unshare") or subprocess.run([*OWN_MOUNTS, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a disk of their own")
    command = [*OWN_MOUNTS, sys.executable, "-m", "tests.training.finetune.small_disk"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    failed, ended = done.stdout.split("RESULT: ")
    assert "DiskFull: no room for the checkpoint of step 4: " in failed
    assert "MB are missing at " in failed
    assert "Make room and start the training again: it begins anew." in failed
    assert ended.startswith("Result(")
    assert "going on after" not in done.stderr.split("FAILED: ")[-1]
    client = MlflowClient(tracking_uri=settings.load().mlflow)
    (run,) = client.search_runs([client.get_experiment_by_name(TITLE_COPY.name).experiment_id])
    assert run.info.status == "FINISHED"
    assert "DiskFull" in run.data.tags["failure"]
