"""Covers into a plain folder, from plain files: what ``python -m inference.covers`` does.

The title model and the criteria that this machine's home has learned are used when there are any.
A video's ``cover.json`` is written last: a folder without one is unfinished.
"""

import json
import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from data_contracts.errors import BadMedia
from data_contracts.store import open_lake
from inference.covers import record, sheet
from inference.covers.attempts import Attempt
from inference.covers.briefs import brief_of_file
from inference.covers.candidate import MAIN_RATIO
from inference.covers.coverset import Brief, CoverSet, Refused
from inference.covers.make import make_covers
from inference.covers.picture.style import RATIOS
from inference.covers.picture.template import Template
from inference.covers.publish import (
    NO_VISION_LANGUAGE_MODEL,
    Circumstances,
    find_layout_version,
    find_title_model,
    read_circumstances,
    read_layout_model,
    read_plan,
    read_title_model,
)

log = logging.getLogger(__name__)

FORBIDDEN_IN_FILE_NAMES = '<>:"/\\|?*'
REFUSED, INDEX = "refused.json", "index.html"
RECORD = "cover.json"
CANDIDATES = "candidates"
MOVING_ENDINGS = ("mp4", "webp")


def write_covers(
    videos: Sequence[Path],
    out: Path,
    requirement: str,
    title: str | None,
    candidates: int,
    *,
    fast: bool = False,
    moving: bool = True,
    template: Template | None = None,
) -> int:
    """Write ``out/NAME/`` for each video; 0 when all got a cover, 1 when some were refused.

    ``out/index.html`` shows them all, those that were refused too. A file given twice is one video. Raises
    ``ValueError`` for a requirement that contradicts itself.
    """
    lake = open_lake()
    titles = find_title_model(lake)
    now = read_circumstances(lake, requirement, titles, find_layout_version(), moving)
    out.mkdir(parents=True, exist_ok=True)
    briefs, refused = _read_all(_distinct(videos), title, now)
    model = read_title_model(titles) if title is None and briefs else None
    now = replace(now, plan=read_plan(now)) if briefs else now
    results = make_covers(
        briefs,
        now.plan,
        now.criteria,
        model,
        candidates,
        layout_model=read_layout_model(now.layout),
        template=template,
        moving=moving,
        fast=fast,
    )
    tried: dict[str, tuple[Attempt, ...]] = {}
    made: dict[str, dict[str, Any]] = {}
    for result, folder in zip(results, _name_folders(briefs, out), strict=True):
        if isinstance(result, Refused):
            refused[str(result.brief.path)] = result.reason
            tried[str(result.brief.path)] = result.attempts
        else:
            made[folder.name] = _write(result, folder, now, model.name if model else "none, the title was given")
    _write_json(out / REFUSED, refused)
    _write_whole(out / INDEX, sheet.render(record.describe_plan(now.plan), made, refused, tried).encode())
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
    taken = {REFUSED, INDEX}
    names = []
    for brief in briefs:
        stem = "".join("_" if c in FORBIDDEN_IN_FILE_NAMES or ord(c) < 32 else c for c in Path(brief.name).stem)
        stem = stem if stem.strip(". ") else "_"
        numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(briefs) + 3))
        name = next(name for name in numbered if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return [out / name for name in names]


def _write(made: CoverSet, folder: Path, now: Circumstances, title_model: str) -> dict[str, Any]:
    """The whole record of a video, once everything it names is written."""
    best, candidates = made.covers[0], folder / CANDIDATES
    candidates.mkdir(parents=True, exist_ok=True)
    _remove_earlier(folder, candidates)
    for ratio, picture in best.pictures.items():
        _write_whole(folder / record.file_name(ratio), picture.jpeg)
        _write_whole(folder / record.file_name(ratio, "webp"), picture.webp)
    if moving := made.moving.get(best.cover_id):
        for ending, content in zip(MOVING_ENDINGS, (moving.mp4, moving.webp), strict=True):
            _write_whole(folder / moving_name(ending), content)
    outlines = []
    for rank, cover in enumerate(made.covers):
        for ratio, picture in cover.pictures.items():
            _write_whole(candidates / f"{rank}_{record.file_name(ratio)}", picture.jpeg)
        outlines.append(record.outline(cover, f"{CANDIDATES}/{rank}_"))
    described = record.describe(made, best, now.plan, title_model, now.criteria_version, NO_VISION_LANGUAGE_MODEL)
    described["candidates"] = outlines
    if moving:
        described["moving"]["files"] = [moving_name(ending) for ending in MOVING_ENDINGS]
    _write_json(folder / RECORD, described)
    return described


def moving_name(ending: str) -> str:
    """``moving_3x4.mp4``: the loop that opens with the still of the main ratio."""
    return record.file_name(MAIN_RATIO, ending).replace("cover", "moving")


def _remove_earlier(folder: Path, candidates: Path) -> None:
    """What an earlier run wrote, and nothing else that may lie there; the record first."""
    (folder / RECORD).unlink(missing_ok=True)
    for ending in MOVING_ENDINGS:
        (folder / moving_name(ending)).unlink(missing_ok=True)
    for ratio in RATIOS:
        name = record.file_name(ratio)
        for picture in (folder / name, folder / record.file_name(ratio, "webp"), *candidates.glob(f"[0-9]*_{name}")):
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
