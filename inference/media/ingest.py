"""From landed files to rows: what a video is, what it says, which product it shows.

A file that cannot be used is never fatal: it is quarantined with the reason and the rest go on.
"""

import json
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data_contracts.catalog import PRODUCTS, QUARANTINE, TRANSCRIPTS, VIDEOS, Dataset
from data_contracts.errors import BadMedia, NothingToDo
from data_contracts.settings import Settings
from data_contracts.store import Lake
from inference.media.landing import LandedFile, is_there, list_videos, local_copy, read_script, stands_still

log = logging.getLogger(__name__)

ID_LENGTH = 16
SCREEN_TEXT_FRAMES = 4
"""Frames read for burnt-in text: subtitles change, a headline stays."""
SCREEN_TEXT_WIDTH = 640
MIN_TEXT_SCORE = 0.8
"""Recognition confidence under which burnt-in text is a guess."""
TIED = "tied"
"""Tag of the versions of products and transcripts that videos were tied by."""

MIN_TEXT_LENGTH = 2
"""Single characters are mostly a curl of hair or the rim of a cup."""


def find_new(lake: Lake, landing: str) -> list[LandedFile]:
    """Landed files never read before, changed since, or whose transcript a crash prevented."""
    heard = set(lake.read(TRANSCRIPTS, ["video_id"])["video_id"].to_pylist())
    heard |= {row.get("video_id") for row in _refused(lake, TRANSCRIPTS)}
    videos = lake.read(VIDEOS, ["video_id", "uri", "fingerprint"]).to_pylist()
    known = {(row["uri"], row["fingerprint"]) for row in videos if row["video_id"] in heard}
    known |= {(row.get("uri"), row.get("fingerprint")) for row in _refused(lake, VIDEOS)}
    return [file for file in list_videos(landing) if (file.uri, file.fingerprint) not in known]


def probe_batch(lake: Lake, files: Sequence[LandedFile], settings: Settings, run: str) -> list[str]:
    """Take videos into the lake and their bytes into the blob store; the ids of those taken in.

    Files that changed since they were listed are passed over: the next look finds them as they then are.
    """
    rows: dict[str, dict[str, Any]] = {}
    for number, file in enumerate(files, 1):
        log.info("%d of %d: probing %s", number, len(files), file.name)
        if not stands_still(file):
            log.info("%s is being written or taken away: left for the next look", file.name)
            continue
        try:
            row = _probe(lake, file, settings)
            known = _find_known(lake, row["video_id"])
            _refuse_duplicate(row, rows.get(row["video_id"]) or known)
            row["ingested_at"] = (known or {}).get("ingested_at") or datetime.now(UTC)
        except BadMedia as error:
            log.warning("%s refused: %s", file.name, error)
            lake.quarantine(VIDEOS, [file.as_row()], rule="bad_media", reason=str(error), run=run)
        else:
            rows[row["video_id"]] = row
    lake.write(VIDEOS, rows.values(), run)
    return list(rows)


def transcribe_batch(lake: Lake, video_ids: Sequence[str], run: str) -> dict[str, int]:
    """Write a transcript for each video; counts by source, and ``refused`` where decoding fails."""
    done = set(lake.read(TRANSCRIPTS, ["video_id"])["video_id"].to_pylist())
    videos = [v for v in lake.read(VIDEOS).to_pylist() if v["video_id"] in set(video_ids) - done]
    counts: dict[str, int] = {}
    for number, video in enumerate(videos, 1):
        try:
            row = _transcribe(lake, video)
        except BadMedia as error:
            log.warning("%s: no transcript: %s", video["name"], error)
            refused = {"video_id": video["video_id"], "name": video["name"]}
            lake.quarantine(TRANSCRIPTS, [refused], rule="bad_media", reason=str(error), run=run)
            counts["refused"] = counts.get("refused", 0) + 1
            continue
        log.info(
            "%d of %d: %s: %s, %s", number, len(videos), video["name"], row["source"], row["text"][:80] or "silent"
        )
        lake.write(TRANSCRIPTS, [row], run)
        counts[row["source"]] = counts.get(row["source"], 0) + 1
    return counts


