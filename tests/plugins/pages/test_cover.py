"""Everything known of one cover."""

import json

from data_contracts.catalog import COVERS
from inference.covers.features import FEATURES
from plugins.pages.cover import open_cover
from tests.plugins.pages import sample

COVER = sample.digest("cover", 0, 2, 1)


def test_there_is_no_unknown_cover(filled):
    assert open_cover(filled, "0" * 16) is None
    assert open_cover(filled, "' OR true") is None


def test_a_cover_knows_its_rivals_and_its_predecessors(filled):
    cover = open_cover(filled, COVER)
    assert [other["rank"] for other in cover.candidates] == [0, 1, 2, 3]
    assert {other["generation"] for other in cover.candidates} == {2}
    assert [{other["generation"] for other in others} for others in cover.other_sets] == [{1}]
    assert not cover.superseded
    assert open_cover(filled, sample.digest("cover", 0, 1, 0)).superseded


def test_boxes_are_told_by_corner_and_size(filled):
    square = next(picture for picture in open_cover(filled, COVER).pictures if picture.ratio == "1:1")
    assert ("product", 162, 118.8, 216, 216) in [(kind, *(round(x, 1) for x in box)) for kind, *box in square.boxes]
    assert [kind for kind, *_ in square.boxes] == ["text", "text", "face", "product"]


def test_names_are_those_of_video_and_product_in_the_titles_language(filled):
    cover = open_cover(filled, COVER)
    assert (cover.video, cover.product) == ("travel_backpack.mp4", "城市轻行双肩包 20L")


def test_features_come_in_their_own_order_with_units_and_unknown_ones_last(lake, covers):
    features = [{"name": "halo", "value": 1.0}, *reversed(covers[0]["features"])]
    lake.write(COVERS, [{**covers[0], "features": features}], run="test")
    told = open_cover(lake, covers[0]["cover_id"]).features
    assert [item["name"] for item in told] == [*(feature.name for feature in FEATURES), "halo"]
    assert (told[0]["unit"], told[-1]["unit"]) == (FEATURES[0].unit, "")


def test_a_record_without_boxes_or_pictures_outlines_nothing(lake, covers):
    for number, pictures in enumerate(({}, {"3:4": {}}, {"3:4": {"text_boxes": [], "product_box": None}})):
        row = {**covers[0], "cover_id": f"{number:016x}", "record": json.dumps({"pictures": pictures})}
        lake.write(COVERS, [row], run="test")
        assert all(picture.boxes == [] for picture in open_cover(lake, row["cover_id"]).pictures)
