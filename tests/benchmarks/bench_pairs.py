"""Rows per second and memory of building content–title pairs, beside data-juicer on the same rows.

Both sides read the same Parquet file of seeded product texts, half Chinese, with bad rows of each kind
and planted copies, and filter and deduplicate it in as many processes as there are cores. ``recall`` is
the share of planted copies found, exact and near; ``precision`` the share of rows found to have copies
that do. Rows that the filters took count in neither. data-juicer is installed once, into an environment
of its own in the temporary folder; its time begins when its modules are imported, as ours does.
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from inference.covers.titles.word_lists import WORDS, read_words
from tests.benchmarks.measurement import Options, Row, medians
from tests.benchmarks.pairs import run_coverloop
from tests.benchmarks.pairs.rows import Row as Text
from tests.benchmarks.pairs.rows import rows as generate
from tests.benchmarks.process import measure_command

log = logging.getLogger(__name__)

ROWS = 20_000
OURS, OTHER = SIDES = ("Coverloop", "data-juicer")
PACKAGES = ("py-data-juicer==1.6.1", "ray==2.60.0", "scipy", "aiohttp")
"""What its operators for text import; its own lazy loader would fetch the rest while the clock runs."""

RUN_OTHER = Path(__file__).parent / "pairs" / "run_data_juicer.py"


class Run(NamedTuple):
    """``clusters`` of the rows that passed the filters; none of those dropped as copies."""

    seconds: float
    peak_bytes: int
    clusters: Mapping[str, str | None]


def measure(options: Options) -> list[Row]:
    """A line for each side: rows per second, time over that of ours, peak memory, recall, precision."""
    texts = list(generate(options.rows or ROWS))
    try:
        other_python = _environment()
    except subprocess.CalledProcessError as error:
        other_python, refused = "", [{"side": OTHER, "refused": f"cannot be installed: {error.stderr[-300:]}"}]
    else:
        refused = []
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        commands = _commands(texts, Path(folder), other_python)
        for number in range(options.repeats):
            rounds.append([_run(command, Path(folder)) for command in commands])
            log.info("pairs: %d of %d", number + 1, options.repeats)
    seconds = medians([[run.seconds for run in each] for each in rounds])
    return [
        {
            "side": side,
            "rows/s": len(texts) / taken,
            "time / ours": taken / seconds[0],
            "peak MB": max(each[place].peak_bytes for each in rounds) / 1e6,
            **judge(texts, rounds[0][place].clusters),
        }
        for place, (side, taken) in enumerate(zip(SIDES, seconds, strict=False))
    ] + refused


def judge(texts: Sequence[Text], clusters: Mapping[str, str | None]) -> dict[str, float]:
    """Recall and precision, 0 to 1, of clusters as they are told by row id."""
    planted = [text for text in texts if text.copy_of in clusters and text.row_id in clusters]
    found = [text for text in planted if _are_together(clusters[text.row_id], clusters[text.copy_of])]
    copied = {row_id for text in planted for row_id in (text.row_id, text.copy_of)}
    sizes = Counter(filter(None, clusters.values()))
    told = [row_id for row_id, cluster in clusters.items() if cluster is None or sizes[cluster] > 1]
    return {
        "recall": len(found) / max(1, len(planted)),
        "precision": sum(row_id in copied for row_id in told) / max(1, len(told)),
    }


def _are_together(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _environment() -> str:
    """The Python that has data-juicer, installed where it is not yet. Raises what pip raises."""
    folder = Path(tempfile.gettempdir()) / f"coverloop-bench-{PACKAGES[0]}"
    python, done = folder / "bin" / "python", folder / "done"
    if not done.exists():
        log.info("pairs: installing %s", PACKAGES[0])
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
        subprocess.run(install, check=True, capture_output=True, text=True)
        done.touch()
    return str(python)


def _commands(texts: Sequence[Text], folder: Path, other_python: str) -> list[list[str]]:
    """Writes what both sides read."""
    rows = [text._asdict() | {"text": f"{text.title}\n{text.content}"} for text in texts]
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet")
    words = {language: read_words(WORDS / f"profanity.{language}.txt")[0] for language in ("en", "zh")}
    (folder / "flagged_words.json").write_text(json.dumps(words))
    files = [str(folder / "rows.parquet"), str(folder / "result.json")]
    ours = [sys.executable, "-m", run_coverloop.__name__, *files]
    other = [other_python, str(RUN_OTHER), *files, str(folder), str(len(os.sched_getaffinity(0)))]
    return [ours, other] if other_python else [ours]


def _run(command: Sequence[str], folder: Path) -> Run:
    peak = measure_command(command, {"HF_HOME": str(folder / "cache")})
    result = json.loads((folder / "result.json").read_text())
    return Run(result["seconds"], peak, result["clusters"])
