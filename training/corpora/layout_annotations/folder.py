"""Annotations of a plain folder of pictures: what ``python -m training.corpora.layout_annotations`` does.

Pictures are taken in the order of their names, on every core, and written in that order: two runs
over the same folder give the same bytes.
"""

import json
import logging
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

from data_contracts.errors import BadMedia
from inference.media.landing import PICTURE_SUFFIXES
from inference.models.layout import Annotation
from inference.models.layout_json import to_trained
from training.corpora.layout_annotations import annotators
from training.corpora.layout_annotations.annotation import Annotator
from training.corpora.layout_annotations.importers.known import Known, Malformed, by_picture

log = logging.getLogger(__name__)

MOST_PROCESSES = 8
"""Each holds its own models, about 600 MB."""


@dataclass(frozen=True)
class Picture:
    """A picture of the folder; ``name`` is its path below it, with slashes."""

    name: str
    path: Path
    known: Known | None


@dataclass(frozen=True)
class Refused:
    """A picture, or a record of an imported file, that is in no line, and why."""

    name: str
    reason: str


def write_annotations(folder: Path, out: Path, imported: Sequence[Known | Malformed] = ()) -> int:
    """Write ``out`` with a line per picture and, beside it, ``.refused.jsonl`` with a line for each refused one.

    ``imported`` is what a file says of the pictures. The status for the shell: 0 when every picture has
    its line, 1 when something was refused.
    """
    refused_file = out.with_suffix(".refused.jsonl")
    names = list_pictures(folder)
    known, refused = _match(names, imported)
    pictures = [Picture(name, folder / name, known.get(name)) for name in names]
    with _replacing(out) as file:
        for number, result in enumerate(_annotate_all(pictures), 1):
            if isinstance(result, Refused):
                log.warning("%d of %d: %s refused: %s", number, len(pictures), result.name, result.reason)
                refused.append(result)
                continue
            log.info("%d of %d: %s", number, len(pictures), result["image"])
            file.write(_as_line(result))
    if refused:
        with _replacing(refused_file) as file:
            file.writelines(_as_line({"image": each.name, "reason": each.reason}) for each in refused)
    else:
        refused_file.unlink(missing_ok=True)
    log.info("%s: %d pictures, %d refused", out, len(pictures), len(refused))
    return 1 if refused else 0


def list_pictures(folder: Path) -> list[str]:
    """Paths below the folder of everything whose name says picture, sorted; dot files are skipped."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".") and not path.is_dir()
    )


def _match(names: Sequence[str], imported: Sequence[Known | Malformed]) -> tuple[dict[str, Known], list[Refused]]:
    """What is known of each picture, and the records that can be used for none."""
    known = [each for each in imported if isinstance(each, Known)]
    found = by_picture(names, known)
    used = {each.name for each in found.values()}
    refused = [Refused(each.name, each.reason) for each in imported if isinstance(each, Malformed)]
    refused += [Refused(each.name, "no such picture in the folder") for each in known if each.name not in used]
    return found, refused


def _annotate_all(pictures: Sequence[Picture]) -> Iterator[dict[str, Any] | Refused]:
    processes = min(len(os.sched_getaffinity(0)), len(pictures), MOST_PROCESSES)
    if processes <= 1:
        yield from map(_annotate, pictures)
        return
    # Spawned, because models' threads do not survive a fork; Ctrl-C is the parent's to handle.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN))
    try:
        yield from pool.map(_annotate, pictures)
    finally:
        pool.shutdown(cancel_futures=True)


def _annotate(picture: Picture) -> dict[str, Any] | Refused:
    from training.corpora.layout_annotations.vision_language import UnusableAnswer

    try:
        annotation = _look_at(picture)
    except (BadMedia, UnusableAnswer) as error:
        return Refused(picture.name, str(error))
    except OSError as error:
        return Refused(picture.name, error.strerror or str(error))
    return {
        "image": picture.name,
        "width": annotation.width,
        "height": annotation.height,
        **to_trained(annotation),
    }


def _look_at(picture: Picture) -> Annotation:
    from inference.media.picture import read_picture
    from training.corpora.layout_annotations.importers.completing import complete

    if not picture.path.is_file():
        raise BadMedia("a pipe, a device or a link that leads nowhere, no file")
    if any("\ud800" <= character <= "\udfff" for character in picture.name):
        raise BadMedia("its name or folder is not Unicode: rename it")
    image = read_picture(picture.path)
    if picture.known:
        return complete(image, picture.known, _annotator())[0]
    return _annotator().annotate(image)


@cache
def _annotator() -> Annotator:
    return annotators.chosen()


def _as_line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"


@contextmanager
def _replacing(path: Path) -> Iterator[IO[str]]:
    """A file to write that takes its place when it is whole, and never when it is not."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with open(partial, "w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
