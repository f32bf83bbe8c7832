"""From landed pictures to rows of ``posters``.

Pictures lie in the folder ``posters`` where videos land, in subfolders as one likes. A picture that
cannot be used is quarantined with the reason, and the rest go on.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from data_contracts.catalog import POSTERS, QUARANTINE
from data_contracts.errors import BadMedia
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.media.landing import LandedFile, is_there, list_pictures, local_copy, poster_folder, stands_still

log = logging.getLogger(__name__)

ID_LENGTH = 16
ROWS_PER_WRITE = 64
"""Pictures read between two commits: a crash repeats no more than these."""


def find_new(lake: Lake, landing: str) -> list[LandedFile]:
    """Landed pictures never read before, or changed since."""
    known = {(row["uri"], row["fingerprint"]) for row in lake.read(POSTERS, ["uri", "fingerprint"]).to_pylist()}
    refused = lake.read(QUARANTINE, ["row"], where=f"contract = '{POSTERS.name}'")["row"].to_pylist()
    known |= {(row.get("uri"), row.get("fingerprint")) for row in map(json.loads, refused)}
    return [file for file in list_pictures(landing) if (file.uri, file.fingerprint) not in known]


def take_in(lake: Lake, files: Sequence[LandedFile], settings: Settings, run: str) -> dict[str, int]:
    """Take pictures into the lake and their bytes into the blob store; how many were, and were refused."""
    now = datetime.now(UTC)
    counts = {"posters": 0, "refused": 0}
    known = {row["poster_id"]: row for row in lake.read(POSTERS).to_pylist()}
    for start in range(0, len(files), ROWS_PER_WRITE):
        rows = {}
        for number, file in enumerate(files[start : start + ROWS_PER_WRITE], start + 1):
            if not stands_still(file):
                log.info("%s is being written or taken away: left for the next look", file.name)
                continue
            try:
                row = _read(lake, file, settings, now)
                known[row["poster_id"]] = rows[row["poster_id"]] = _merged(row, known)
            except BadMedia as error:
                log.warning("%d of %d: %s refused: %s", number, len(files), file.name, error)
                lake.quarantine(POSTERS, [file.as_row()], rule="bad_media", reason=str(error), run=run)
                counts["refused"] += 1
        counts["posters"] += len(rows)
        lake.write(POSTERS, rows.values(), run)
        log.info("%d of %d pictures read", min(start + ROWS_PER_WRITE, len(files)), len(files))
    return counts


def row_of(picture: Any, digest: str, seen_at: datetime, **rest: Any) -> dict[str, Any]:
    """A row of ``posters`` for an RGB picture (height × width × 3, uint8) whose file has this SHA-256."""
    from inference.media.picture import look_of

    return {
        "poster_id": digest[:ID_LENGTH],
        "sha256": digest,
        "width": picture.shape[1],
        "height": picture.shape[0],
        "look": look_of(picture),
        "seen_at": seen_at,
        "day": seen_at.date().isoformat(),
        **rest,
    }


def _read(lake: Lake, file: LandedFile, settings: Settings, now: datetime) -> dict[str, Any]:
    from inference.media.picture import read_picture

    if any("\ud800" <= character <= "\udfff" for character in file.uri):
        raise BadMedia("its name or folder is not Unicode: rename it")
    if file.size_bytes > settings.max_picture_bytes:
        raise BadMedia(f"{file.size_bytes} bytes, more than the limit of {settings.max_picture_bytes}")
    with local_copy(file, settings.landing) as path:
        picture = read_picture(path, settings.max_picture_pixels)
        digest = lake.put_blob(path)
    return row_of(
        picture,
        digest,
        now,
        name=file.uri.removeprefix(poster_folder(settings.landing)),
        uri=file.uri,
        fingerprint=file.fingerprint,
        size_bytes=file.size_bytes,
        source="landing",
    )


def _merged(row: dict[str, Any], known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The row of a picture that was renamed or moved keeps when it was first seen.

    Raises ``BadMedia`` when another file that is still there holds the same bytes.
    """
    earlier = known.get(row["poster_id"])
    if earlier is None:
        return row
    if earlier["uri"] != row["uri"] and (earlier["source"] != "landing" or is_there(earlier["uri"])):
        raise BadMedia(f"the same bytes as {earlier['name']}")
    return row | {"seen_at": earlier["seen_at"], "day": earlier["day"]}
