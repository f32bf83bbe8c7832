"""Covers from the shell, without Airflow.

    python -m inference.covers VIDEO… --out DIR [--title TEXT] [--requirement TEXT] [--fast] [--no-moving]

Writes for each video ``DIR/NAME/cover_3x4.jpg`` and ``.webp`` and the other ratios, the loop
``moving_3x4.mp4`` and ``.webp``, every candidate under ``DIR/NAME/candidates/`` and the whole record in
``DIR/NAME/cover.json``; ``DIR/index.html`` shows them all. A video that cannot be used, or with which no
attempt meets what the requirement demands, is named with its reason in ``DIR/refused.json`` and the rest go
on; the exit status is then 1. A requirement that contradicts itself is refused before any work.
"""

import argparse
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.logging import RichHandler

if TYPE_CHECKING:
    from inference.covers.picture.template import Template

CANDIDATES, MOST_CANDIDATES = 6, 12
INTERRUPTED = 130
"""Exit status of a program that was stopped by Ctrl-C, as shells give it."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m inference.covers",
        description="Make covers for videos: stills in 3:4, 1:1 and 16:9 with a title, and a loop that moves.",
        epilog="The exit status is 0 when every video got a cover, 1 when some were refused (DIR/refused.json), "
        "2 when the command was wrong.",
    )
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="video files")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--title", type=_title, metavar="TEXT", help="the title of every cover; else one is written")
    parser.add_argument(
        "--requirement",
        type=_requirement,
        default="",
        metavar="TEXT",
        help="what to show or not, in Chinese or English, like 标题不超过10个字，不标价格",
    )
    parser.add_argument(
        "--candidates",
        type=int,
        choices=range(1, MOST_CANDIDATES + 1),
        default=CANDIDATES,
        metavar="N",
        help=f"1 to {MOST_CANDIDATES}, default {CANDIDATES}",
    )
    parser.add_argument("--fast", action="store_true", help="look at keyframes first, closely only where they promise")
    parser.add_argument("--no-moving", action="store_true", help="no loop, unless the requirement demands one")
    parser.add_argument(
        "--template", type=_template, metavar="FILE", help="a designer's template, as inference.covers.picture.template"
    )
    arguments = parser.parse_args()
    try:
        arguments.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--out {arguments.out}: {error.strerror}")
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])
    for library in ("httpx", "filelock", "faster_whisper", "jieba"):
        logging.getLogger(library).setLevel(logging.WARNING)
    from inference.covers import folder

    try:
        return folder.write_covers(
            arguments.videos,
            arguments.out,
            arguments.requirement,
            arguments.title,
            arguments.candidates,
            fast=arguments.fast,
            moving=not arguments.no_moving,
            template=arguments.template,
        )
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses twice would get a traceback and another status
        logging.getLogger(__name__).warning("interrupted: folders with a cover.json are finished")
        return INTERRUPTED


def _title(text: str) -> str:
    if not (title := " ".join(text.split())):
        raise argparse.ArgumentTypeError("the title is empty")
    return title


def _requirement(text: str) -> str:
    from inference.covers.plan import read_requirement

    try:
        plan = read_requirement(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if plan.conflicts:
        raise argparse.ArgumentTypeError("; ".join(plan.conflicts))
    return plan.requirement


def _template(path: str) -> "Template":
    from inference.covers.picture.template import Template

    try:
        return Template.read(Path(path))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{path}: {error}") from error


if __name__ == "__main__":
    sys.exit(main())
