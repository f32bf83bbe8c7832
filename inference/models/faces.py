"""Faces: where they are, whether their eyes are open.

BlazeFace finds faces on the whole picture and on overlapping tiles, so that a small face is seen at
a size the network knows; the face mesh then confirms each one, and the iris model looks at eyes.

Sources: Bazarevsky et al., *BlazeFace*, 2019, arXiv:1907.05047; Kartynnik et al., *Real-time Facial
Surface Geometry*, 2019, arXiv:1907.06724; Ablavatski et al., *Real-time Pupil Tracking*, 2020,
arXiv:2006.11341.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from inference.media.geometry import Box
from inference.models import shelf

SHELF_NAME = "blazeface"
MIN_SCORE = 0.5
"""Detector confidence below which an anchor is not looked at (MediaPipe's own default)."""

MIN_PRESENCE = 0.3
"""Confidence of the mesh that its crop holds a face; below it, the detector saw something else."""

MAX_OVERLAP = 0.3
"""Boxes of larger intersection over union are the same face (MediaPipe's own default)."""

TILE_SHARES = (1.0, 0.5)
"""Tile sides as shares of the picture's short side; tiles overlap by half."""

MESH_GROWTH = 1.5
EYE_GROWTH = 2.3
"""Crop side over box side, and over eye width, that mesh and iris model were trained with (MediaPipe)."""

RIGHT_EYE_CORNERS = (33, 133)
LEFT_EYE_CORNERS = (263, 362)
LIDS = ((3, 11), (4, 12), (5, 13))
"""Facing points of the lower and upper lid in the eye contour; points 0 and 8 are its corners."""


@dataclass(frozen=True)
class Face:
    """A face in pixels of the picture it was found in; right and left are the person's own.

    ``box`` spans brow to chin, ear to ear. ``head`` adds hair and neck, as far as the picture goes:
    what must not be cut off. ``score`` is the detector's confidence, 0 to 1. ``frontality`` is 1 for
    a face turned to the camera and falls to 0 in profile.
    """

    box: Box
    head: Box
    score: float
    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    mouth: tuple[float, float]
    frontality: float = 1.0


def find_faces(image: np.ndarray, closely: bool = True) -> list[Face]:
    """Faces of an RGB picture (height × width × 3, uint8), largest first.

    Finds faces from about 12 pixels, or a fifteenth of the short side, to the whole picture. Not
    ``closely``, it leaves out the smallest tiles: a third of the time, faces from twice that size.
    """
    shares = TILE_SHARES if closely else TILE_SHARES[:1]
    found = [face for face in _detect_everywhere(image, shares) if face.box.area > 0]
    distinct: list[Face] = []
    for face in sorted(found, key=lambda f: -f.score):
        if all(face.box.iou(other.box) < MAX_OVERLAP and not _inside(face, other) for other in distinct):
            distinct.append(face)
    confirmed = [face for face in distinct if _mesh(image, face)[1] >= MIN_PRESENCE]
    return sorted(confirmed, key=lambda f: -f.box.area)


def head_box(box: Box) -> Box:
    """The head around a face box, hair and neck included; it may reach beyond the picture."""
    width, height = box.width, box.height
    return box.grown(left=0.2 * width, top=0.55 * height, right=0.2 * width, bottom=0.25 * height)


def eye_openness(image: np.ndarray, face: Face) -> tuple[float, float]:
    """Gap between the lids over the eye's width, right and left: about 0.1 closed, 0.3 open.

    Compare within one person: the width of an open eye differs between people.
    """
    points, _ = _mesh(image, face)
    right = _openness(image, points[list(RIGHT_EYE_CORNERS)], mirrored=True)
    left = _openness(image, points[list(LEFT_EYE_CORNERS)], mirrored=False)
    return right, left


def _detect_everywhere(image: np.ndarray, shares: Sequence[float]) -> Iterator[Face]:
    height, width = image.shape[:2]
    whole = _square(image, 0, 0, max(width, height))
    for network in (_short_range(), _full_range()):
        yield from network.detect(whole, 0, 0, image)
    for share in shares:
        side = round(share * min(width, height))
        if side < _full_range().side // 2:
            continue
        for top in _tile_starts(height, side):
            for left in _tile_starts(width, side):
                for face in _full_range().detect(_square(image, left, top, side), left, top, image):
                    if _is_whole(face.box, left, top, side, image):
                        yield face


def _tile_starts(length: int, side: int) -> list[int]:
    count = 1 + math.ceil((length - side) / (side / 2))
    return [round(start) for start in np.linspace(0, length - side, count)]


def _square(image: np.ndarray, left: int, top: int, side: int) -> np.ndarray:
    tile = image[top : top + side, left : left + side]
    height, width = tile.shape[:2]
    return np.pad(tile, ((0, side - height), (0, side - width), (0, 0)))


def _is_whole(box: Box, left: int, top: int, side: int, image: np.ndarray) -> bool:
    """Whether a box keeps off those edges of its tile that lie inside the picture."""
    height, width = image.shape[:2]
    margin = 0.05 * side
    return (
        (left == 0 or box.left > left + margin)
        and (top == 0 or box.top > top + margin)
        and (left + side >= width or box.right < left + side - margin)
        and (top + side >= height or box.bottom < top + side - margin)
    )


def _inside(face: Face, other: Face) -> bool:
    return face.box.covered_by(other.box) > 0.7 or other.box.covered_by(face.box) > 0.7


class _Detector:
    """One BlazeFace network: a square picture in, faces out."""

    def __init__(self, file: str, side: int, cells: tuple[tuple[int, int], ...]) -> None:
        """``cells`` lists feature maps as (cells along a side, anchors per cell)."""
        self.interpreter = _interpreter(file)
        self.side = side
        self.anchors = np.concatenate([_anchors(along, each) for along, each in cells])

    def detect(self, square: np.ndarray, left: int, top: int, image: np.ndarray) -> Iterator[Face]:
        """Faces of a square cut from ``image`` at (left, top), in pixels of ``image``."""
        import cv2

        small = cv2.resize(square, (self.side, self.side), interpolation=cv2.INTER_AREA)
        numbers, logits = _run(self.interpreter, small / np.float32(127.5) - 1)
        scores = _sigmoid(logits.reshape(-1))
        scale, origin = square.shape[0], np.array([left, top])
        for i in np.flatnonzero(scores >= MIN_SCORE):
            centre, size, *keypoints = numbers[0, i].reshape(8, 2) / self.side
            centre, keypoints = centre + self.anchors[i], np.array(keypoints) + self.anchors[i]
            yield _face(centre * scale + origin, size * scale, keypoints * scale + origin, float(scores[i]), image)


def _anchors(along: int, each: int) -> np.ndarray:
    """Cell centres, 0 to 1, row by row, each one repeated."""
    steps = (np.arange(along) + 0.5) / along
    x, y = np.meshgrid(steps, steps)
    return np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), each, axis=0)


