"""All filters in their order: what passes untouched, what is cleaned, which rule speaks first."""

import csv
from collections import Counter

import pytest

from inference.covers.titles.claims import find_unsupported
from training.corpora.content_title_pairs.filters import FILTERS, apply_filters
from training.corpora.content_title_pairs.pair import Drop, Pair

CONTENT_EN = "Keeps drinks hot for 12 hours\nLeak-proof lid\nThis steel travel flask holds 500 ml.\n$15.9"
CONTENT_ZH = "装热水12小时仍有58度\n五折到手\n这只不锈钢杯靠真空双层保温，容量500毫升，不漏水。\n¥99"


def en(title: str, content: str = CONTENT_EN) -> Pair:
    return Pair(content, title, "en", "catalogue")


def zh(title: str, content: str = CONTENT_ZH) -> Pair:
    return Pair(content, title, "zh", "catalogue")


@pytest.mark.parametrize(
    "pair",
    [
        en("12-Hour Hot Steel Travel Flask"),
        en("Leak-Proof Travel Flask, 500 ml"),
        zh("12小时保温的不锈钢杯"),
        zh("5折的500毫升不锈钢杯"),
        zh("99元不漏水的不锈钢杯"),
    ],
    ids=lambda pair: pair.title,
)
def test_a_supported_title_passes_unchanged(pair):
    assert apply_filters(pair) == pair


@pytest.mark.parametrize(
    ("pair", "rule"),
    [
        (Pair(CONTENT_EN, "Une gourde de voyage", "fr", "catalogue"), "language"),
        (en("Flask " * 4_000_000), "size"),
        (en("Steel Travel Flask", CONTENT_EN * 1000), "size"),
        (en("Steel <script>alert(1)</script> Flask"), "markup"),
        (en("Steel Travel Fl\udc80sk"), "encoding"),
        (zh("不锈钢杯", CONTENT_ZH + "加微信 shop12345"), "contact"),
        (zh("不锈钢杯", CONTENT_ZH + "电话：13812345678"), "contact"),
        (en("Steel Travel Flask", CONTENT_EN + " Write to a.b@example.com"), "personal_data"),
        (en("Fucking Hot Steel Flask"), "profanity"),
        (en("不锈钢杯"), "title_language"),
        (zh("Steel Travel Flask"), "title_language"),
        (zh("不锈钢杯", CONTENT_EN), "content_language"),
        (en("Steel Flask", "A steel flask."), "content_length"),
        (en("The Best Steel Flask"), "absolute_claim"),
        (zh("最保温的不锈钢杯"), "absolute_claim"),
        (en("TF500X SKF8800B Flask", CONTENT_EN + " TF500X SKF8800B"), "codes"),
        (en("Steel Flask, Travel Flask"), "repetition"),
        (zh("24小时保温的不锈钢杯"), "unsupported"),
        (en("Flask"), "title_length"),
        (en("Hot Steel"), "no_noun"),
        (en("Keeps drinks hot"), "copy"),
    ],
    ids=lambda value: value.title[:40] if isinstance(value, Pair) else value,
)
def test_a_drop_names_its_rule(pair, rule):
    result = apply_filters(pair)
    assert isinstance(result, Drop)
    assert result.rule == rule
    assert result.reason
    assert len(result.detail) <= 200


@pytest.mark.parametrize(
    ("pair", "cleaned"),
    [
        (en("<b>Acme</b> Steel&nbsp;Travel\u200b Flask"), "Steel Travel Flask"),
        (zh("【苹果】不锈钢杯，12小时保温"), "不锈钢杯，12小时保温"),
    ],
    ids=["en", "zh"],
)
def test_a_title_cleaned_by_several_filters_remembers_how_it_began(pair, cleaned):
    result = apply_filters(pair)
    assert (result.title, result.cleaned_from) == (cleaned, pair.title)


def test_what_was_filtered_once_passes_unchanged(shared_data):
    for pair in _real_pairs(shared_data)[:300]:
        once = apply_filters(pair)
        assert isinstance(once, Drop) or apply_filters(once) == once


def test_real_shop_titles_that_are_kept_claim_only_their_content(shared_data):
    results = [apply_filters(pair) for pair in _real_pairs(shared_data)]
    kept = [result for result in results if isinstance(result, Pair)]
    assert len(kept) > len(results) / 6
    assert [pair.title for pair in kept if find_unsupported(pair.title, pair.content)] == []
    assert [pair.title for pair in kept if pair.title != " ".join(pair.title.split())] == []
    drops = Counter(result.rule for result in results if isinstance(result, Drop))
    assert drops.most_common(1)[0][0] == "unsupported"


def test_every_filter_reads_as_a_sentence_and_stands_once():
    names = [each.__name__ for each in FILTERS]
    assert len(names) == len(set(names))
    assert [
        name
        for name in names
        if not name.startswith(("is_", "has_", "holds_", "claims_", "names_", "says_", "speaks_"))
    ] == []


def _real_pairs(shared_data) -> list[Pair]:
    with (shared_data / "products" / "abt_buy_en.csv").open(encoding="utf-8") as file:
        return [en(row["title"], row["description"]) for row in csv.DictReader(file)]
