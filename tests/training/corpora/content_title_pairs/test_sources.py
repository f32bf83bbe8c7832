from datetime import UTC, datetime

from tests.training.corpora.content_title_pairs.test_build import SAID, VIDEO, transcript
from training.corpora.content_title_pairs.sources import from_products, from_screens

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
}


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
