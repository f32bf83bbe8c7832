"""Benchmarks: each measures two or more sides in one run, in turns, and prints their ratio.

python -m tests.benchmarks [NAME…] [--repeats N] [--videos FOLDER] [--rows N] [--json FILE]
"""

import argparse
import json
import logging
import os
import platform
import sys
from collections.abc import Sequence
from importlib import import_module
from inspect import getdoc
from pathlib import Path
from types import ModuleType

from rich import box
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from tests.benchmarks.measurement import Options, Row

PREFIX = "bench_"
REPEATS = 3
PLAIN_WIDTH = 140
"""Columns where there is no terminal to ask."""


def main() -> int:
    benchmarks = discover()
    arguments = _parse(benchmarks)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[_to_stderr()])
    logging.getLogger(__package__).setLevel(logging.INFO)
    os.environ["TQDM_DISABLE"] = "1"  # a bar from every process that loads weights would bury the progress
    options = Options(arguments.repeats, arguments.videos, arguments.rows)
    console = Console() if sys.stdout.isatty() else Console(width=PLAIN_WIDTH)
    measured = {}
    for name in arguments.names or benchmarks:
        measured[name] = benchmarks[name].measure(options)
        show(console, _first_line(benchmarks[name]), measured[name])
    if arguments.json:
        document = {"machine": _machine(), "repeats": options.repeats, "benchmarks": measured}
        arguments.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    return 0


def discover() -> dict[str, ModuleType]:
    """Every ``bench_<name>.py`` beside this file, by name."""
    stems = sorted(path.stem for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))
    return {stem.removeprefix(PREFIX): import_module(f"tests.benchmarks.{stem}") for stem in stems}


def _parse(benchmarks: dict[str, ModuleType]) -> argparse.Namespace:
    described = "\n\n".join(f"{name}: {getdoc(module)}" for name, module in benchmarks.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure side by side, in one run. What each benchmark compares:\n\n" + described,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run; none: all ({', '.join(benchmarks)})")
    parser.add_argument("--repeats", type=_count, default=REPEATS, metavar="N", help=f"default {REPEATS}")
    parser.add_argument("--videos", type=_folder, metavar="FOLDER", help="your videos; none: the samples")
    parser.add_argument(
        "--rows",
        type=_count,
        metavar="N",
        help="how many rows pairs makes up (none: 20,000), trials frames runs, videos covers takes in one batch "
        "(none: each clip alone)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.names if name not in benchmarks]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(benchmarks)}")
    return arguments


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 up")
    return int(text)


def _folder(text: str) -> Path:
    if not (path := Path(text)).is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return path


def _to_stderr() -> RichHandler:
    return RichHandler(console=Console(stderr=True), show_path=False, show_level=False)


def show(console: Console, title: str, rows: Sequence[Row]) -> None:
    """A table of what was measured, and a line for each thing that was refused."""
    measured = [row for row in rows if "refused" not in row]
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for column in dict.fromkeys(name for row in measured for name in row):
        is_text = isinstance(measured[0].get(column), str)
        table.add_column(column.replace(" ", "\n"), justify="left" if is_text else "right", no_wrap=is_text)
    for row in measured:
        table.add_row(*map(_show, row.values()))
    console.print(table)
    for row in rows:
        if row not in measured:
            console.print(f"{next(iter(row.values()))} refused: {row['refused']}", markup=False)


def _show(value: str | float) -> str:
    """Three digits that count."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def _first_line(module: ModuleType) -> str:
    return getdoc(module).splitlines()[0]


def _machine() -> dict[str, str | int]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "threads": os.environ.get("OMP_NUM_THREADS", ""),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main())
