"""Moving covers, whole and in parts, from lakes old and new."""

import lance
import pytest

from data_contracts.catalog import COVERS
from data_contracts.contract import load
from plugins.pages import moving
from plugins.pages.cover import open_cover
from plugins.pages.gallery import open_gallery
from tests.plugins.pages import sample

COVER = sample.digest("cover", 0, 2, 0)
FILES = {file["format"]: file for file in sample.moving_rows()}
ADDRESS = f"moving/{FILES['mp4']['sha256']}.mp4"
CLIP = sample.moving()["mp4"]


@pytest.mark.parametrize(("form", "kind", "lead"), [("mp4", "video/mp4", b"ftyp"), ("webp", "image/webp", b"WEBP")])
def test_a_whole_one_is_sent_as_what_it_is(as_role, filled, form, kind, lead):
    browser = as_role("viewer")
    answer = browser.get(f"moving/{FILES[form]['sha256']}.{form}")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["accept-ranges"]) == (200, kind, "bytes")
    assert answer.content == sample.moving()[form]
    assert lead in answer.content[:12]
    again = browser.get(f"moving/{FILES[form]['sha256']}.{form}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(CLIP) - 1),
        ("bytes=-50", len(CLIP) - 50, len(CLIP) - 1),
        ("bytes=7-7", 7, 7),
        (f"bytes=0-{10**12}", 0, len(CLIP) - 1),
        (f"bytes=-{10**12}", 0, len(CLIP) - 1),
    ],
)
def test_a_part_is_sent_that_a_player_asks_for(as_role, filled, asked, first, last):
    answer = as_role("viewer").get(ADDRESS, headers={"range": asked})
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CLIP)}"
    assert answer.content == CLIP[first : last + 1]


@pytest.mark.parametrize("asked", [f"bytes={len(CLIP)}-", "bytes=9-8", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(as_role, filled, asked):
    answer = as_role("viewer").get(ADDRESS, headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(CLIP)}")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,4-5", "pages=1-2", "bytes=a-b"])
def test_a_range_that_makes_no_sense_is_answered_with_the_whole(as_role, filled, asked):
    answer = as_role("viewer").get(ADDRESS, headers={"range": asked})
    assert (answer.status_code, len(answer.content)) == (200, len(CLIP))


def test_a_digest_is_sent_in_its_own_format_only(filled):
    assert moving.is_moving_cover(filled, FILES["mp4"]["sha256"], "mp4")
    assert not moving.is_moving_cover(filled, FILES["mp4"]["sha256"], "webp")


def test_covers_of_an_older_contract_are_shown_as_they_are(lake, covers):
    """A lake of before moving covers lacks their columns until the next cover is written."""
    added = ("webp_images", "moving")
    contract = load(COVERS)
    rows = [{name: value for name, value in cover.items() if name not in added} for cover in covers[:4]]
    table, refused = contract.check(rows)
    assert refused == []
    lance.write_dataset(table.drop_columns(list(added)), lake.dataset_uri(COVERS))

    old = covers[0]["cover_id"]
    assert open_gallery(lake).moving == {}
    assert not moving.is_moving_cover(lake, FILES["mp4"]["sha256"], "mp4")
    assert (open_cover(lake, old).moving, open_cover(lake, old).pictures[0].webp) == ({}, "")

    (new,) = (cover for cover in covers if cover["cover_id"] == COVER)
    lake.write(COVERS, [new], run="test")
    assert set(open_gallery(lake).moving) == {COVER}
    assert moving.is_moving_cover(lake, FILES["mp4"]["sha256"], "mp4")
    assert (open_cover(lake, old).moving, set(open_cover(lake, COVER).moving)) == ({}, {"mp4", "webp"})


def test_an_empty_lake_has_none(lake):
    assert not moving.is_moving_cover(lake, "0" * 64, "mp4")
    assert moving.moving_covers(lake, ["0" * 16]) == {}
