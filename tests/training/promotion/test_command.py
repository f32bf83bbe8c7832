"""``python -m training.promotion``."""

import subprocess
import sys

import pytest

from data_contracts.catalog import TITLE_COPY
from data_contracts.settings import REPOSITORY
from inference.models import registry
from tests.training.promotion.challenges import challenge, scorecard
from training.promotion import promote
from training.promotion.ledger import history


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "training.promotion", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)


@pytest.fixture
def served(lake, monkeypatch):
    """Two versions, of which the second serves."""
    monkeypatch.setenv("COLUMNS", "200")
    first = challenge(TITLE_COPY, 0.3, scorecard(None, 0.2))
    promote.promote_if_better(lake, first)
    promote.promote_if_better(lake, challenge(TITLE_COPY, 0.4, first.challenger))


def test_it_lists_what_served_and_rolls_back(lake, served):
    listed = run()
    assert listed.returncode == 0, listed.stderr
    assert "title_copy: version 2 serves since" in listed.stdout
    assert "click_model: no version serves" in listed.stdout

    done = run("title_copy", "--why", "it [bold]shouts[/bold]")
    assert done.returncode == 0, done.stderr
    assert "rolled back from version 2 to version 1" in done.stdout
    assert "it [bold]shouts[/bold]" in done.stdout
    assert registry.champion_version(TITLE_COPY) == 1
    assert history(lake, TITLE_COPY)[-1].decided_by

    wrong = run("title_copy", "--why", "again", "--version", "7")
    assert wrong.returncode == 2
    assert "version 7 of title_copy never served; those that did: 1, 2" in wrong.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("title_copy", "--version", "1"), "needs a reason"),
        (("--why", "it shouts"), "name the model"),
        (("nobody",), "invalid choice: 'nobody'"),
        (("title_copy", "--why", " "), "say why"),
    ],
)
def test_what_cannot_be_done_is_said(arguments, words):
    done = run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
