import random
from dataclasses import replace

import pytest

from data_contracts.catalog import CONTENT_TITLE_PAIRS, PRODUCTS, QUARANTINE, TRANSCRIPTS, VIDEOS
from data_contracts.contract import load
from data_contracts.errors import NothingToDo
from data_contracts.settings import REPOSITORY
from inference.media.catalogue import read_products
from training.corpora.content_title_pairs import steps
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.pair import Drop, Shown
from training.corpora.content_title_pairs.sources import from_products, from_screens

SAMPLE = REPOSITORY / "infra" / "samples" / "products.csv"
VIDEO = "0123456789abcdef"
SAID = "这款登山包有30升容量，后背用网架撑开，走一天也不闷汗，下雨还有自带的防雨罩。"


@pytest.fixture(scope="module")
def products():
    return read_products(str(SAMPLE))


@pytest.fixture(scope="module")
def pairs(products):
    return list(from_products(products))


def transcript(screen_text: list[str], text: str, video_id: str = VIDEO) -> dict:
    return {
        "video_id": video_id,
        "source": "script",
        "language": None,
        "language_probability": None,
        "text": text,
        "words": [],
        "speech_s": 0.0,
        "screen_text": screen_text,
        "models": "",
    }


def test_the_sample_catalogue_gives_pairs_that_fit_the_contract(pairs):
    built = build(pairs)
    rows, refused = load(CONTENT_TITLE_PAIRS).check(built.rows)
    assert not refused
    assert rows.num_rows + len(built.dropped) == len(pairs)
    assert built.counts["kept"] >= 0.85 * len(pairs)
    assert 0.1 < built.counts["held_out"] / built.counts["kept"] < 0.3


def test_order_and_repetition_change_nothing(pairs):
    shuffled = [*pairs, *pairs[:20]]
    random.Random(0).shuffle(shuffled)
    assert build(shuffled).rows == build(pairs).rows
    assert len(build(shuffled).dropped) == len(build(pairs).dropped) + 20


def test_no_group_and_no_product_is_on_both_sides_of_the_split(products, pairs):
    green = [
        {**row, "product_id": f"{row['product_id']}-green", "description": f"Also in green. {row['description'] or ''}"}
        for row in products
    ]
    rows = build([*pairs, *from_products(green)]).rows
    for column in ("group", "product_id"):
        train, held_out = ({row[column] for row in rows if row["split"] == split} for split in ("train", "held_out"))
        assert not train & held_out


def test_of_equal_pairs_the_one_that_people_clicked_is_kept_and_a_models_comes_last(pairs):
    good = next(pair for pair in pairs if build([pair]).rows)
    clicked = Shown(good.title, 900, 40, 0.04)
    sources = [replace(good, source=source) for source in ("synthetic", "catalogue")]
    (row,) = build(sources).rows
    assert row["source"] == "catalogue"
    published = replace(good, source="published", shown=clicked)
    (row,) = build([*sources, replace(published, simulated=True)]).rows
    assert (row["source"], row["shown"]["clicks"], row["simulated"]) == ("published", 40, True)
    (row,) = build([replace(published, simulated=True), published]).rows
    assert not row["simulated"]


def test_what_a_source_refused_is_told_with_the_rest(pairs):
    refused = (pairs[0], Drop("no_winner", "no title is clicked surely more"))
    assert build([], [refused]).dropped == [refused]
    assert build([], [refused]).counts["dropped"] == {"no_winner": 1}


def test_a_headline_that_is_being_said_is_a_subtitle():
    subtitle = build(from_screens([transcript(["走一天也不闷汗"], SAID)]))
    assert subtitle.counts["dropped"] == {"subtitle": 1}
    assert build(from_screens([transcript(["30升登山包", "点击购买"], SAID)])).counts["kept"] == 1


def test_building_twice_writes_once_and_keeps_every_drop(lake, products):
    lake.write(PRODUCTS, products, "r1")
    lake.write(
        TRANSCRIPTS, [transcript(["50升登山包"], "这款登山包有30升容量，后背用网架撑开，走一天也不闷汗。")], "r1"
    )
    first = steps.build_pairs("run 1")
    rows, dropped = lake.read(CONTENT_TITLE_PAIRS), lake.read(QUARANTINE)

    assert first["kept"] == rows.num_rows
    assert sum(first["dropped"].values()) == dropped.num_rows
    refused = [row for row in dropped.to_pylist() if "50升" in row["row"]]
    assert [row["rule"] for row in refused] == ["unsupported"]

    assert steps.build_pairs("run 2") == first
    assert lake.read(QUARANTINE).num_rows == dropped.num_rows


def test_news_of_media_is_news_even_without_a_new_pair(lake, products):
    lake.write(PRODUCTS, products, "r1")
    first = steps.build_pairs("run 1")
    lake.write(TRANSCRIPTS, [transcript([], "嗯。")], "r2")
    second = steps.build_pairs("run 2")

    assert second["version"] == first["version"]
    assert second["read"] == first["read"] | {"transcripts": lake.version(TRANSCRIPTS)}
    assert second != first


def test_nothing_to_build_from_is_said(lake):
    with pytest.raises(NothingToDo, match="ingest_media"):
        steps.build_pairs("run")
    assert lake.version(VIDEOS) == 0
