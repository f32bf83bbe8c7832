from datetime import UTC, datetime

from data_contracts.catalog import COVERS, PRODUCTS, TRANSCRIPTS, VIDEOS
from inference.audience.crowd import NO_TASTE, TYPICAL, Crowd
from tests import synthetic
from tests.training.corpora.content_title_pairs.test_build import SAID, VIDEO, transcript
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.sources import collect, from_products, from_screens

MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
BAG = {
    "product_id": "p025",
    "language": "zh",
    "title": " 30升登山包 ",
    "selling_points": ["网架背板"],
    "description": "走一天也不闷汗。",
    "price": 199.0,
    "currency": "CNY",
    "category": None,
    "listed_at": MONDAY,
    "videos": [],
}
TITLES = ["30升登山包", "不闷汗登山包", "自带防雨罩的登山包"]


def test_a_catalogue_title_is_paired_with_what_it_was_written_from():
    (pair,) = from_products([BAG])
    assert (pair.title, pair.content) == ("30升登山包", "网架背板\n走一天也不闷汗。\n¥199")
    assert (pair.source, pair.content_sources, pair.product_id) == ("catalogue", ("catalogue",), "p025")
    assert pair.seen_at == MONDAY


def test_a_headline_is_paired_with_what_is_said():
    video = {"video_id": VIDEO, "product_id": "p025", "ingested_at": MONDAY}
    (pair,) = from_screens([transcript(["30升登山包", "点击购买"], SAID)], [video])
    assert (pair.title, pair.content) == ("30升登山包", SAID)
    assert (pair.source, pair.content_sources) == ("screen_text", ("transcript",))
    assert (pair.video_id, pair.product_id, pair.seen_at) == (VIDEO, "p025", MONDAY)
    assert list(from_screens([transcript([], SAID), transcript(["30升登山包"], "")])) == []


def show_covers(lake, crowd: Crowd, impressions: int) -> None:
    """Two videos are shown to a crowd, each with a cover for each title; the second title's shows the bag large."""
    covers = synthetic.covers(2, per_video=3)
    for number, cover in enumerate(covers):
        size = TYPICAL["product_area"][0] + 2 * TYPICAL["product_area"][1] * (number % 3 == 1)
        features = [{"name": name, "value": mean} for name, (mean, _) in TYPICAL.items() if name != "product_area"]
        features.append({"name": "product_area", "value": size})
        cover |= {"title": TITLES[number % 3], "product_id": "p025", "features": features}
    names = {cover["video_id"]: f"{cover['video_id']}.mp4" for cover in covers}
    lake.write(COVERS, covers, "test")
    lake.write(VIDEOS, [video(video_id, name) for video_id, name in names.items()], "test")
    lake.write(
        TRANSCRIPTS, [transcript(["30升登山包"], SAID, video_id) | {"language": "zh"} for video_id in names], "test"
    )
    lake.write(PRODUCTS, [{key: value for key, value in BAG.items() if key != "listed_at"}], "test")
    synthetic.show(lake, crowd, impressions)


def video(video_id: str, name: str) -> dict:
    return {
        "video_id": video_id,
        "name": name,
        "uri": f"/landing/{name}",
        "fingerprint": "1",
        "sha256": video_id * 4,
        "size_bytes": 1,
        "duration_s": 9.0,
        "width": 720,
        "height": 1280,
        "rotation_deg": 0,
        "fps": 30.0,
        "variable_fps": False,
        "has_audio": True,
        "product_id": "p025",
        "product_match": "content",
    }


def test_a_title_that_won_is_a_pair_with_those_it_beat(lake):
    show_covers(lake, Crowd(3), 12_000)
    found = collect(lake)
    published = [pair for pair in found.pairs if pair.source == "published"]
    refused = [(pair, drop) for pair, drop in found.dropped if pair.source == "published"]

    assert published
    assert len(published) + len(refused) == 2
    for pair in published:
        assert pair.title == pair.shown.title == TITLES[1]
        assert {pair.title, *(each.title for each in pair.rejected)} == set(TITLES)
        assert all(each.click_rate < pair.shown.click_rate for each in pair.rejected)
        assert pair.content_sources == ("catalogue", "transcript", "screen_text")
        assert "不闷汗" in pair.content
        assert pair.simulated
        assert pair.seen_at.tzinfo
        assert pair.product_id == "p025"
    kept = [row for row in build(found.pairs, found.dropped).rows if row["source"] == "published"]
    assert [(row["title"], len(row["rejected"])) for row in kept] == [(TITLES[1], 2)] * len(kept)
    assert kept


def test_titles_that_nobody_prefers_give_no_pair_but_the_reason(lake):
    show_covers(lake, Crowd(3, NO_TASTE), 3000)
    found = collect(lake)
    assert [pair.source for pair in found.pairs if pair.source == "published"] == []
    assert {drop.rule for _, drop in found.dropped} == {"no_winner"}
    assert all("against" in drop.detail for _, drop in found.dropped)


def test_a_lake_with_nothing_gives_nothing(lake):
    assert collect(lake).pairs == []
