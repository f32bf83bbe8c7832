"""Covers into a plain folder, from plain files: what ``python -m inference.covers`` does.

The title model and the criteria that this machine's home has learned are used when there are any.
A video's ``cover.json`` is written last: a folder without one is unfinished.
"""

import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.errors import BadMedia
from data_contracts.store import open_lake
from inference.covers import record
from inference.covers.briefs import brief_of_file
from inference.covers.make import Brief, CoverSet, Refused, make_covers
from inference.covers.picture.style import RATIOS
from inference.covers.publish import (
    NO_VISION_LANGUAGE_MODEL,
    Circumstances,
    find_title_model,
    read_circumstances,
    read_title_model,
)

log = logging.getLogger(__name__)

FORBIDDEN_IN_FILE_NAMES = '<>:"/\\|?*'
REFUSED = "refused.json"
RECORD = "cover.json"
CANDIDATES = "candidates"


def write_covers(videos: Sequence[Path], out: Path, requirement: str, title: str | None, candidates: int) -> int:
    """Write ``out/NAME/`` for each video; 0 when all got a cover, 1 when some were refused.

    A file given twice is one video. Raises ``ValueError`` for a requirement that contradicts itself.
    """
    lake = open_lake()
    titles = find_title_model(lake)
    now = read_circumstances(lake, requirement, titles)
    out.mkdir(parents=True, exist_ok=True)
    briefs, refused = _read_all(_distinct(videos), title, now)
    model = read_title_model(titles) if title is None and briefs else None
    results = make_covers(briefs, now.plan, now.criteria, model, candidates)
    for result, folder in zip(results, _name_folders(briefs, out), strict=True):
        if isinstance(result, Refused):
            refused[str(result.brief.path)] = result.reason
        else:
            _write(result, folder, now, model.name if model else "none, the title was given")
    _write_json(out / REFUSED, refused)
    return 1 if refused else 0


def _distinct(videos: Sequence[Path]) -> list[Path]:
    named: dict[Path, Path] = {}
    for path in videos:
        named.setdefault(path.resolve(), path)
    return list(named.values())


def _read_all(videos: Sequence[Path], title: str | None, now: Circumstances) -> tuple[list[Brief], dict[str, str]]:
    briefs, refused = [], {}
    for number, path in enumerate(videos, 1):
        log.info("%d of %d: listening to and reading %s", number, len(videos), path.name)
        try:
            briefs.append(brief_of_file(path, title, now.key))
        except (BadMedia, OSError) as error:
            reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            log.warning("%s refused: %s", path, reason)
            refused[str(path)] = reason
    return briefs, refused


def _name_folders(briefs: Sequence[Brief], out: Path) -> list[Path]:
    """A folder per video, named after its file; a second video of the same name gets a number."""
    taken = {REFUSED}
    names = []
    for brief in briefs:
        stem = "".join("_" if c in FORBIDDEN_IN_FILE_NAMES or ord(c) < 32 else c for c in Path(brief.name).stem)
        stem = stem if stem.strip(". ") else "_"
        numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(briefs) + 2))
        name = next(name for name in numbered if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return [out / name for name in names]


def _write(made: CoverSet, folder: Path, now: Circumstances, title_model: str) -> None:
    best, candidates = made.covers[0], folder / CANDIDATES
    candidates.mkdir(parents=True, exist_ok=True)
    _remove_earlier(folder, candidates)
    for ratio, picture in best.pictures.items():
        _write_whole(folder / record.file_name(ratio), picture.jpeg)
    outlines = []
    for rank, cover in enumerate(made.covers):
        for ratio, picture in cover.pictures.items():
            _write_whole(candidates / f"{rank}_{record.file_name(ratio)}", picture.jpeg)
        outlines.append(record.outline(cover, f"{CANDIDATES}/{rank}_"))
    described = record.describe(made, best, now.plan, title_model, now.criteria_version, NO_VISION_LANGUAGE_MODEL)
    _write_json(folder / RECORD, {**described, "candidates": outlines})


def _remove_earlier(folder: Path, candidates: Path) -> None:
    """What an earlier run wrote, and nothing else that may lie there; the record first."""
    (folder / RECORD).unlink(missing_ok=True)
    for name in map(record.file_name, RATIOS):
        for picture in (folder / name, *candidates.glob(f"[0-9]*_{name}")):
            picture.unlink(missing_ok=True)


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    _write_whole(path, f"{text}\n".encode("utf-8", "backslashreplace"))


def _write_whole(path: Path, content: bytes) -> None:
    """All of a file or, when interrupted, nothing of it."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_bytes(content)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
