"""Letters: lines that balance, ink where it is said to be."""

import numpy as np
import pytest

from training.corpora.layout_annotations.posters.fonts import LATO, SUITES, load_font
from training.corpora.layout_annotations.posters.lettering import above, balanced, draw_ink, set_lines, set_runs

ZH, EN = SUITES["zh"][0].display, LATO[2]


def ink_of(lettering, **options):
    picture, left, top = draw_ink(lettering, 100, 100, **options)
    rows, columns = np.nonzero(np.asarray(picture) > 96)
    return columns.min() + left, rows.min() + top, columns.max() + 1 + left, rows.max() + 1 + top


def test_chinese_breaks_where_it_may():
    assert balanced("把咖啡馆|搬回家", ZH, "zh", 2) == ["把咖啡馆", "搬回家"]
    assert balanced("好山好水出好茶", ZH, "zh", 1) == ["好山好水出好茶"]


def test_english_breaks_between_words_and_evenly():
    assert balanced("Wake up to better coffee", EN, "en", 2) == ["Wake up to", "better coffee"]


def test_no_line_starts_with_closing_punctuation():
    for count in (2, 3, 4):
        assert all(line[0] not in "，。！" for line in balanced("少油，少烟。更健康！", ZH, "zh", count))


@pytest.mark.parametrize(("text", "face", "language"), [("一杯好茶", ZH, "zh"), ("Slow mornings", EN, "en")])
def test_a_lettering_is_as_high_as_its_ink(text, face, language):
    lettering = set_lines(text, face, 60, language)
    left, top, right, bottom = ink_of(lettering)
    assert top == pytest.approx(100, abs=2)
    assert bottom - top == pytest.approx(lettering.height, abs=2)
    assert 98 <= left <= 110
    assert right - 100 <= lettering.width + 2


def test_tracking_widens_a_line_by_its_gaps():
    plain, wide = (set_lines("NORA", EN, 50, "en", tracking=tracking) for tracking in (0.0, 0.2))
    assert wide.width - plain.width == pytest.approx(3 * 0.2 * 50)
    assert ink_of(wide)[2] - ink_of(plain)[2] == pytest.approx(30, abs=3)


def test_pieces_of_two_sizes_share_a_baseline():
    lettering = set_runs([("¥", EN, 30), ("59", EN, 60)])
    assert lettering.text == "¥59"
    assert len({run.baseline for run in lettering.runs}) == 1
    assert lettering.runs[1].x == pytest.approx(load_font(EN, 30).getlength("¥"), abs=1)


def test_a_block_above_another_is_one_text():
    both = above(set_lines("到手价", ZH, 20, "zh"), set_runs([("¥59", EN, 60)]), 10)
    assert both.text == "到手价¥59"
    assert both.runs[1].baseline - both.runs[0].baseline > 10 + 30
