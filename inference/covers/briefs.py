"""What is known of a video before it is watched: from the lake, or from nothing but the file."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import Any

from data_contracts.catalog import COVERS, PRODUCTS, QUARANTINE, TRANSCRIPTS, VIDEOS
from data_contracts.store import Lake
from inference.covers.coverset import Brief
from inference.covers.make import AGENT_VERSION
from inference.covers.titles.facts import Facts
from inference.models.speech import Word

LANGUAGES = ("zh", "en")
"""Those we write titles in, the default first."""

SURE = 0.8
"""Probability of a language from which what was recognised in it can be trusted: below, music and noise
were heard as words, or words as those of another language."""

Row = Mapping[str, Any]

CAMERA_NAME = re.compile(
    r"(img|fb_img|vid|mov|dsc|dscn|dji|pxl|mvi|gopr|gh|gx|mmexport|lv|wx_camera|video|clip|movie|"
    r"screen[ _-]?record(ing|er)?|whatsapp video|snapchat|download|untitled|微信视频|录屏|屏幕录制|视频|未命名)?"
    r"([\W_\d]|wa|at)*",
    re.I,
)
"""A file name that a device gave says nothing of what the video shows."""

TECHNICAL_WORD = re.compile(
    r"\d+|\d+(p|fps|kbps|x\d+)|[248]k|u?hd|hdr|[hx]26[45]|hevc|av1|v\d+|(?=\D*\d)[0-9a-f]{6,}|\w*\d{5}\w*|"
    r"final|copy|edit(ed)?|export(ed)?|draft|zh|en|cn|副本|成片|最终版?|终稿|导出",
    re.I,
)
"""Counters, formats, codecs, digests, states of work: words of a name that are not about the video."""


def read_briefs(lake: Lake, names: Sequence[str], circumstances: str) -> list[Brief]:
    """A brief for every video of the lake, or for those with these names or ids.

    ``circumstances`` says what else the covers depend on (requirement, title model, criteria); it
    goes into each brief's key. Paths are filled in by ``with_files``. Raises ``ValueError`` naming
    the videos that the lake does not have.
    """
    videos = lake.read(VIDEOS).to_pylist()
    if names:
        known = {name for video in videos for name in (video["name"], video["video_id"])}
        if unknown := sorted(set(names) - known):
            raise ValueError(f"no such video: {', '.join(unknown)}")
        videos = [video for video in videos if video["name"] in names or video["video_id"] in names]
    said = {row["video_id"]: row for row in lake.read(TRANSCRIPTS).to_pylist()}
    products: dict[str, dict[str, Row]] = {}
    for row in lake.read(PRODUCTS).to_pylist():
        products.setdefault(row["product_id"], {})[row["language"]] = row
    return [
        _brief(video, said.get(video["video_id"]), products.get(video["product_id"], {}), circumstances)
        for video in sorted(videos, key=lambda video: video["video_id"])
    ]


def not_yet_tried(lake: Lake, briefs: Sequence[Brief]) -> list[Brief]:
    """Those from whose inputs no cover was made and none was refused: the same inputs would end the same."""
    tried = set(lake.read(COVERS, ["inputs_key"])["inputs_key"].to_pylist())
    refused = lake.read(QUARANTINE, ["row"], where=f"contract = '{COVERS.name}'")["row"].to_pylist()
    tried |= {row.get("inputs_key") for row in map(json.loads, refused)}
    return [brief for brief in briefs if brief.key not in tried]


@contextmanager
def with_files(lake: Lake, briefs: Sequence[Brief]) -> Iterator[list[Brief]]:
    """The briefs with local paths to their videos."""
    digests = {row["video_id"]: row["sha256"] for row in lake.read(VIDEOS, ["video_id", "sha256"]).to_pylist()}
    with ExitStack() as files:
        yield [replace(brief, path=files.enter_context(lake.blob_file(digests[brief.video_id]))) for brief in briefs]


def brief_of_file(path: Path, title: str | None, circumstances: str) -> Brief:
    """A brief from the file alone: what it says, what stands in it, what it is called.

    ``circumstances`` as for ``read_briefs``. Raises ``BadMedia`` when it cannot be decoded and
    ``OSError`` when it cannot be opened.
    """
    from inference.media import decode, ingest
    from inference.models import speech

    info = decode.probe(path)
    heard = speech.transcribe(decode.audio(path)) if info.has_audio else speech.SILENCE
    screen = tuple(ingest.read_screen(path, info.duration_s))
    spoken = _sure_language(heard.language, heard.probability)
    facts = Facts(spoken=heard.text if spoken else None, on_screen=screen, file_words=words_of_name(path.name))
    language = language_of(title) if title else spoken or language_of(facts.written)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Brief(
        name=path.name,
        video_id=digest[: ingest.ID_LENGTH],
        path=path,
        facts=facts,
        language=language,
        key=_key(digest, facts, f"{language} {title or ''} {circumstances}"),
        title=title,
        duration_s=info.duration_s,
        words=tuple(heard.words) if spoken else (),
    )


def words_of_name(name: str) -> tuple[str, ...]:
    """The words of a file name that somebody chose, none of one that a device or a program gave."""
    stem = PurePosixPath(name).stem
    if CAMERA_NAME.fullmatch(stem):
        return ()
    words = [word for word in re.split(r"[\W_]+", stem) if word]
    return tuple(word for word in words if not TECHNICAL_WORD.fullmatch(word))


def language_of(text: str) -> str:
    """zh when there is any Chinese character or no text at all, else en."""
    return "zh" if not text or re.search(r"[\u4e00-\u9fff]", text) else "en"


def _brief(
    video: Mapping[str, Any],
    said: Mapping[str, Any] | None,
    products: Mapping[str, Mapping[str, Any]],
    circumstances: str,
) -> Brief:
    on_screen = tuple(said["screen_text"]) if said else ()
    spoken = _sure_language(said["language"], said["language_probability"]) if said else None
    words = () if products else words_of_name(video["name"])
    shown = Facts(on_screen=on_screen, file_words=words).written
    language = _choose_language(spoken, shown, products)
    product = products.get(language) or next(iter(products.values()), {})
    facts = Facts(
        title=product.get("title"),
        selling_points=tuple(product.get("selling_points") or ()),
        description=product.get("description"),
        price=product.get("price"),
        currency=product.get("currency"),
        category=product.get("category"),
        spoken=(said["text"] or None) if said and spoken == language else None,
        on_screen=on_screen,
        file_words=words,
    )
    key = _key(video["sha256"], facts, f"{language} {circumstances}")
    return Brief(
        name=video["name"],
        video_id=video["video_id"],
        path=Path(),
        facts=facts,
        language=language,
        key=key,
        product_id=video["product_id"],
        duration_s=video["duration_s"],
        words=tuple(Word(**word) for word in said["words"]) if facts.spoken else (),
    )


def _sure_language(language: str | None, probability: float | None) -> str | None:
    """The language of what is said if we write it and it was recognised surely; a script has no probability."""
    sure = probability is None or probability >= SURE
    return language if sure and language in LANGUAGES else None


def _choose_language(spoken: str | None, shown: str, products: Mapping[str, Row]) -> str:
    """The language of what is said, or else shown; with a product, one that it is described in."""
    possible = [language for language in LANGUAGES if language in products]
    if not possible:
        return spoken or language_of(shown)
    return spoken if spoken in possible else possible[0]


def _key(digest: str, facts: Facts, circumstances: str) -> str:
    inputs = json.dumps([digest, asdict(facts), circumstances, AGENT_VERSION], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(inputs.encode("utf-8", "replace")).hexdigest()
