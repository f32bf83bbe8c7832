"""The landing folder: which files are new, and each of them as a local file.

Any fsspec URI works. A file is known by its URI and fingerprint (size and modification time, or the
object store's entity tag), so a second look reads nothing again and a replaced file is read anew.

A file that is still being written is left for the next look: its fingerprint changes between being
listed and being read. Should it stand still that long, it is refused as cut off, and taken in once
it is whole, for its fingerprint is then another.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import fsspec

from data_contracts.errors import BadMedia

VIDEO_SUFFIXES = frozenset(
    (".3gp", ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv")
)
PICTURE_SUFFIXES = frozenset((".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"))
POSTERS_FOLDER = "posters"
"""Below the landing folder: pictures there are posters to learn layouts from."""

SCRIPT_SUFFIX = ".txt"
MAX_SCRIPT_BYTES = 1 << 20
"""What is larger is no script of one video."""

LEADS_NOWHERE = "leads nowhere"
"""Fingerprint of a link without a target."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LandedFile:
    """A video or picture in the landing folder."""

    uri: str
    size_bytes: int
    fingerprint: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.uri).name

    def as_row(self) -> dict[str, str | int]:
        return asdict(self)


def list_videos(landing: str) -> list[LandedFile]:
    """Every file whose name says video, in all subfolders, sorted by URI. Dot files are skipped.

    Raises ``FileNotFoundError`` when there is no such folder.
    """
    filesystem, root = fsspec.url_to_fs(landing)
    if not filesystem.isdir(root):
        raise FileNotFoundError(f"the landing folder {landing} does not exist")
    return _list(filesystem, root, VIDEO_SUFFIXES)


def list_pictures(landing: str) -> list[LandedFile]:
    """Every file in the landing folder's ``posters`` whose name says picture, listed as videos are."""
    filesystem, root = fsspec.url_to_fs(landing)
    folder = f"{root.rstrip('/')}/{POSTERS_FOLDER}"
    return _list(filesystem, folder, PICTURE_SUFFIXES) if filesystem.isdir(folder) else []


def poster_folder(landing: str) -> str:
    """URI of the folder of posters, with its slash: what follows it in a picture's URI is its name."""
    filesystem, root = fsspec.url_to_fs(landing)
    return f"{filesystem.unstrip_protocol(root).rstrip('/')}/{POSTERS_FOLDER}/"


def stands_still(file: LandedFile) -> bool:
    """Whether a listed file is still there as it was listed, neither written to nor taken away."""
    filesystem, path = fsspec.url_to_fs(file.uri)
    filesystem.invalidate_cache()
    return _follow(filesystem, path).fingerprint == file.fingerprint


def is_there(uri: str) -> bool:
    filesystem, path = fsspec.url_to_fs(uri)
    return filesystem.exists(path)


@contextmanager
def local_copy(file: LandedFile, landing: str) -> Iterator[Path]:
    """The file as a local path: itself where the folder is local, else a temporary download.

    Raises ``BadMedia`` for a link that leaves the landing folder or leads nowhere, and for what is
    no file that may be read.
    """
    filesystem, path = fsspec.url_to_fs(file.uri)
    if "file" in filesystem.protocol:
        _, root = fsspec.url_to_fs(landing)
        _refuse_unreadable(Path(path), Path(root))
        yield Path(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"video{PurePosixPath(path).suffix}"
        filesystem.get_file(path, str(copy))
        yield copy


def read_script(video_uri: str) -> str | None:
    """What is to be said over a silent video: the text file beside it with the same stem.

    A link that leaves the video's folder and what is larger than ``MAX_SCRIPT_BYTES`` are not read.
    """
    filesystem, path = fsspec.url_to_fs(video_uri)
    script = str(PurePosixPath(path).with_suffix(SCRIPT_SUFFIX))
    if not filesystem.isfile(script):
        return None
    if "file" in filesystem.protocol and not _is_inside(Path(script), Path(script).parent):
        log.warning("%s is a link that leaves its folder: not read", script)
        return None
    if filesystem.size(script) > MAX_SCRIPT_BYTES:
        log.warning("%s is larger than %d bytes: not read", script, MAX_SCRIPT_BYTES)
        return None
    with filesystem.open(script, "rb") as file:
        return decode_text(file.read(), "replace").strip() or None


def decode_text(data: bytes, errors: str) -> str:
    """UTF-8, or GB 18030, which editors and spreadsheets in China write. ``errors`` as in ``bytes.decode``.

    A few broken bytes make no other encoding of a text in UTF-8: they cost their own row, not all rows.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("utf-8-sig" if _is_mostly_utf8(data) else "gb18030", errors)


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether more characters beyond ASCII come out whole than broken; of GB 18030, one in four does by chance."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    return whole > broken


def _refuse_unreadable(path: Path, root: Path) -> None:
    if not _is_inside(path, root):
        raise BadMedia("a link to a file outside the landing folder")
    if not path.exists():
        raise BadMedia("a link to a file that does not exist")
    if not path.is_file():
        raise BadMedia("a folder, pipe or device, no file")
    if not os.access(path, os.R_OK):
        raise BadMedia("permission to read it is missing; grant it and touch the file, so that it is looked at again")


def _is_inside(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _list(filesystem: fsspec.AbstractFileSystem, root: str, suffixes: frozenset[str]) -> list[LandedFile]:
    return [
        _follow(filesystem, path) if facts.get("islink") else _landed(filesystem, path, facts)
        for path, facts in sorted(filesystem.find(root, detail=True).items())
        if PurePosixPath(path).suffix.lower() in suffixes and not PurePosixPath(path).name.startswith(".")
    ]


def _follow(filesystem: fsspec.AbstractFileSystem, path: str) -> LandedFile:
    """A file as it now is; where it is a link, its target."""
    try:
        facts = filesystem.info(path)
    except FileNotFoundError:
        return LandedFile(filesystem.unstrip_protocol(path), 0, LEADS_NOWHERE)
    return _landed(filesystem, path, facts)


def _landed(filesystem: fsspec.AbstractFileSystem, path: str, facts: dict) -> LandedFile:
    changed = facts.get("ETag") or facts.get("etag") or facts.get("mtime") or facts.get("LastModified") or ""
    return LandedFile(filesystem.unstrip_protocol(path), facts["size"], f"{facts['size']}-{changed}")
