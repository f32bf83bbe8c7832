"""Prices are told from offers and from numbers."""

import pytest

from training.corpora.layout_annotations.embedded.prices import leads_in, names_price


@pytest.mark.parametrize(
    "text", ["¥199", "到手价￥39.9", "仅需59.9元起", "$1,980", "From €100", "Launch price $1,329", "Deal: £13"]
)
def test_a_price_with_or_without_its_lead_in(text):
    assert names_price(text)


@pytest.mark.parametrize(
    "text", ["满399减50", "Free shipping over $95", "每杯仅2.4元", "30-hour battery", "Less than $2.30 a cup", "199"]
)
def test_offers_and_numbers_are_no_prices(text):
    assert not names_price(text)


@pytest.mark.parametrize(("text", "leads"), [("From", True), ("到手价", True), ("Only", True), ("Only today", False)])
def test_words_that_lead_in_to_a_price(text, leads):
    assert leads_in(text) is leads
