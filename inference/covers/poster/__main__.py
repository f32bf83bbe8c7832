"""Posters from the shell.

    python -m inference.covers.poster PHOTO --texts FILE --size WxH [--style NAME] [--template FILE] --out FILE.jpg

Writes the poster, or says why there is none and writes nothing.
"""

import argparse
import logging
import os
import re
import sys
from pathlib import Path

from rich.logging import RichHandler

KINDS = (".jpg", ".jpeg", ".png", ".webp")
INTERRUPTED = 130
"""Exit status of a program that was stopped by Ctrl-C, as shells give it."""


def main() -> int:
    parser = _parser()
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler(show_path=False)])
    for library in ("httpx", "filelock", "jieba"):
        logging.getLogger(library).setLevel(logging.WARNING)
    if arguments.out.suffix.lower() not in KINDS:
        parser.error(f"--out {arguments.out}: the name ends in none of {', '.join(KINDS)}")
    if not arguments.out.absolute().parent.is_dir():
        parser.error(f"--out {arguments.out}: there is no folder {arguments.out.absolute().parent}")
    if arguments.out.resolve() == arguments.photo.resolve():
        parser.error("--out is the photo itself; give the poster another name")
    try:
        return _make(parser, arguments)
    except KeyboardInterrupt:
        logging.getLogger(__name__).warning("interrupted: nothing was written")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m inference.covers.poster",
        description="Make a poster from a product photo and texts.",
        epilog="The exit status is 0 when the poster was made, 1 when the photo cannot be used or no layout passes "
        "the checks, 2 when the command, the texts or the template are wrong.",
    )
    parser.add_argument("photo", type=Path, metavar="PHOTO", help="JPEG, PNG, WebP, BMP, TIFF or GIF")
    parser.add_argument(
        "--texts",
        type=Path,
        required=True,
        metavar="FILE",
        help="lines like “headline: TEXT”, or JSON; roles: headline, subheadline, selling_point, price, "
        "call_to_action, brand",
    )
    parser.add_argument("--size", type=_size, required=True, metavar="WxH", help="width and height in pixels")
    parser.add_argument("--style", metavar="NAME", help="how it is set; without it the best of several is taken")
    parser.add_argument("--template", type=Path, metavar="FILE", help="a designer's template (JSON)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.jpg, FILE.png or FILE.webp")
    return parser


def _make(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    from data_contracts.errors import BadMedia
    from inference.covers.picture.style import STYLES, read_canvas
    from inference.covers.picture.template import Template
    from inference.covers.poster.make import Unfit, encode, make_poster
    from inference.covers.poster.photo import look
    from inference.covers.poster.texts import read_texts

    log = logging.getLogger(__name__)
    if arguments.style and arguments.style not in STYLES:
        parser.error(f"--style {arguments.style}: known are {', '.join(STYLES)}")
    try:
        read_canvas(arguments.size)
        wording = read_texts(arguments.texts)
        template = Template.read(arguments.template) if arguments.template else None
        photo = look(arguments.photo)
        poster = make_poster(photo, wording, arguments.size, arguments.style, template)
    except (BadMedia, Unfit) as error:
        log.error("%s refused: %s", arguments.photo, error)
        return 1
    except (ValueError, OSError) as error:
        parser.error(str(error))
    scratch = arguments.out.with_name(f".{arguments.out.name}.{os.getpid()}")
    scratch.write_bytes(encode(poster, arguments.out))
    os.replace(scratch, arguments.out)
    log.info("%s: %d × %d, %s, by the %s", arguments.out, *arguments.size, poster.style, poster.layout.route)
    return 0


def _size(text: str) -> tuple[int, int]:
    if not (found := re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 1080x1920")
    return int(found[1]), int(found[2])


if __name__ == "__main__":
    sys.exit(main())
