"""A session's folder: what it says of itself (`session.json`, written last and at once) and its opening."""

import fcntl
import json
import os
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

from inference.watch.budgets import Budgets, DamagedSession

FORMAT = 1
"""Raised when older sessions can no longer be read."""


@dataclass(frozen=True)
class Saved:
    """What was saved last. blocks: how many records of the files count. encoder: its name, or empty."""

    model: str
    fingerprint: str
    encoder: str
    blocks: int
    opening_tokens: int
    opening_sum: int
    window_frames: int
    retrieve_blocks: int
    chunk_frames: int
    budgets: Budgets
    format: int = FORMAT


class Folder:
    """One session's folder. Only one session may be open on it at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session, self.opening = path / "session.json", path / "opening.bin"
        self._lock: int | None = None

    def take(self) -> None:
        """Makes the folder if need be and holds it until `release`. Raises RuntimeError when another holds it."""
        self.path.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise RuntimeError(f"a session is open on {self.path}; close it first") from None
        self._lock = lock

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_opening(self, content: bytes) -> int:
        """Writes the opening's keys and values; their checksum."""
        _replace(self.opening, content)
        return zlib.crc32(content)

    def read_opening(self, saved: Saved) -> bytes:
        content = self.opening.read_bytes()
        if zlib.crc32(content) != saved.opening_sum:
            raise DamagedSession(f"{self.opening} is damaged; watch the video again")
        return content

    def write(self, saved: Saved) -> None:
        _replace(self.session, json.dumps(asdict(saved), indent=2).encode())

    def read(self, name: str, fingerprint: str, encoder: str) -> Saved:
        """Raises FileNotFoundError without a session, `DamagedSession` for one of another model, encoder or format."""
        if not self.session.is_file():
            raise FileNotFoundError(f"{self.path} holds no session")
        try:
            told = json.loads(self.session.read_bytes())
            saved = Saved(**{**told, "budgets": Budgets(**told["budgets"])})
        except (ValueError, TypeError, KeyError) as error:
            raise DamagedSession(f"{self.session} cannot be read: {error}; watch the video again") from error
        if saved.format != FORMAT:
            raise DamagedSession(f"{self.session} is of format {saved.format}, this code reads {FORMAT}")
        if saved.fingerprint != fingerprint:
            raise DamagedSession(f"{self.path} was made with another model ({saved.model}), not this one ({name})")
        if saved.encoder != encoder:
            raise DamagedSession(f"{self.path} was made with encoder {saved.encoder!r}, not {encoder!r}")
        return saved


def _replace(path: Path, content: bytes) -> None:
    """Writes all of `content` or leaves the file as it was."""
    fresh = path.with_suffix(".writing")
    try:
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    fresh.replace(path)