def tie_products(lake: Lake, run: str) -> dict[str, int]:
    """Tie every video to the product it shows, where one can be told; counts by how.

    Raises ``NothingToDo`` when products and transcripts are those that videos were tied by last.
    """
    from inference.media.matching import match_products

    versions = {dataset: version for dataset in (PRODUCTS, TRANSCRIPTS) if (version := lake.version(dataset))}
    if all(lake.tagged(dataset, TIED) == version for dataset, version in versions.items()):
        raise NothingToDo("neither products nor transcripts changed")
    videos = lake.read(VIDEOS).to_pylist()
    said = {row["video_id"]: row for row in lake.read(TRANSCRIPTS).to_pylist()}
    matches = match_products(videos, said, lake.read(PRODUCTS).to_pylist())
    for video, match in zip(videos, matches, strict=True):
        video["product_id"], video["product_match"] = match
    if videos:
        lake.write(VIDEOS, videos, run)
    for dataset, version in versions.items():
        lake.tag(dataset, TIED, version)
    counts: dict[str, int] = {}
    for _, how in matches:
        counts[how] = counts.get(how, 0) + 1
    return counts


def read_screen(path: Path, duration_s: float) -> list[str]:
    """Distinct lines of burnt-in text, largest first, from a few frames spread over the video."""
    from inference.media import decode
    from inference.models import ocr

    lines: dict[str, float] = {}
    for frame in decode.frames(path, every_s=duration_s / SCREEN_TEXT_FRAMES, width=SCREEN_TEXT_WIDTH):
        for line in ocr.read_text(frame.image):
            text = line.text.strip()
            if line.score >= MIN_TEXT_SCORE and len(text) >= MIN_TEXT_LENGTH:
                lines[text] = max(lines.get(text, 0.0), line.box.height)
    return sorted(lines, key=lambda text: (-lines[text], text))


def _refused(lake: Lake, dataset: Dataset) -> list[dict[str, Any]]:
    rows = lake.read(QUARANTINE, ["row"], where=f"contract = '{dataset.name}'")["row"].to_pylist()
    return [json.loads(row) for row in rows]


def _probe(lake: Lake, file: LandedFile, settings: Settings) -> dict[str, Any]:
    from inference.media import decode

    if any("\ud800" <= character <= "\udfff" for character in file.uri):
        raise BadMedia("its name or folder is not Unicode: rename it")
    if file.size_bytes > settings.max_video_bytes:
        raise BadMedia(f"{file.size_bytes} bytes, more than the limit of {settings.max_video_bytes}")
    with local_copy(file, settings.landing) as path:
        info = decode.probe(path)
        if info.duration_s > settings.max_video_seconds:
            raise BadMedia(f"{info.duration_s:.0f} s long, more than the limit of {settings.max_video_seconds:.0f} s")
        digest = lake.put_blob(path)
    return {
        "video_id": digest[:ID_LENGTH],
        "name": file.name,
        "uri": file.uri,
        "fingerprint": file.fingerprint,
        "sha256": digest,
        "size_bytes": file.size_bytes,
        "duration_s": info.duration_s,
        "width": info.width,
        "height": info.height,
        "rotation_deg": info.rotation_deg,
        "fps": info.fps,
        "variable_fps": info.variable_fps,
        "has_audio": info.has_audio,
        "product_match": "none",
    }


def _find_known(lake: Lake, video_id: str) -> dict[str, Any] | None:
    """The row of the same bytes as they were taken in before."""
    known = lake.read(VIDEOS, where=f"video_id = '{video_id}'").to_pylist()
    return next(iter(known), None)


def _refuse_duplicate(row: dict[str, Any], earlier: dict[str, Any] | None) -> None:
    """Raise ``BadMedia`` when another file holds the same bytes. One that is gone was renamed or moved."""
    if earlier and earlier["uri"] != row["uri"] and is_there(earlier["uri"]):
        raise BadMedia(f"the same bytes as {earlier['name']}")


def _transcribe(lake: Lake, video: dict[str, Any]) -> dict[str, Any]:
    from inference.media import decode
    from inference.models import speech

    with lake.blob_file(video["sha256"], Path(video["name"]).suffix) as path:
        heard = speech.transcribe(decode.audio(path)) if video["has_audio"] else speech.SILENCE
        screen_text = read_screen(path, video["duration_s"])
    row = {
        "video_id": video["video_id"],
        "source": "speech" if heard.text else "none",
        "language": heard.language,
        "language_probability": heard.probability,
        "text": heard.text,
        "words": [vars(word) for word in heard.words],
        "speech_s": heard.speech_s,
        "screen_text": screen_text,
        "models": "faster-whisper-base, silero-vad, pp-ocr-v6-small",
    }
    script = None if heard.text else read_script(video["uri"])
    if script:
        row |= {"source": "script", "text": script, "language": "zh" if _has_chinese(script) else "en"}
    return row


def _has_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
