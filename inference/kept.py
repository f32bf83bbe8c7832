"""Results that take long to compute, kept between runs.

One JSON file each under ``HOME/cache``, named after a digest of all that the result depends on.
Deleting the folder costs time and nothing else.
"""

import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from data_contracts import settings

log = logging.getLogger(__name__)


def read(kind: str, inputs: Any) -> Any | None:
    """What was kept for these inputs (plain values); None without it, or where a power cut left an empty file."""
    file = _file(kind, inputs)
    if not file.exists():
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        log.warning("%s cannot be read, so its work is done anew: %s", file, error)
        return None


def write(kind: str, inputs: Any, result: Any) -> None:
    """Keep a result of plain values: whole or not at all, also beside other writers of the same."""
    file = _file(kind, inputs)
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as partial:
        json.dump(result, partial)
    os.replace(partial.name, file)


def _file(kind: str, inputs: Any) -> Path:
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return settings.load().home / "cache" / kind / digest[:2] / f"{digest}.json"
