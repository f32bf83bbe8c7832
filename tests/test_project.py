"""What holds for the project as a whole, whichever file one opens."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from data_contracts.settings import REPOSITORY
from tests.conftest import missing

MOST_LINES = 320
"""A module of about 300 lines is read in one sitting; a longer one is probably two."""

LONG_BY_NATURE = (".lock", ".css", ".html", ".csv", "LICENSE")
PICTURES = (".jpg", ".png", ".ico", ".svg")

FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.])/(work|root|Users|home/\w+)/|/tmp/\w",
    "a package registry": r"--(extra-)?index-url|--trusted-host|--find-links|pypi\.org|pythonhosted",
    "a private key": r"BEGIN [A-Z ]*PRIVATE KEY",
    "an access token": r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|hf_[A-Za-z]{30,}|glpat-[\w-]{20}|sk-[A-Za-z0-9]{20,})",
    "a password in an address": r"://[^\s/:@'\"{}]+:[^\s/@'\"{}]+@",
}


def tracked() -> list[Path]:
    if not (REPOSITORY / ".git").exists():
        missing("the git checkout", "clone the repository; which files belong to it only git knows")
    listed = subprocess.check_output(["git", "ls-files", "-z"], cwd=REPOSITORY, text=True)
    files = [REPOSITORY / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file()]


def texts() -> dict[str, str]:
    return {
        str(file.relative_to(REPOSITORY)): file.read_text(encoding="utf-8")
        for file in tracked()
        if file.suffix not in PICTURES
    }


def project() -> dict:
    return tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def requirements() -> list[Requirement]:
    return [Requirement(each) for each in project()["dependencies"] + project()["optional-dependencies"]["dev"]]


def test_every_dependency_has_its_reason_in_contributing_and_nothing_else_has():
    lines = (REPOSITORY / "CONTRIBUTING.md").read_text().split("## Why each dependency is here")[1].splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")][1:]
    explained = {name.strip() for names, reason in rows if reason.strip() for name in names.split(",")}
    assert explained == {requirement.name for requirement in requirements()}


def test_the_lock_pins_every_dependency_to_a_version_that_fits():
    pins = [Requirement(line) for line in (REPOSITORY / "infra" / "requirements.lock").read_text().splitlines()[1:]]
    locked = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    unfit = {
        requirement.name: locked.get(canonicalize_name(requirement.name))
        for requirement in requirements()
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    }
    assert unfit == {}
    assert all(str(pin.specifier).startswith("==") and pin.url is None for pin in pins)


def test_no_file_is_too_long_to_read():
    lengths = {name: text.count("\n") for name, text in texts().items() if not name.endswith(LONG_BY_NATURE)}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES and not name.startswith("tests/")} == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{name}:{number}: {line.strip()}"
        for name, text in texts().items()
        if name != "tests/test_project.py"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a path of somebody's machine", 'open("/Users/ada/videos/a.mp4")'),
        ("a path of somebody's machine", "cp /home/ada/models ."),
        ("a path of somebody's machine", "--out=/tmp/out"),
        ("a package registry", "pip install --index-url https://mirror/simple x"),
        ("a private key", "-----BEGIN RSA PRIVATE KEY-----"),
        ("an access token", "token = 'ghp_" + "a1" * 18 + "'"),
        ("a password in an address", "postgresql://airflow:hunter2@db/airflow"),
    ],
)
def test_what_is_forbidden_would_be_found(what, line):
    assert re.search(FORBIDDEN[what], line)


def test_the_readme_has_a_line_for_every_package():
    tree = (REPOSITORY / "README.md").read_text().split("## The tree")[1].split("\n## ")[0]
    described = set(re.findall(r"^\s+(\w+)/ +\S", tree, re.MULTILINE))
    top = {path.parent.name for path in REPOSITORY.glob("*/__init__.py")}
    within = {path.parent.name for layer in ("inference", "training") for path in REPOSITORY.glob(f"{layer}/*/*.py")}
    assert within <= described
    assert top - {"inference", "training"} <= described
    assert described <= {part for file in tracked() for part in file.relative_to(REPOSITORY).parent.parts}
