"""Photos posters are built around, with what is known of each: where its subject is, where faces are.

Print in a photo, as on a sign or a badge, would be text that no truth mentions. So each photo has a
``window`` that holds none, and only that part is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from data_contracts import settings
from inference.media.geometry import Box
from inference.models import shelf

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
SAMPLE_PHOTOS = settings.REPOSITORY / "infra" / "samples" / "clips.yaml"
"""Where the photos that stand in for a shop's videos are pinned."""


@dataclass(frozen=True)
class Photo:
    """A picture (height × width × 3, uint8, RGB) and boxes in its pixels. No subject means unknown.

    ``trades`` are sections of the phrases that suit it; without any, all do.
    """

    name: str
    pixels: np.ndarray
    subject: Box | None = None
    faces: tuple[Box, ...] = ()
    trades: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Known:
    entry: str
    shelf_file: Path
    window: Box
    subject: Box | None = None
    face: Box | None = None
    trades: tuple[str, ...] = ()


PEOPLE = ("clothes", "electronics", "beauty", "sport", "children")

KNOWN = {
    "coffee.png": _Known(
        "scikit-image-photos",
        SAMPLE_PHOTOS,
        Box(0, 0, 600, 400),
        subject=Box(76, 16, 480, 384),
        trades=("coffee", "kitchen", "food", "tea", "home"),
    ),
    "chelsea.png": _Known(
        "scikit-image-photos", SAMPLE_PHOTOS, Box(0, 0, 451, 300), subject=Box(40, 0, 400, 296), trades=("pets",)
    ),
    "astronaut.png": _Known(
        "scikit-image-photos", SAMPLE_PHOTOS, Box(0, 0, 380, 320), face=Box(176, 56, 272, 188), trades=PEOPLE
    ),
    "rocket.jpg": _Known(
        "scikit-image-photos",
        SAMPLE_PHOTOS,
        Box(0, 0, 640, 427),
        subject=Box(300, 120, 345, 400),
        trades=("electronics", "travel", "children"),
    ),
    "flower.jpg": _Known(
        "scikit-learn-photos",
        SAMPLE_PHOTOS,
        Box(0, 0, 640, 427),
        subject=Box(170, 84, 446, 358),
        trades=("beauty", "home", "tea", "clothes", "food"),
    ),
    "china.jpg": _Known(
        "scikit-learn-photos",
        SAMPLE_PHOTOS,
        Box(0, 0, 640, 427),
        subject=Box(68, 28, 366, 420),
        trades=("travel", "tea", "sport"),
    ),
    "grace_hopper.jpg": _Known(
        "matplotlib-photos", shelf.SHELF_FILE, Box(0, 0, 512, 470), face=Box(166, 130, 374, 330), trades=PEOPLE
    ),
}


def packaged() -> tuple[Photo, ...]:
    """The photos that packages ship. Raises ``NotAvailable`` when one cannot be had."""
    return tuple(_open_known(name, known) for name, known in KNOWN.items())


def read_folder(folder: Path) -> tuple[Photo, ...]:
    """Every photo of a folder, by name. They should hold no print. Raises ``ValueError`` when there is none."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise ValueError(f"{folder} holds no photo; {', '.join(SUFFIXES)} are read")
    return tuple(Photo(path.name, _pixels(path)) for path in paths)


def mirrored(photo: Photo) -> Photo:
    """The photo as a mirror shows it."""
    width = photo.pixels.shape[1]

    def turned(box: Box) -> Box:
        return Box(width - box.right, box.top, width - box.left, box.bottom)

    subject = turned(photo.subject) if photo.subject else None
    return replace(photo, pixels=photo.pixels[:, ::-1], subject=subject, faces=tuple(map(turned, photo.faces)))


def cut(photo: Photo, width: int, height: int, across: float, down: float, zoom: float) -> Photo:
    """The photo filling ``width`` × ``height`` pixels, its subject as near to a place as may be.

    ``across`` and ``down`` are where the subject's centre should come, as shares of the new picture;
    ``zoom`` of at least 1 narrows the window. Boxes that leave the picture are dropped.
    """
    high, wide = photo.pixels.shape[:2]
    scale = max(width / wide, height / high) * zoom
    span_x, span_y = width / scale, height / scale
    x, y = _focus(photo)
    left = min(max(x - across * span_x, 0), wide - span_x)
    top = min(max(y - down * span_y, 0), high - span_y)
    window = (left, top, left + span_x, top + span_y)
    resized = Image.fromarray(photo.pixels).resize((width, height), Image.Resampling.BICUBIC, box=window)
    seen = _boxes_in([box for box in (photo.subject,) if box], window, scale)
    faces = _boxes_in(photo.faces, window, scale)
    return Photo(photo.name, np.asarray(resized), seen[0] if seen else None, faces, photo.trades)


def _open_known(name: str, known: _Known) -> Photo:
    window = known.window
    pixels = _pixels(shelf.resolve(known.entry, known.shelf_file) / name)
    pixels = pixels[int(window.top) : int(window.bottom), int(window.left) : int(window.right)]
    subject, face = (box and box.moved(-window.left, -window.top) for box in (known.subject, known.face))
    return Photo(name, pixels, subject, (face,) if face else (), known.trades)


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def _focus(photo: Photo) -> tuple[float, float]:
    if found := photo.subject or next(iter(photo.faces), None):
        return found.centre
    return photo.pixels.shape[1] / 2, photo.pixels.shape[0] / 2


def _boxes_in(boxes: Sequence[Box], window: tuple[float, float, float, float], scale: float) -> tuple[Box, ...]:
    """Boxes as they fall into a window that is enlarged; those half outside or more are lost."""
    frame = Box(*window)
    inside = (box.intersection(frame) for box in boxes if box.covered_by(frame) > 0.5)
    return tuple(box.moved(-frame.left, -frame.top).scaled(scale) for box in inside)
