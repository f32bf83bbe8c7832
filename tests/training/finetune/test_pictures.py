import os
import zlib

import numpy as np
import pytest
from PIL import Image

from inference.models.pixel_limits import PixelLimits
from training.finetune.pictures import read_picture
from training.finetune.task import BadExample

LIMITS = PixelLimits(28 * 28, 28 * 28 * 50)
UPRIGHT_FROM_LEFT = 6
"""The EXIF orientation of a camera turned to its left."""


def entries(own_home) -> list:
    return [file for file in (own_home / "cache" / "pictures").rglob("*") if file.is_file()]


@pytest.fixture
def poster(tmp_path):
    """Red above blue, as a camera writes that was held on its side."""
    pixels = np.zeros((560, 280, 3), np.uint8)
    pixels[:280], pixels[280:] = (200, 20, 20), (20, 20, 200)
    exif = Image.Exif()
    exif[0x0112] = UPRIGHT_FROM_LEFT
    Image.fromarray(np.rot90(pixels)).save(tmp_path / "poster.png", exif=exif)
    return tmp_path / "poster.png"


def test_a_picture_stands_upright_in_the_size_of_the_limits(poster):
    fitted = read_picture(poster, LIMITS)
    assert fitted.shape == (280, 140, 3)
    assert fitted.dtype == np.uint8
    assert fitted[70, 70].tolist() == [200, 20, 20]
    assert fitted[210, 70].tolist() == [20, 20, 200]


def test_a_picture_is_decoded_once_whatever_the_file_is_called(poster, own_home):
    first = read_picture(poster, LIMITS)
    (entry,) = entries(own_home)
    np.save(entry, np.full_like(first, 9))  # what lies in the cache is what is read
    copy = poster.with_name("copy.jpg")
    copy.write_bytes(poster.read_bytes())
    assert (read_picture(copy, LIMITS) == 9).all()
    assert read_picture(poster, PixelLimits(28 * 28, 28 * 28 * 8)).shape == (112, 56, 3)
    assert len(entries(own_home)) == 2


@pytest.mark.parametrize("left", [0, 40, -1])
def test_half_an_entry_is_made_anew(poster, own_home, left):
    first = read_picture(poster, LIMITS)
    (entry,) = entries(own_home)
    os.truncate(entry, left if left >= 0 else entry.stat().st_size - 1)
    assert (read_picture(poster, LIMITS) == first).all()
    assert (np.load(entry) == first).all()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has 40,000 × 40,000 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (40_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda file: file.write_bytes(b""), "the file is empty"),
        (lambda file: os.truncate(file, file.stat().st_size // 2), "cut off or damaged"),
        (lambda file: file.write_bytes(b"<svg onload=alert(1)>"), "not a picture of a kind that is read"),
        (lambda file: file.write_bytes(bomb()), "more .*than the limit"),
        (lambda file: file.unlink(), "it is not there"),
        (lambda file: Image.new("RGB", (1, 900)).save(file), "times as long as wide"),
    ],
    ids=["empty", "cut off", "no picture", "bomb", "missing", "sliver"],
)
def test_a_file_that_cannot_be_used_is_a_bad_example_and_leaves_nothing(poster, own_home, damage, reason):
    damage(poster)
    with pytest.raises(BadExample, match=f"its picture poster.png cannot be used: .*{reason}"):
        read_picture(poster, LIMITS)
    assert not entries(own_home)


def test_files_larger_than_the_setting_are_not_opened(poster, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MAX_PICTURE_BYTES", "100")
    with pytest.raises(BadExample, match="bytes, more than the limit of 100"):
        read_picture(poster, LIMITS)
