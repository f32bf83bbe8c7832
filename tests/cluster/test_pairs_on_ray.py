"""The code that filters pairs and hashes texts on one machine does the same on a Ray cluster.

Opt in with ``pytest -m cluster``.
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from data_contracts.settings import REPOSITORY

PROGRAM = """
import json
from tests.benchmarks.pairs.rows import rows
from training.corpora.content_title_pairs.filters import apply_filters
from training.corpora.content_title_pairs.near_duplicates import find_links
from training.corpora.content_title_pairs.pair import Drop, Pair
from training.corpora.content_title_pairs.sieve import sieve

if __name__ == "__main__":
    pairs = [Pair(row.content, row.title, row.language, "catalogue") for row in rows(600)]
    dropped = [isinstance(result, Drop) for result in sieve(pairs, apply_filters, many=0, batch=50)]
    links = find_links([pair.content for pair in pairs])
    print(json.dumps([dropped, links.one.tolist(), links.other.tolist()]))
"""

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(find_spec("ray") is None, reason="ray is not installed; it comes with a cluster's image"),
]


def run(runner: str) -> list[list[int]]:
    environment = os.environ | {"DAFT_RUNNER": runner, "PYTHONPATH": os.pathsep.join(map(str, [REPOSITORY, *sys.path]))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_cluster_gives_what_one_machine_gives():
    alone = run("native")
    assert any(alone[0])
    assert alone[1]
    assert run("ray") == alone
