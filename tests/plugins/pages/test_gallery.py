"""Which cover stands for a video, and what is found in which order."""

import pytest

from data_contracts.catalog import COVERS, PRODUCTS, VIDEOS
from plugins.pages import gallery
from plugins.pages.gallery import open_gallery
from plugins.pages.reviews import write_review
from tests.plugins.pages import sample

BACKPACK, BOTTLE, HOSTILE = (sample.digest("cover", video, 2, 0) for video in range(3))


def shown(lake, *question) -> list[str]:
    return [card.cover_id for card in open_gallery(lake, *question).cards]


def test_the_chosen_cover_of_the_newest_generation_stands_for_its_video(filled):
    assert sorted(shown(filled)) == sorted([BACKPACK, BOTTLE, HOSTILE])
    assert {card.candidates for card in open_gallery(filled).cards} == {4}


def test_of_one_generation_the_cover_written_last_is_the_newest(filled, covers):
    again = {**covers[12], "cover_id": "f" * 16, "inputs_key": "f" * 64}
    filled.write(COVERS, [again], run="test")
    first = open_gallery(filled).cards[0]
    assert (first.cover_id, first.candidates) == ("f" * 16, 1)


def test_a_new_cover_or_name_is_seen_at_once(lake, covers):
    assert shown(lake) == []
    lake.write(COVERS, covers[:4], run="test")
    assert open_gallery(lake).cards[0].video == covers[0]["video_id"]
    lake.write(VIDEOS, [sample.video_row(0)], run="test")
    assert open_gallery(lake).cards[0].video == sample.VIDEO_NAMES[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("双肩包", [BACKPACK]),  # a title
        ("BACKPACK light", [BACKPACK]),  # a product in another language, all words, any case
        ("水杯", [BOTTLE]),  # a category
        ("开箱", [BOTTLE]),  # a video's name
        ("P2", [HOSTILE]),  # a product's id
        ("<script>", [HOSTILE]),
        ("双肩包 水杯", []),
    ],
)
def test_text_is_looked_for_in_title_video_and_product(filled, text, found):
    assert shown(filled, text) == found


def test_orders(filled):
    assert shown(filled, "", "newest") == [HOSTILE, BOTTLE, BACKPACK]
    assert shown(filled, "", "name") == [HOSTILE, BACKPACK, BOTTLE]


def test_most_clicked_means_most_surely_clicked(lake, covers):
    chosen = [cover for cover in covers if cover["generation"] == 2 and cover["chosen"]]
    lake.write(COVERS, chosen, run="test")
    rows = sample.outcome_rows(chosen)
    once = [{**rows[0], "impression_id": "once", "cover_id": HOSTILE, "clicked": True}]
    often = [{**row, "clicked": view % 3 > 0} for view, row in enumerate(rows) if row["cover_id"] == BOTTLE]
    rarely = [row for row in rows if row["cover_id"] == BACKPACK]
    lake.write(sample.OUTCOMES, once + often + rarely, run="test")
    assert shown(lake, "", "clicks") == [BOTTLE, HOSTILE, BACKPACK]


def test_pages_hold_every_card_once(lake, covers, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE_SIZE", 2)
    lake.write(COVERS, covers, run="test")
    first, second, beyond = (open_gallery(lake, page=page) for page in (1, 2, 99))
    assert (first.page, first.pages, first.found, len(first.cards)) == (1, 2, 3, 2)
    assert len({card.cover_id for card in first.cards + second.cards}) == 3
    assert beyond == second


def test_pictures_are_those_of_the_cards(filled, covers):
    opened = open_gallery(filled)
    images = {cover["cover_id"]: cover["images"][0] for cover in covers}
    assert opened.pictures == {card.cover_id: images[card.cover_id] for card in opened.cards}


def test_which_covers_move(filled):
    assert set(open_gallery(filled).moving) == {BACKPACK, BOTTLE, HOSTILE}


def test_the_newest_review_is_shown(filled):
    for verdict in ("accept", "refuse"):
        write_review(filled, BACKPACK, verdict, "", "ada")
    assert {cover: review["verdict"] for cover, review in open_gallery(filled).reviews.items()} == {BACKPACK: "refuse"}


def broken_file(fingerprint: str) -> dict:
    return {"name": "broken.mp4", "uri": "/landing/broken.mp4", "fingerprint": fingerprint}


def test_a_refused_video_is_listed_once_until_it_is_taken_in(filled):
    refused = open_gallery(filled).refused
    assert [(file["name"], file["reason"]) for file in refused] == [
        ("no_face.mp4", "show face: no face was found"),
        (sample.HOSTILE, "no picture stream: a sound file"),
        ("broken.mp4", "the file is empty"),
    ]
    filled.quarantine(VIDEOS, [broken_file("2")], rule="bad_media", reason="still empty", run="test")
    assert [file["reason"] for file in open_gallery(filled).refused if file["name"] == "broken.mp4"] == ["still empty"]
    filled.quarantine(PRODUCTS, [{"product_id": "P9"}], rule="required", reason="title is missing", run="test")
    repaired = {**sample.video_row(1), "video_id": "a" * 16, "name": "broken.mp4", "uri": "/landing/broken.mp4"}
    filled.write(VIDEOS, [repaired], run="test")
    assert [file["name"] for file in open_gallery(filled).refused] == ["no_face.mp4", sample.HOSTILE]
    assert [file["attempts"] for file in refused] == [sample.ATTEMPTS[:1], [], []]


def test_a_video_that_got_no_cover_is_listed_until_it_has_one(lake, covers):
    lake.write(VIDEOS, [sample.video_row(0)], run="test")
    no_cover = {"video_id": covers[0]["video_id"], "name": "travel_backpack.mp4", "inputs_key": "k"}
    lake.quarantine(COVERS, [no_cover], rule="no_cover", reason="no title may be published", run="test")
    (refused,) = open_gallery(lake).refused
    assert (refused["name"], refused["reason"]) == ("travel_backpack.mp4", "no title may be published")
    lake.write(COVERS, covers[:1], run="test")
    assert open_gallery(lake).refused == []
