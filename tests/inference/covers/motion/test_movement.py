"""A camera's shift is found to a fraction of a pixel, a thing is followed where it goes."""

import cv2
import numpy as np
import pytest

from inference.covers.motion.movement import SHIFT_WIDTH, follow, measure_shake, measure_shifts
from inference.media.geometry import Box
from tests.clips import photograph


def shifted(picture: np.ndarray, x: float, y: float) -> np.ndarray:
    to = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return cv2.warpAffine(picture, to, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return cv2.cvtColor(photograph("china.jpg", 320), cv2.COLOR_RGB2GRAY)


def test_a_shift_is_measured_to_a_tenth_of_a_pixel(picture):
    shifts = measure_shifts([shifted(picture, x, y) for x, y in ((0, 0), (3, -2), (3.5, -2))])
    pixels = shifts * (SHIFT_WIDTH, round(picture.shape[0] * SHIFT_WIDTH / 320))
    assert pixels[0] == pytest.approx([0, 0])
    assert pixels[1] == pytest.approx([1.5, -1], abs=0.15)
    assert pixels[2] == pytest.approx([0.25, 0], abs=0.15)


def test_a_steady_pan_is_no_shake_a_trembling_one_is(picture):
    steady = measure_shake(measure_shifts([shifted(picture, 2 * n, 0) for n in range(8)]))
    trembling = measure_shake(measure_shifts([shifted(picture, 2 * n + 3 * (-1) ** n, 0) for n in range(8)]))
    assert steady[2:].max() < 0.002
    assert trembling[2:].min() > 5 * steady[2:].max()


def test_what_cannot_be_compared_does_not_shake():
    noise = np.random.default_rng(0).integers(0, 256, (3, 90, 160), np.uint8)
    assert not measure_shifts(list(noise)).any()


def test_a_box_is_followed_forwards_and_back(picture):
    ground = np.full((240, 400), 128, np.uint8)
    places = [(20 + 6 * n, 30 + 3 * n) for n in range(21)]
    frames = []
    for x, y in places:
        frame = ground.copy()
        frame[y : y + 90, x : x + 120] = picture[40:130, 60:180]
        frames.append(frame)
    still = Box(places[10][0], places[10][1], places[10][0] + 120, places[10][1] + 90)
    followed = follow(still, frames, 10, every=5)
    assert sorted(followed) == [0, 5, 10, 15, 20]
    for number, box in followed.items():
        assert (box.left, box.top) == pytest.approx(places[number], abs=2)


def test_what_has_no_corner_is_taken_to_stay():
    frames = [np.full((90, 160), level, np.uint8) for level in (100, 110, 120)]
    assert set(follow(Box(20, 20, 60, 60), frames, 1, every=1).values()) == {Box(20, 20, 60, 60)}
