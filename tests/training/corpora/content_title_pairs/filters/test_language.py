import pytest

from training.corpora.content_title_pairs.filters.language import (
    has_content_in_its_language,
    is_in_its_language,
    speaks_a_language_we_write,
)
from training.corpora.content_title_pairs.pair import Drop, Pair


@pytest.mark.parametrize(
    ("title", "language", "kept"),
    [
        ("Steel Travel Flask", "en", True),
        ("Café au Lait Bowl, 16 Ω", "en", True),
        ("Eau de Parfum pour Homme", "en", True),
        ("USB供电小夜灯", "zh", True),
        ("不锈钢杯", "en", False),
        ("Steel Travel Flask", "zh", False),
        ("ステンレスの水筒", "zh", False),
        ("فلاسك فولاذ", "en", False),
        ("Стальная фляга", "en", False),
        ("Thermosflasche aus Stahl mit Deckel und Becher", "en", False),
        ("12345", "en", False),
        ("", "zh", False),
    ],
)
def test_title(title, language, kept):
    result = is_in_its_language(Pair("content", title, language, "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "title_language"


@pytest.mark.parametrize(
    ("content", "language", "kept"),
    [
        ("This steel flask keeps drinks hot, la crème de la crème.", "en", True),
        ("这只不锈钢杯 Tritan BPA-free 500ml，不漏水，放得进车载杯架。", "zh", True),
        ("这只不锈钢杯靠真空双层保温", "en", False),
        ("This steel flask keeps drinks hot.", "zh", False),
        ("Die Flasche ist nicht aus Kunststoff und hält den Tee mit einem Deckel warm.", "en", False),
    ],
)
def test_content(content, language, kept):
    result = has_content_in_its_language(Pair(content, "title", language, "catalogue"))
    assert isinstance(result, Pair) if kept else result.rule == "content_language"


def test_other_languages_are_not_written():
    drop = speaks_a_language_we_write(Pair("contenu", "Une gourde", "fr", "catalogue"))
    assert isinstance(drop, Drop)
    assert drop.detail == "fr"
