"""Annotations of a folder of posters, without a lake.

    python -m training.corpora.layout_annotations FOLDER --out FILE.jsonl [--format pku|cgl|plain ANNOTATIONS]

Writes a line for each picture, in the order of their names: its path below FOLDER, its size in
pixels, and the JSON the layout model is trained on. A picture that cannot be used is named with its
reason in ``FILE.refused.jsonl`` and the rest go on; the exit status is then 1.
"""

import argparse
import logging
import sys
from pathlib import Path

from rich.logging import RichHandler

from training.corpora.layout_annotations.importers.files import FORMATS
from training.corpora.layout_annotations.importers.known import Known, Malformed

INTERRUPTED = 130
"""Exit status of a program that was stopped by Ctrl-C, as shells give it."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.corpora.layout_annotations",
        description="Annotate posters: their texts with role, language, colour and box; faces, products, underlays.",
        epilog="The exit status is 0 when every picture got its line, 1 when some were refused "
        "(FILE.refused.jsonl), 2 when the command was wrong.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="pictures, in subfolders as you like")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl", help="where the lines go")
    parser.add_argument(
        "--format",
        nargs=2,
        metavar=("FORMAT", "ANNOTATIONS"),
        help=f"a file of known boxes and its format: {', '.join(FORMATS)}; texts and colours are read in the boxes",
    )
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        parser.error(f"{arguments.folder} is no folder")
    if arguments.out.is_dir() or not arguments.out.parent.is_dir():
        parser.error(f"--out {arguments.out} is no file in a folder that exists")
    imported = _read(parser, *arguments.format) if arguments.format else ()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])
    logging.getLogger("filelock").setLevel(logging.WARNING)
    from training.corpora.layout_annotations import folder

    try:
        return folder.write_annotations(arguments.folder, arguments.out, imported)
    except KeyboardInterrupt:
        logging.getLogger(__name__).warning("interrupted: nothing was written")
        return INTERRUPTED


def _read(parser: argparse.ArgumentParser, form: str, file: str) -> list[Known | Malformed]:
    if form not in FORMATS:
        parser.error(f"--format {form} is none of {', '.join(FORMATS)}")
    try:
        return list(FORMATS[form](file))
    except OSError as error:
        parser.error(f"--format {form} {file}: {error.strerror}")
    except ValueError as error:
        parser.error(f"--format {form}: {error}")


if __name__ == "__main__":
    sys.exit(main())