def _face(centre: np.ndarray, size: np.ndarray, keypoints: np.ndarray, score: float, image: np.ndarray) -> Face:
    picture = Box(0, 0, image.shape[1], image.shape[0])
    box = Box(*(centre - size / 2).tolist(), *(centre + size / 2).tolist())
    right_eye, left_eye, nose, mouth = keypoints[:4]
    return Face(
        box=box.intersection(picture),
        head=head_box(box).intersection(picture),
        score=score,
        right_eye=tuple(right_eye.tolist()),
        left_eye=tuple(left_eye.tolist()),
        mouth=tuple(mouth.tolist()),
        frontality=_frontality(right_eye, left_eye, nose),
    )


def _frontality(right_eye: np.ndarray, left_eye: np.ndarray, nose: np.ndarray) -> float:
    """How near the nose is to the middle of the eyes, along the line through them."""
    across = left_eye - right_eye
    share = float((nose - right_eye) @ across / max(across @ across, 1e-6))
    return max(0.0, 1 - 2 * abs(share - 0.5))


def _mesh(image: np.ndarray, face: Face) -> tuple[np.ndarray, float]:
    """468 points of the face mesh in pixels of the picture, shape (468, 2), and its confidence, 0 to 1."""
    side = MESH_GROWTH * max(face.box.width, face.box.height)
    across = np.subtract(face.left_eye, face.right_eye)
    crop, to_crop = _crop(image, face.box.centre, side, math.atan2(across[1], across[0]), _mesh_interpreter())
    points, presence = _run(_mesh_interpreter(), crop / np.float32(255))
    return _back(points.reshape(-1, 3)[:, :2], to_crop), float(_sigmoid(presence.ravel()[0]))


def _openness(image: np.ndarray, corners: np.ndarray, mirrored: bool) -> float:
    outer, inner = corners
    across = (outer - inner) if not mirrored else (inner - outer)
    side = EYE_GROWTH * float(np.linalg.norm(across))
    crop, _ = _crop(image, corners.mean(axis=0), side, math.atan2(across[1], across[0]), _iris_interpreter())
    contour, _ = _run(_iris_interpreter(), (crop[:, ::-1] if mirrored else crop) / np.float32(255))
    points = contour.reshape(-1, 3)[:, :2]
    gaps = [np.linalg.norm(points[lower] - points[upper]) for lower, upper in LIDS]
    return float(np.mean(gaps) / max(np.linalg.norm(points[0] - points[8]), 1e-6))


def _crop(image: np.ndarray, centre, side: float, angle: float, interpreter) -> tuple[np.ndarray, np.ndarray]:
    """A square around a point, turned upright, at the size an interpreter takes; and the 2 × 3 matrix used."""
    import cv2

    target = int(interpreter.get_input_details()[0]["shape"][1])
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), math.degrees(angle), target / max(side, 1.0))
    matrix[:, 2] += target / 2 - np.asarray(centre)
    return cv2.warpAffine(image, matrix, (target, target), flags=cv2.INTER_AREA), matrix


def _back(points: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    import cv2

    inverse = cv2.invertAffineTransform(matrix)
    return points @ inverse[:, :2].T + inverse[:, 2]


def _sigmoid(logits):
    return 1 / (1 + np.exp(-np.clip(logits, -50, 50)))


def _run(interpreter: Any, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None].astype(np.float32))
    interpreter.invoke()
    first, second = interpreter.get_output_details()[:2]
    return interpreter.get_tensor(first["index"]), interpreter.get_tensor(second["index"])


@cache
def _short_range() -> _Detector:
    return _Detector("face_detection_short_range.tflite", side=128, cells=((16, 2), (8, 6)))


@cache
def _full_range() -> _Detector:
    return _Detector("face_detection_full_range.tflite", side=192, cells=((48, 1),))


@cache
def _mesh_interpreter() -> Any:
    return _interpreter("face_landmark.tflite")


@cache
def _iris_interpreter() -> Any:
    return _interpreter("iris_landmark.tflite")


def _interpreter(file: str) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(shelf.resolve(SHELF_NAME) / file), num_threads=1)
    interpreter.allocate_tensors()
    return interpreter
