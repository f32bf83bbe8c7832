import numpy as np

from tests.training.corpora.layout_annotations.annotations import PLAIN
from training.corpora.layout_annotations.card import BELIEVED, DOUBTED, choose, render, show, tabulate
from training.corpora.layout_annotations.rows import TRUTH, to_row

POSTER = {"poster_id": "0123456789abcdef", "sha256": "0123456789abcdef" * 4, "day": "2026-11-21"}


def row(number: int = 0, **changes) -> dict:
    poster = POSTER | {"sha256": f"{number:064x}"}
    return to_row(poster, PLAIN, TRUTH, "embedded-1", "landing", POSTER["poster_id"]) | changes


def test_counts_are_told_by_side_of_the_split():
    rows = [row(1, split="train"), row(2, split="train", status="needs_review"), row(3, split="held_out")]
    tables = {table.name: table.counts for table in tabulate(rows)}
    assert tables["posters by status"] == [("verified", 1, 1), ("needs_review", 1, 0)]
    assert tables["blocks by language"] == [("zh", 4, 2), ("en", 2, 1)]
    assert [sum(counts) for _, *counts in tables["blocks by role"]] == [3, 3, 3]


def test_the_most_doubted_are_shown_first_and_not_too_many():
    doubted = [row(number, status="needs_review", ocr_error=number / 40) for number in range(40)]
    chosen = choose([*doubted, *(row(number) for number in range(100, 140))])
    assert [each["ocr_error"] for each in chosen[:DOUBTED]] == [number / 40 for number in range(39, 39 - DOUBTED, -1)]
    assert len(chosen) == DOUBTED + BELIEVED
    assert choose(chosen[::-1]) == chosen


def test_what_comes_from_outside_is_escaped():
    hostile = row(1, problems=["<script>alert(1)</script>"])
    hostile["blocks"][0]["text"] = "<img src=x onerror=alert(1)>"
    page = render("layouts", [hostile], [show(hostile, np.zeros((1000, 800, 3), np.uint8))])
    assert "<script>" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    assert render("layouts", [], []).count("<figure>") == 0
