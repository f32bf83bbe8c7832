"""What a photo shows is found in its own pixels, whatever its size."""

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from data_contracts.errors import BadMedia
from inference.covers.poster.photo import look


def grab(shared_data, name: str, seconds: float) -> np.ndarray:
    with av.open(str(shared_data / "videos" / f"{name}.mp4")) as container:
        return next(f for f in container.decode(video=0) if f.time >= seconds).to_ndarray(format="rgb24")


def test_a_face_and_a_product_are_found_at_any_size(shared_data, tmp_path):
    image = grab(shared_data, "red_dress_portrait", 6)
    large = cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    for name, each in (("small.png", image), ("large.png", large)):
        Image.fromarray(each).save(tmp_path / name)
    small, large = look(tmp_path / "small.png"), look(tmp_path / "large.png")
    assert len(small.faces) == len(large.faces) == 1
    assert large.faces[0].box.iou(small.faces[0].box.scaled(4)) > 0.7
    assert large.product.iou(small.product.scaled(4)) > 0.7


def test_captions_are_found_and_large_photos_reduced(shared_data, tmp_path):
    image = grab(shared_data, "two_speakers_portrait_subtitled_zh", 5)
    scale = 5000 / image.shape[0]
    Image.fromarray(cv2.resize(image, None, fx=scale, fy=scale)).save(tmp_path / "photo.jpg")
    choice = look(tmp_path / "photo.jpg")
    assert choice.frame.height == 4096
    assert any(line.box.centre[1] > 0.7 * 4096 for line in choice.texts)


@pytest.mark.parametrize("cut", [0, 10, 400])
def test_a_truncated_photo_is_refused(tmp_path, cut):
    whole = tmp_path / "whole.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)).save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:cut])
    with pytest.raises(BadMedia):
        look(tmp_path / "cut.jpg")


def test_a_thumbnail_is_refused(tmp_path):
    Image.new("RGB", (40, 400)).save(tmp_path / "tiny.png")
    with pytest.raises(BadMedia, match="40 × 400 pixels"):
        look(tmp_path / "tiny.png")
