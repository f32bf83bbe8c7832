"""Which blobs are pictures of covers."""

import io

from PIL import Image

from data_contracts.catalog import COVERS
from plugins.pages import blobs
from tests.plugins.pages import sample


def test_an_empty_lake_has_no_pictures(lake):
    assert not blobs.is_cover_picture(lake, "0" * 64)


def test_every_picture_of_every_cover_and_nothing_else(filled, covers):
    assert all(blobs.is_cover_picture(filled, image["sha256"]) for cover in covers for image in cover["images"])
    for other in ("", "0" * 64, sample.digest("video", 0, length=64), covers[0]["images"][0]["sha256"][:16]):
        assert not blobs.is_cover_picture(filled, other)


def test_a_new_cover_can_be_seen_at_once(lake, covers):
    for cover in covers[:2]:
        assert not blobs.is_cover_picture(lake, cover["images"][0]["sha256"])
        lake.write(COVERS, [cover], run="test")
        assert blobs.is_cover_picture(lake, cover["images"][0]["sha256"])


def test_a_preview_is_small_and_keeps_its_shape(covers):
    for ratio, (width, height) in sample.SIZES.items():
        small = Image.open(io.BytesIO(blobs.shrink(sample.picture(covers[0], ratio))))
        assert small.width == blobs.PREVIEW_WIDTH
        assert abs(small.height / small.width - height / width) < 0.01


def test_a_picture_that_is_small_already_is_not_blown_up():
    tiny = io.BytesIO()
    Image.new("RGB", (90, 120)).save(tiny, "JPEG")
    assert Image.open(io.BytesIO(blobs.shrink(tiny.getvalue()))).size == (90, 120)
