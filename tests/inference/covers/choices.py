"""Frame choices for tests: painted ones with known contents, and real frames with boxes made by hand."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from inference.covers.frames.select import FrameChoice
from inference.media.frame import Frame
from inference.media.geometry import Box
from inference.media.time import MediaTime
from inference.models.faces import Face
from inference.models.ocr import TextLine


@dataclass(frozen=True)
class RealFrame:
    """A moment of a video under ../shared/data/videos. Boxes are left, top, right, bottom in its pixels.

    ``faces`` are pairs of face and head.
    """

    video: str
    seconds: float
    faces: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    product: tuple[float, ...] | None = None
    texts: tuple[tuple[float, ...], ...] = ()


REAL_FRAMES = {
    "speakers": RealFrame(
        "two_speakers_portrait_subtitled_zh",
        5,
        faces=(((93, 292, 138, 352), (82, 280, 142, 372)), ((305, 292, 345, 350), (298, 280, 362, 365))),
        texts=((40, 500, 325, 537),),
    ),
    "shirt": RealFrame("shirt_portrait_zh", 3, product=(0, 125, 480, 640), texts=((8, 20, 470, 64),)),
    "dress": RealFrame(
        "red_dress_portrait", 6, faces=(((170, 75, 205, 145), (135, 50, 235, 200)),), product=(5, 190, 275, 570)
    ),
    "hair": RealFrame(
        "hairdressing",
        4,
        faces=(((145, 175, 230, 270), (140, 160, 240, 300)), ((355, 150, 430, 260), (350, 135, 445, 265))),
    ),
    "plant": RealFrame("plant_20_frames", 9, product=(60, 60, 940, 700)),
    "wall": RealFrame("great_wall", 3),
    "bottles": RealFrame("bottles", 30, product=(48, 108, 572, 316)),
    "car": RealFrame("cars", 5, product=(278, 285, 475, 432)),
    "cartoon": RealFrame("cartoon_subtitled_zh", 3, texts=((25, 20, 145, 48), (30, 65, 80, 295), (210, 312, 430, 342))),
}


def grab(shared: Path, name: str) -> FrameChoice:
    """A real frame with what is in it."""
    real = REAL_FRAMES[name]
    with av.open(str(shared / "videos" / f"{real.video}.mp4")) as container:
        frame = next(f for f in container.decode(video=0) if f.time >= real.seconds)
        return choose(frame.to_ndarray(format="rgb24"), real.faces, real.product, real.texts)


def choose(image: np.ndarray, faces=(), product=None, texts=()) -> FrameChoice:
    """A choice of this picture; boxes as in ``RealFrame``."""
    return FrameChoice(
        frame=Frame(MediaTime.from_seconds(1), image),
        score=0.8,
        scores={},
        faces=tuple(_face(Box(*box), Box(*head)) for box, head in faces),
        product=Box(*product) if product else None,
        texts=tuple(TextLine("字幕", Box(*box), 0.9) for box in texts),
    )


def paint(width: int, height: int, colour: tuple[int, int, int] = (120, 130, 140), seed: int = 0) -> np.ndarray:
    """A picture of faint blotches around a colour."""
    import cv2

    coarse = np.random.default_rng(seed).normal(0, 12, (6, 8, 3)).astype(np.float32)
    blotches = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (blotches + colour).clip(0, 255).astype(np.uint8)


def _face(box: Box, head: Box) -> Face:
    x, y = box.centre
    eyes = y - 0.15 * box.height
    right, left = (x - 0.2 * box.width, eyes), (x + 0.2 * box.width, eyes)
    return Face(box, head, 0.9, right, left, (x, y + 0.25 * box.height))
