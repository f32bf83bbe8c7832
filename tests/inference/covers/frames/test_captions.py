"""Text laid over a picture is told from print on things, and text that passes from text that stays."""

import cv2
import numpy as np
import pytest

from inference.covers.frames import captions
from inference.media.geometry import Box
from inference.models.ocr import TextLine
from tests import clips

PICTURE = Box(0, 0, 640, 360)


@pytest.mark.parametrize(
    ("box", "caption", "printed"),
    [
        (Box(100, 310, 500, 340), True, False),
        (Box(20, 40, 50, 300), True, False),
        (Box(100, 100, 500, 200), False, True),
        (Box(10, 10, 600, 350), False, False),
    ],
    ids=["subtitle", "column", "shirt", "pattern"],
)
def test_thin_text_is_a_caption_and_larger_text_is_print(box, caption, printed):
    assert captions.is_caption(box, PICTURE) is caption
    assert captions.is_print(box, PICTURE) is printed


def write(picture: np.ndarray, text: str, left: int, top: int) -> np.ndarray:
    return cv2.putText(picture.copy(), text, (left, top), cv2.FONT_HERSHEY_DUPLEX, 0.8, (255, 255, 255), 2)


def test_a_logo_stays_and_subtitles_pass():
    logo, subtitle = Box(20, 10, 130, 45), Box(60, 140, 290, 172)
    said = ["first we mix", "", "and bake it", "", "", "enjoy it all"]
    streets = [next(clips.street(1, seed=seed)) for seed in range(len(said))]
    frames = [write(write(street, "LOGO", 24, 38), text, 64, 164) for street, text in zip(streets, said, strict=True)]
    found = [[logo, subtitle] if text else [logo] for text in said]
    assert captions.passing(found, frames) == [[subtitle] if text else [] for text in said]


def test_a_subtitle_that_never_leaves_cannot_be_avoided():
    frames = [write(picture, "for sale", 64, 164) for picture in clips.street(5)]
    box = Box(60, 140, 220, 172)
    assert captions.passing([[box]] * 5, frames) == [[]] * 5


def test_covered_share():
    assert captions.covered_share([], PICTURE) == 0
    assert captions.covered_share([Box(0, 0, 64, 36), Box(0, 0, 64, 36)], PICTURE) == pytest.approx(0.02)
    assert captions.covered_share([PICTURE, PICTURE], PICTURE) == 1


@pytest.mark.parametrize(("score", "legible"), [(0.95, True), (0.6, False)])
def test_captions_are_made_to_be_read(score, legible):
    assert captions.is_legible(TextLine("subtitle", PICTURE, score)) is legible
