from dataclasses import replace

from inference.media.geometry import Box
from training.corpora.layout_annotations.importers.known import Kind, Known, KnownBox, by_picture


def test_pictures_are_found_by_path_or_by_a_file_name_of_their_own():
    known = [Known(name, ()) for name in ("train/1.png", "train/2.png", "test/2.png", "a/3.png", "gone.png")]
    names = ["train/original/1.png", "train/2.png", "2.png", "x/3.png", "y/3.png"]
    found = {name: each.name for name, each in by_picture(names, known).items()}
    assert found == {"train/original/1.png": "train/1.png", "train/2.png": "train/2.png"}


def test_the_digest_tells_other_boxes_from_the_same():
    known = Known("a.png", (KnownBox(Kind.TEXT, Box(1, 2, 3, 4)),))
    assert known.digest == replace(known).digest
    assert known.digest != replace(known, boxes=(KnownBox(Kind.LOGO, Box(1, 2, 3, 4)),)).digest
