"""The measure counts what it says; and the embedded annotator reads rendered posters."""

import json
from dataclasses import replace

import pytest

from inference.media.geometry import Box
from inference.models.layout import Annotation, Colour, Role, TextBlock
from training.corpora.layout_annotations.measure import compare, match, report

TITLE = TextBlock("轻便双肩包", Box(0, 0, 100, 20), Role.HEADLINE, "zh", Colour.RED)
PRICE = TextBlock("¥199", Box(0, 50, 40, 70), Role.PRICE, "zh", Colour.BLACK)
TRUTH = Annotation(200, 200, (TITLE, PRICE))


def scores(*found: TextBlock) -> dict[str, float]:
    return compare(TRUTH, Annotation(200, 200, found)).scores()


def test_the_truth_itself_scores_full():
    assert scores(PRICE, TITLE) == {
        "cer": 0,
        "iou": 1,
        "role_f1": 1,
        "role_f1_macro": 1,
        "colour": 1,
        "language_right": 1,
    }


def test_nothing_found_scores_nothing():
    assert {name: value for name, value in scores().items() if value} == {"cer": 1}


def test_each_fault_counts_where_it_belongs():
    read = replace(TITLE, text="轻便双肩 句", box=Box(0, 0, 80, 20), colour=Colour.PINK, role=Role.BRAND)
    found = scores(read, PRICE)
    assert found["cer"] == pytest.approx(1 / 9)
    assert found["iou"] == pytest.approx(0.9)
    assert found["role_f1"] == found["colour"] == 0.5


def test_what_is_invented_counts_as_characters_and_role():
    found = scores(TITLE, PRICE, replace(PRICE, text="AAA", box=Box(150, 150, 200, 170)))
    assert found["cer"] == pytest.approx(3 / 9)
    assert found["role_f1"] == pytest.approx(4 / 5)


def test_a_box_pairs_with_the_one_it_covers_best():
    near, nearer = Box(0, 0, 100, 30), Box(0, 0, 100, 22)
    assert match([TITLE.box], [near, nearer]) == [(0, 1)]
    assert match([TITLE.box], [Box(0, 0, 30, 20)]) == []


def test_rendered_posters_are_read(tmp_path):
    """Floors far below what it reaches on hundreds, which a dozen may miss by chance."""
    report(range(300, 312), 1, tmp_path / "table.json", tmp_path / "worst")
    rows = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))["table"]
    whole = next(row for row in rows if row["language"] == row["distortion"] == "all")
    assert whole["pictures"] == 12
    assert whole["cer"] < 0.08
    assert whole["iou"] > 0.85
    assert whole["role_f1"] > 0.8
    assert whole["colour"] > 0.88
    assert len(list((tmp_path / "worst").glob("*.png"))) == 12
