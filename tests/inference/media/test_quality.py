"""Measures that rise and fall with what they name, and with nothing else."""

from itertools import pairwise

import cv2
import numpy as np
import pytest

from inference.media import quality
from inference.media.quality import measure
from tests import clips


@pytest.fixture(scope="module")
def photo():
    """A cat, 320 pixels wide."""
    return clips.photograph("chelsea.png")


def lit(picture, factor: float) -> np.ndarray:
    return np.clip(picture * factor, 0, 255).astype(np.uint8)


def as_jpeg(picture, jpeg_quality: int) -> np.ndarray:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def test_light_and_contrast(photo):
    whole, half = measure(photo), measure(lit(photo, 0.5))
    assert half.brightness == pytest.approx(whole.brightness / 2, rel=0.02)
    assert half.contrast == pytest.approx(whole.contrast / 2, rel=0.02)
    assert half.highlight == pytest.approx(whole.highlight / 2, rel=0.02)


@pytest.mark.parametrize(("level", "white"), [(0, 0.0), (128, 0.0), (255, 1.0)])
def test_one_tone(level, white):
    measured = measure(clips.plain(1, level)[0])
    assert (measured.brightness, measured.contrast, measured.white_share) == (level, 0, white)
    assert measured.sharpness == quality.NO_EDGES
    assert measured.colourfulness == 0


def test_sharpness_falls_with_each_step_of_blur(photo):
    blurs = [measure(clips.blurred([photo], sigma)[0]).sharpness for sigma in (0.5, 1, 2, 4)]
    assert measure(photo).sharpness > blurs[0]
    assert all(sharper > softer + 0.1 for sharper, softer in pairwise(blurs))


def test_sharpness_does_not_depend_on_light(photo):
    assert measure(lit(photo, 0.6)).sharpness == pytest.approx(measure(photo).sharpness, abs=0.15)


def test_colourfulness(photo):
    grey = cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    vivid = cv2.cvtColor(photo, cv2.COLOR_RGB2HSV)
    vivid[:, :, 1] = cv2.multiply(vivid[:, :, 1], 1.5)
    assert measure(grey).colourfulness == pytest.approx(0, abs=0.01)
    assert measure(cv2.cvtColor(vivid, cv2.COLOR_HSV2RGB)).colourfulness > 1.2 * measure(photo).colourfulness


def test_composition_prefers_what_is_inside():
    inside, outside = (np.full((180, 320, 3), 90, np.uint8) for _ in range(2))
    cv2.circle(inside, (160, 90), 30, (250, 60, 60), -1)
    cv2.circle(outside, (5, 90), 30, (250, 60, 60), -1)
    assert measure(inside).composition > 0.9
    assert measure(outside).composition < 0.2


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_blocks_are_seen_at_the_scale_of_the_source(photo, scale):
    large = cv2.resize(photo, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_CUBIC)
    broken = cv2.resize(as_jpeg(large, 2), photo.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert measure(broken, scale).blockiness > 2 * measure(photo, scale).blockiness
    assert measure(as_jpeg(photo, 90), scale).blockiness < 1.5


def thumbnails(pictures) -> list[np.ndarray]:
    return [quality.thumbnail(picture) for picture in pictures]


def test_what_stands_still_and_what_moves():
    still = thumbnails([next(clips.street(1))] * 3)
    moving = thumbnails(list(clips.street(41))[::20])
    assert quality.stillness(still, 1) == 1
    assert quality.stillness(moving, 1) < 0.8
    assert quality.stillness(still[:1], 0) == 1


def test_a_mixture_is_told_from_its_parts(photo):
    street = clips.street(1, photo.shape[1], photo.shape[0])
    parts = [photo, photo, cv2.addWeighted(photo, 0.5, next(street), 0.5, 0)]
    after = list(clips.street(2, photo.shape[1], photo.shape[0]))
    small = thumbnails([*parts, *after])
    assert quality.fade(small, 2) > 0.8
    assert max(quality.fade(small, at) for at in (0, 1, 3, 4)) == 0


def test_light_that_changes_and_things_that_move_are_no_mixture(photo):
    darker = thumbnails([lit(photo, factor) for factor in (1, 0.9, 0.8, 0.7, 0.6)])
    moving = thumbnails(list(clips.street(81))[::20])
    assert quality.fade(darker, 2) == 0
    assert quality.fade(moving, 2) < 0.3
