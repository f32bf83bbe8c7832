"""Which code made a model or a dataset."""

import subprocess
from dataclasses import dataclass

from data_contracts import settings


@dataclass(frozen=True)
class CodeVersion:
    """A git commit, and whether tracked files were changed since."""

    commit: str
    changed: bool

    def __str__(self) -> str:
        return self.commit[:12] + (" with changes" if self.changed else "")


def read_code_version() -> CodeVersion | None:
    """The version of this checkout; None outside of git."""
    git = ["git", "-C", str(settings.REPOSITORY)]
    commit = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
    if commit.returncode:
        return None
    changes = subprocess.run([*git, "status", "--porcelain", "-uno"], capture_output=True, text=True)
    return CodeVersion(commit.stdout.strip(), bool(changes.stdout.strip()))
