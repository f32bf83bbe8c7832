"""Photos: what the table says of each is seen in it."""

import numpy as np
import pytest
from PIL import Image

from inference.media.geometry import Box
from inference.models.faces import find_faces
from inference.models.ocr import TextLine, read_text
from training.corpora.layout_annotations.posters.photos import Photo, cut, read_folder


def test_every_packaged_photo_says_what_it_shows(photos):
    assert len(photos) >= 7
    for photo in photos:
        height, width = photo.pixels.shape[:2]
        boxes = [box for box in (photo.subject, *photo.faces) if box]
        assert boxes
        assert all(box.covered_by(Box(0, 0, width, height)) > 0.99 for box in boxes)


def test_faces_are_where_a_face_finder_sees_them(photos):
    for photo in photos:
        for face in photo.faces:
            assert max(found.box.iou(face) for found in find_faces(photo.pixels)) > 0.4, photo.name


def is_print(line: TextLine) -> bool:
    """Whether words were read: a cup's rim may pass for an 8, and the stars of a flag for asterisks."""
    return line.score > 0.8 and sum(character.isalnum() for character in line.text) > 1


def test_no_packaged_photo_holds_print_that_truth_would_miss(photos):
    for photo in photos:
        assert [line.text for line in read_text(photo.pixels) if is_print(line)] == [], photo.name


def test_a_cut_fills_its_size_and_carries_the_boxes():
    pixels = np.zeros((400, 600, 3), np.uint8)
    pixels[100:200, 300:400] = 255
    photo = Photo("square", pixels, subject=Box(300, 100, 400, 200))
    shown = cut(photo, 500, 900, 0.5, 0.25, zoom=1.0)
    assert shown.pixels.shape == (900, 500, 3)
    bright = np.argwhere(shown.pixels[:, :, 0] > 128)
    top, left = bright.min(axis=0)
    bottom, right = bright.max(axis=0) + 1
    assert [left, top, right, bottom] == pytest.approx(shown.subject.as_list(), abs=2)
    assert (left + right) / 2 == pytest.approx(250, abs=3)


def test_a_subject_out_of_sight_is_not_listed():
    photo = Photo(
        "corner", np.zeros((400, 1200, 3), np.uint8), faces=(Box(0, 0, 90, 90),), subject=Box(900, 100, 1100, 300)
    )
    assert cut(photo, 400, 400, 0.5, 0.5, zoom=1.0).faces == ()


def test_a_folder_gives_its_photos_by_name_and_an_empty_one_an_error(tmp_path):
    with pytest.raises(ValueError, match="holds no photo"):
        read_folder(tmp_path)
    for name in ("b.png", "a.jpg"):
        Image.new("RGB", (40, 30), "red").save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a photo")
    found = read_folder(tmp_path)
    assert [photo.name for photo in found] == ["a.jpg", "b.png"]
    assert found[0].pixels.shape == (30, 40, 3)
