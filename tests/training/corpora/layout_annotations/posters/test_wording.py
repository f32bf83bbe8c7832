"""Copy: written in full, in its language, and seldom twice the same."""

import re
from random import Random

import pytest

from training.corpora.layout_annotations.posters.fonts import SUITES, require_glyphs
from training.corpora.layout_annotations.posters.wording import fill, read_phrases, write


def texts_of(wording) -> list[str]:
    price = wording.price
    prices = [price.now, price.was, price.label] if price else []
    return [wording.headline, wording.subheadline, *wording.points, *prices, wording.action, wording.brand]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_left_unfilled(language):
    for seed in range(300):
        for text in texts_of(write(Random(seed), language)):
            assert not re.search(r"[{}]|\.\.", text), text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_phrase_can_be_filled_and_has_its_glyphs_in_every_font(language):
    faces = {face for suite in SUITES[language] for face in (suite.display, suite.strong, suite.text)}
    for bank in read_phrases(language).values():
        for name, phrases in bank.items():
            for phrase in phrases:
                text = fill(Random(0), phrase, bank)
                assert text == text.strip(), (name, phrase)
                for face in faces:
                    require_glyphs(face, text.replace("|", ""))


def test_prices_have_their_glyphs_in_every_face_for_figures():
    for language, suites in SUITES.items():
        for suite in suites:
            require_glyphs(suite.figures, "¥0123456789,." if language == "zh" else "$£€0123456789,.")


def test_english_is_written_without_chinese_and_chinese_with():
    for seed in range(200):
        assert all(
            text.isascii() or set(text) <= set("£€°") | set(map(chr, range(128)))
            for text in texts_of(write(Random(seed), "en"))
        )
        assert re.search(r"[\u4e00-\u9fff]", write(Random(seed), "zh").headline)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_copy_varies(language):
    texts = [text for seed in range(500) for text in texts_of(write(Random(seed), language)) if text]
    assert len(set(texts)) > 0.3 * len(texts)


def test_a_trade_asked_for_is_the_one_written_about():
    words = {write(Random(seed), "en", ("pets",)).headline for seed in range(30)}
    assert words <= {fill(Random(seed), "{headline}", read_phrases("en")["pets"]) for seed in range(2000)}


def test_a_former_price_is_higher():
    for seed in range(300):
        if (price := write(Random(seed), "en").price) and price.was:
            now, was = (float(re.sub(r"[^\d.]", "", text)) for text in (price.now, price.was))
            assert was > now
