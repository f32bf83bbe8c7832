import pytest

from training.corpora.content_title_pairs.filters import apply_filters
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
        (en("Steel <b>Travel</b> Flask"), "markup"),
        (en("Steel Travel Flask", CONTENT_EN + " See www.example.com"), "markup"),
        (zh("不锈钢杯", CONTENT_ZH + "加微信 shop12345"), "contact"),
        (zh("不锈钢杯", CONTENT_ZH + "电话：13812345678"), "contact"),
        (en("Steel Travel Flask", CONTENT_EN + " Write to a.b@example.com"), "contact"),
        (en("不锈钢杯"), "title_language"),
        (zh("Steel Travel Flask"), "title_language"),
        (en("Steel Flask", "A steel flask."), "content_length"),
        (en("24-Hour Hot Flask"), "unsupported"),  # the number is the point; without it too little is left
        (zh("24小时保温的不锈钢杯"), "unsupported"),
        (zh("漏水的不锈钢杯"), "unsupported"),  # the content denies it
        (zh("苹果不锈钢杯"), "unsupported"),
        (zh("杯"), "unsupported"),
        (en("Flask"), "title_length"),
        (en("Keeps drinks hot"), "copy"),
    ],
    ids=lambda value: value.title if isinstance(value, Pair) else value,
)
def test_a_drop_names_its_rule(pair, rule):
    result = apply_filters(pair)
    assert isinstance(result, Drop)
    assert result.rule == rule
    assert result.reason


def test_words_that_only_sound_like_contact_details_pass():
    content = CONTENT_EN + " DivX playback; call quality 5 of 5."
    assert apply_filters(en("Steel Travel Flask", content)) == en("Steel Travel Flask", content)


@pytest.mark.parametrize(
    ("title", "cleaned"),
    [
        ("Steel Travel Flask tf500x", "Steel Travel Flask"),
        ("Acme Steel Travel Flask", "Steel Travel Flask"),
        ("Steel Travel Flask 24", "Steel Travel Flask"),
    ],
)
def test_brands_and_numbers_that_the_content_lacks_are_cleaned_out(title, cleaned):
    assert apply_filters(en(title)).title == cleaned


@pytest.mark.parametrize("title", ["Acme Steel Travel Mug", "Acme Ultra Flask", "Acme Ultra Thermo Pro Steel Flask"])
def test_a_title_that_lost_its_noun_or_its_sense_is_dropped(title):
    assert apply_filters(en(title)).rule == "unsupported"
