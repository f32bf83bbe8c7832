"""Text in pictures: PP-OCR, Chinese and English, through RapidOCR.

Source: Du et al., *PP-OCR: A Practical Ultra Lightweight OCR System*, 2020, arXiv:2009.09941.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from inference.media.geometry import Box
from inference.models import shelf

SHELF_NAME = "pp-ocr-v6-small"
READ_SIDE = 960
"""Pixels on the long side that the detector sees. Enlarging small pictures, its default, takes four
times as long and finds no more of the subtitles and watermarks that matter here."""

FIND_SIDE = 384
"""The same to find text only: subtitles and watermarks are found at less than half the size, in a sixth of the time."""

UPRIGHT = 1.5
"""Height over width from which a line is a column, and is turned before it is read (PP-OCR's own rule)."""


@dataclass(frozen=True)
class TextLine:
    """One line of text in a picture; ``score`` is the recogniser's confidence, 0 to 1.

    ``corners`` are those of the line as it lies, which may be aslant: clockwise from where it
    starts, each (x, y) in pixels. ``box`` is upright around them.
    """

    text: str
    box: Box
    score: float
    corners: tuple[tuple[float, float], ...] = ()


def read_text(image: np.ndarray, side: int = READ_SIDE) -> list[TextLine]:
    """Lines of text in an RGB picture (height × width × 3, uint8), the largest first.

    Text is looked for with the picture's long side reduced to ``side`` pixels, and read at full size.
    Lines recognised with a confidence below 0.5 are left out.
    """
    read = _reader(side)(_bgr(image), use_det=True, use_cls=False, use_rec=True)
    if read.txts is None or read.boxes is None:
        return []
    lines = [
        TextLine(text, _box(corners), float(score), tuple((x, y) for x, y in corners.tolist()))
        for text, corners, score in zip(read.txts, read.boxes, read.scores, strict=True)
    ]
    return sorted(lines, key=lambda line: -line.box.area)


def find_text(image: np.ndarray) -> list[Box]:
    """Where text may be, the largest first: detection alone, faster, and not all of it is text."""
    found = _reader(FIND_SIDE)(_bgr(image), use_det=True, use_cls=False, use_rec=False)
    boxes = [] if found.boxes is None else [_box(corners) for corners in found.boxes]
    return sorted(boxes, key=lambda box: -box.area)


def read_lines(image: np.ndarray, boxes: Sequence[Box]) -> list[TextLine]:
    """What is written in boxes that ``find_text`` found, one line for each; ``text`` is empty where nothing is."""
    picture = Box(0, 0, image.shape[1], image.shape[0])
    lines = []
    for box in boxes:
        left, top, right, bottom = box.intersection(picture).as_list()
        line = image[top:bottom, left:right]
        if line.shape[0] >= UPRIGHT * line.shape[1]:
            line = np.rot90(line)
        read = _reader(FIND_SIDE)(_bgr(line), use_det=False, use_cls=False, use_rec=True)
        text, score = (read.txts[0], float(read.scores[0])) if read.txts else ("", 0.0)
        lines.append(TextLine(text, box, score))
    return lines


def _bgr(image: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(image[:, :, ::-1])


def _box(corners: np.ndarray) -> Box:
    """The upright rectangle around a line's four corners, shape (4, 2)."""
    left, top = np.min(corners, axis=0).tolist()
    right, bottom = np.max(corners, axis=0).tolist()
    return Box(left, top, right, bottom)


@cache
def _reader(side: int) -> Any:
    from rapidocr import RapidOCR

    folder = shelf.resolve(SHELF_NAME)
    return RapidOCR(
        params={
            "Global.log_level": "critical",  # it warns about every picture without text
            "Det.model_path": str(folder / "PP-OCRv6_det_small.onnx"),
            "Rec.model_path": str(folder / "PP-OCRv6_rec_small.onnx"),
            "Cls.model_path": str(folder / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"),
            "Det.limit_type": "max",
            "Det.limit_side_len": side,
            # As fast as two here, and kinder to what runs beside it.
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
