"""The pictures that a model is trained on: each decoded once, and from then on read in the size it is seen in.

A cache under ``HOME/cache/pictures``, named after the file's own digest and the limits, so that copies
share an entry and other limits make another one. Pixels lie there as they are: a photo of 12 million
pixels takes a hundred times as long to decode as to be read back in the size of a recipe. Deleting the
folder costs time and nothing else.
"""

import hashlib
import logging
import os
import tempfile
from pathlib import Path

import numpy as np

from data_contracts import settings
from data_contracts.errors import BadMedia
from inference.media import picture
from inference.models.pixel_limits import PixelLimits
from training.finetune.task import BadExample

log = logging.getLogger(__name__)


def read_picture(file: Path, limits: PixelLimits) -> np.ndarray:
    """RGB (height × width × 3, uint8), upright, in the size that the limits allow.

    Raises ``BadExample`` for a file that is missing, empty, cut off, no picture, larger than the
    settings allow, or of a shape that the limits cannot hold.
    """
    try:
        entry = _entry(file, limits)
        if entry.exists() and (kept := _read_back(entry)) is not None:
            return kept
        fitted = limits.fit(_decode(file))
    except (BadMedia, ValueError) as error:
        raise BadExample(f"its picture {file.name} cannot be used: {error}") from error
    _keep(entry, fitted)
    return fitted


def _entry(file: Path, limits: PixelLimits) -> Path:
    try:
        with open(file, "rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise BadMedia("it is not there") from error
    shelf = settings.load().home / "cache" / "pictures" / digest[:2]
    return shelf / f"{digest}-{limits.least}-{limits.most}-{limits.multiple}.npy"


def _decode(file: Path) -> np.ndarray:
    where = settings.load()
    if (size := file.stat().st_size) > where.max_picture_bytes:
        raise BadMedia(f"{size} bytes, more than the limit of {where.max_picture_bytes}")
    return picture.read_picture(file, where.max_picture_pixels)


def _read_back(entry: Path) -> np.ndarray | None:
    """None where a power cut left half a file."""
    try:
        return np.load(entry, allow_pickle=False)
    except (ValueError, EOFError) as error:
        log.warning("%s cannot be read, so its picture is decoded anew: %s", entry, error)
        return None


def _keep(entry: Path, pixels: np.ndarray) -> None:
    """Whole or not at all, also beside other processes that decode the same picture."""
    entry.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=entry.parent, delete=False) as partial:
        np.save(partial, pixels, allow_pickle=False)
    os.replace(partial.name, entry)
