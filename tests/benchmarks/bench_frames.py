"""Frames chosen from spoilt clips: how many are spoilt ones, beside Katna, FFmpeg's thumbnail and the middle frame.

``--rows`` trials (500) of ``tests/spoilt.py``: real clips with black, flashed, blurred, cross-faded and blocky
spans, every third over the middle. Ours and Katna choose three frames of each, the others one. *clean refused*
is the share of frames that our gates rule out in the same clips unspoilt; no other side refuses any. *time /
decode* is over decoding every frame of the clips, in a process of its own, weights loaded. In clips so short the
fast mode looks everywhere; so it has lines of its own, on medleys of twelve trials. The last lines are one video
of ten minutes in 1080p, whole and in the fast mode, and, for memory, an hour of it in the fast mode.
"""

import json
import logging
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests import spoilt
from tests.benchmarks.frames import run_ours, run_plain
from tests.benchmarks.frames.long_video import write_long
from tests.benchmarks.measurement import Options, Row
from tests.benchmarks.process import measure_command
from tests.spoilt import Spoilt

log = logging.getLogger(__name__)

TRIALS = 500
CHOSEN = 3
LONG_S, HOUR_S = 600, 3600
KATNA = "katna==0.9.2"
"""It brings an OpenCV that would push ours aside: an environment of its own."""

RUN_KATNA = Path(__file__).parent / "frames" / "run_katna.py"
NONE = "–"


def measure(options: Options) -> list[Row]:
    """A line for each side, then the long video's."""
    sources = spoilt.sources(options.videos)
    count = options.rows or TRIALS
    with tempfile.TemporaryDirectory() as folder:
        rows = compare(sources, spoilt.trials(sources, count), Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        medleys = (spoilt.medley(sources, number) for number in range(-(-count // spoilt.PIECES)))
        mixed = compare(sources, medleys, Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        rows += [row | {"side": f"{row['side']}, medleys"} for row in mixed if "refused" not in row]
        return rows + measure_long(sources, Path(folder))


def compare(sources: Sequence[Path], trials: Iterable[Spoilt], folder: Path) -> list[Row]:
    """Every side on the same trials."""
    made = {}
    log.info("frames: writing the trials")
    for number, trial in enumerate(trials):
        path = trial.write(folder / f"{number:04}.mp4")
        made[path.name] = Spoilt(trial.kind, trial.source, (), trial.spoilt, trial.over_middle)
    refused, seen = (sum(column) for column in zip(*map(run_ours.count_refused, sources), strict=True))
    log.info("frames: %d trials written", len(made))
    result = folder / "result.json"
    peak = {}
    found = {}
    commands, missing = _commands(folder, result)
    for side, command in commands.items():
        peak[side] = measure_command(command, {})
        found[side] = json.loads(result.read_text())
        log.info("frames: %s done", side)
    decoded = sum(found.pop("decode")["seconds"].values())
    return [
        {
            "side": side,
            "trials": float(len(made)),
            "with spoilt": float(sum(_is_caught(made, told["chosen"]).values())),
            "clean refused %": 100 * refused / seen if side.startswith("Coverloop") else NONE,
            "time / decode": sum(told["seconds"].values()) / decoded,
            "peak MB": peak[side] / 1e6,
        }
        for side, told in found.items()
    ] + missing


def measure_long(sources: Sequence[Path], folder: Path) -> list[Row]:
    """Time over decoding once and peak memory, of one long video; it is not spoilt."""
    log.info("frames: writing ten minutes of 1080p, then an hour: that takes a while")
    video = write_long(folder / "video.mp4", sources, LONG_S)
    result = folder / "result.json"
    seconds, rows = {}, []
    for side, command in _own(folder, result).items():
        peak = measure_command(command, {})
        (seconds[side],) = json.loads(result.read_text())["seconds"].values()
        if side != "decode":
            rows.append(_long_row(f"{side}, ten minutes of 1080p", seconds[side] / seconds["decode"], peak))
    video.unlink()
    write_long(folder / "hour.mp4", sources, HOUR_S)
    peak = measure_command(_own(folder, result)["Coverloop fast"], {})
    return [*rows, _long_row("Coverloop fast, an hour of it", NONE, peak)]


def _long_row(side: str, ratio: str | float, peak: int) -> Row:
    return {
        "side": side,
        "trials": NONE,
        "with spoilt": NONE,
        "clean refused %": NONE,
        "time / decode": ratio,
        "peak MB": peak / 1e6,
    }


def _is_caught(made: Mapping[str, Spoilt], chosen: Mapping[str, Sequence[float]]) -> dict[str, bool]:
    """Of each trial, whether one of the chosen frames is spoilt."""
    return {name: any(made[name].shows_spoilt(time) for time in times) for name, times in chosen.items()}


def _own(folder: Path, result: Path) -> dict[str, list[str]]:
    files = [str(folder), str(result)]
    ours = [sys.executable, "-m", run_ours.__name__, *files, str(CHOSEN)]
    return {
        "decode": [sys.executable, "-m", run_plain.__name__, *files, "decode"],
        "Coverloop": ours,
        "Coverloop fast": [*ours, "fast"],
    }


def _commands(folder: Path, result: Path) -> tuple[dict[str, list[str]], list[Row]]:
    """What runs each side, and a line for the one that cannot be installed."""
    commands = _own(folder, result)
    for side, name in (("middle frame", "middle"), ("FFmpeg thumbnail", "thumbnail")):
        commands[side] = [sys.executable, "-m", run_plain.__name__, str(folder), str(result), name]
    try:
        commands["Katna"] = [_environment(), str(RUN_KATNA), str(folder), str(result), str(CHOSEN)]
    except subprocess.CalledProcessError as error:
        return commands, [{"side": "Katna", "refused": f"cannot be installed: {error.stderr[-300:]}"}]
    return commands, []


def _environment() -> str:
    """The Python that has Katna, installed where it is not yet. Raises what pip raises."""
    folder = Path(tempfile.gettempdir()) / f"coverloop-bench-{KATNA}"
    python, done = folder / "bin" / "python", folder / "done"
    if not done.exists():
        log.info("frames: installing %s", KATNA)
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", KATNA]
        subprocess.run(command, check=True, capture_output=True, text=True)
        done.touch()
    return str(python)
