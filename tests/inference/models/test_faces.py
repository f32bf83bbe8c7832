"""Faces at every size and place of a portrait, open and closed eyes, and nothing where nobody is."""

import cv2
import numpy as np
import pytest

from inference.media import decode
from inference.media.geometry import Box
from inference.media.time import MediaTime
from inference.models.faces import eye_openness, find_faces, head_box
from tests import clips

FACE = Box(0.35, 0.14, 0.55, 0.39)
"""Of the astronaut, brow to chin, as shares of the square photograph."""


@pytest.fixture(scope="module")
def portrait():
    return clips.photograph("astronaut.png", 512)


@pytest.mark.parametrize("width", [120, 256, 512, 1024])
def test_a_face_is_found_where_it_is_at_any_scale(portrait, width):
    (face,) = find_faces(cv2.resize(portrait, (width, width), interpolation=cv2.INTER_AREA))
    assert face.box.scaled(1 / width).iou(FACE) > 0.5
    assert face.frontality > 0.6
    assert face.score > 0.5


def test_points_lie_where_a_face_has_them(portrait):
    (face,) = find_faces(portrait)
    (right, eyes_y), (left, _), (mouth, mouth_y) = face.right_eye, face.left_eye, face.mouth
    assert right < mouth < left
    assert face.box.top < eyes_y < mouth_y < face.box.bottom
    assert face.box.covered_by(face.head) == 1


@pytest.mark.parametrize("place", [(0, 0), (900, 0), (0, 500), (880, 480)])
def test_a_small_face_in_a_large_picture(portrait, place):
    picture, (left, top) = np.full((720, 1280, 3), 110, np.uint8), place
    picture[top : top + 200, left : left + 200] = cv2.resize(portrait, (200, 200), interpolation=cv2.INTER_AREA)
    (face,) = find_faces(picture)
    assert face.box.iou(FACE.scaled(200).moved(left, top)) > 0.5


def test_several_faces_come_largest_first(portrait):
    picture = np.full((512, 800, 3), 110, np.uint8)
    picture[:, :512] = portrait
    picture[100:356, 540:796] = cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA)
    near, far = find_faces(picture)
    assert near.box.area > 3 * far.box.area
    assert near.box.right < far.box.left


def test_nobody_where_nobody_is():
    things = [clips.photograph(name) for name in ("coffee.png", "rocket.jpg", "china.jpg", "flower.jpg")]
    assert [find_faces(picture) for picture in (*things, *clips.street(1), *clips.plain(1, 0))] == [[]] * 6


def test_a_head_at_the_edge_is_cut_to_the_picture_but_not_its_measure(portrait):
    (face,) = find_faces(np.ascontiguousarray(portrait[70:]))
    assert face.head.top == 0
    assert head_box(face.box).top < 0


def test_a_blink_is_told_from_open_eyes(shared_data):
    """She blinks at 5.5 s and at 8 s; at the other times she looks into the camera."""
    closed, opened = (_openness(shared_data, seconds) for seconds in (("5.5", "8"), ("3.5", "7.5")))
    assert max(closed) < 0.8 * min(opened)


def _openness(shared_data, seconds) -> list[float]:
    times = [MediaTime.from_seconds(second) for second in seconds]
    frames = decode.frames_at(shared_data / "videos" / "red_dress_portrait.mp4", times)
    return [float(np.mean(eye_openness(frame.image, find_faces(frame.image)[0]))) for frame in frames]
