"""``infra/setup.sh`` in a tree of its own, with packages made here: real environments, real pip, no registry."""

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data_contracts.settings import REPOSITORY

SITE_PACKAGES = ".venv/lib/python3.11/site-packages"
TOOLS = ("awk", "cat", "cksum", "df", "dirname", "flock", "grep", "rm", "sh", "tail", "tee")
LARGE = 400 * 2**20
"""Bytes that take pip about a second to unpack: time enough to be killed."""
NOBODY_LISTENS = "http://127.0.0.1:9/"
PATIENCE_S = 120


@dataclass(frozen=True)
class Tree:
    """A checkout with nothing in it but what setting up reads, and a folder of packages."""

    root: Path
    environment: dict[str, str] = field(repr=False)

    def lock(self, *pins: str) -> None:
        (self.root / "infra" / "requirements.lock").write_text("".join(f"{pin}\n" for pin in pins))

    def start(self, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            ["sh", str(self.root / "infra" / "setup.sh")],
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, **environment: str) -> tuple[int, str, str]:
        process = self.start(**environment)
        output, errors = process.communicate(timeout=PATIENCE_S)
        return process.returncode, output, errors

    def kill_when(self, path: str) -> None:
        """Set up and kill everything as soon as a file is there."""
        process = self.start()
        while not (self.root / path).exists() and process.poll() is None:
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL

    def python(self, code: str) -> str:
        return subprocess.check_output([self.root / ".venv" / "bin" / "python", "-c", code], text=True).strip()


def make_tree(root: Path) -> Tree:
    packages = root / "packages"
    packages.mkdir(parents=True)
    for version in ("1.0", "2.0"):
        make_wheel(packages, "parcel", version, f"VERSION = '{version}'\n".encode())
    (root / "infra").mkdir()
    shutil.copyfile(REPOSITORY / "infra" / "setup.sh", root / "infra" / "setup.sh")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(root),
        "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": packages.as_uri(),
    }
    tree = Tree(root, environment)
    tree.lock("parcel==1.0")
    return tree


def make_wheel(folder: Path, name: str, version: str, content: bytes) -> None:
    """A package of one module, its metadata first as some build tools write it."""
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
        wheel.writestr(f"{name}.py", content)


@pytest.fixture
def tree(tmp_path) -> Tree:
    return make_tree(tmp_path / "a folder with spaces")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Tree:
    """A tree that is set up already."""
    tree = make_tree(tmp_path_factory.mktemp("made"))
    status, _, errors = tree.run()
    assert status == 0, errors
    return tree


def test_setting_up_again_does_and_says_nothing(made):
    made.lock("parcel==1.0")
    made.run()
    before = (made.root / ".venv" / ".made-from").stat().st_mtime_ns
    assert made.run() == (0, "", "")
    assert (made.root / ".venv" / ".made-from").stat().st_mtime_ns == before


def test_a_changed_lock_is_installed(made):
    made.lock("parcel==2.0")
    status, output, _ = made.run()
    assert status == 0
    assert "installing 1 packages into .venv" in output
    assert made.python("import parcel; print(parcel.VERSION)") == "2.0"


def test_a_pin_that_no_registry_has_is_not_blamed_on_the_network(made):
    made.lock("parcel==3.0")
    status, _, errors = made.run()
    assert status == 1
    assert "No matching distribution found for parcel==3.0" in errors
    assert "cannot set up: pip could not install the locked packages; the whole log is .venv/setup.log." in errors


def test_another_python_is_refused_by_its_version(tree, tmp_path):
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool))
    fake = programs / "python3"
    fake.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.18" && exit 0\nexit 1\n')
    fake.chmod(0o755)
    status, output, errors = tree.run(PATH=str(programs), PYTHON="python3.11")
    assert status == 1
    assert output == ""
    assert errors == (
        "cannot set up: Python 3.11 is needed, found Python 3.9.18. Install it, or set PYTHON to its path.\n"
    )
    assert not (tree.root / ".venv").exists()


def test_a_registry_that_does_not_answer_is_named_and_the_next_run_finishes(tree):
    offline = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": NOBODY_LISTENS, "PIP_FIND_LINKS": ""}
    status, _, errors = tree.run(**offline)
    assert status == 1
    assert errors.splitlines()[-1] == (
        "cannot set up: the package registry does not answer. "
        "Check the network and pip's configuration, then run make again."
    )
    assert tree.run()[0] == 0
    assert tree.python("import parcel; print(parcel.VERSION)") == "1.0"


def test_a_run_that_was_killed_is_finished_by_the_next(tree):
    make_wheel(tree.root / "packages", "freight", "1.0", bytes(LARGE) + b"\nVERSION = '1.0'\n")
    tree.lock("freight==1.0", "parcel==1.0")
    tree.kill_when(".venv/bin/python")
    tree.kill_when(f"{SITE_PACKAGES}/freight-1.0.dist-info/METADATA")
    cut_off = tree.root / SITE_PACKAGES / "freight.py"
    assert not cut_off.exists() or cut_off.stat().st_size < LARGE

    status, _, errors = tree.run()
    assert status == 0, errors
    assert cut_off.stat().st_size > LARGE
    assert tree.python("import parcel; print(parcel.VERSION)") == "1.0"
    assert tree.run() == (0, "", "")


def test_two_at_once_make_one_environment(tree):
    both = [tree.start(), tree.start()]
    ended = [process.communicate(timeout=PATIENCE_S) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    outputs = sorted(output for output, _ in ended)
    assert "installing 1 packages" in outputs[0]
    assert outputs[1] == "waiting for another make that is setting up .venv\n"
    assert tree.python("import parcel; print(parcel.VERSION)") == "1.0"
