"""The order in which pictures are looked at."""

from data_contracts.catalog import LAYOUT_ANNOTATIONS
from plugins.pages.layouts import PAGE_SIZE, next_in_queue, open_queue
from tests.plugins.pages import layout_sample
from tests.plugins.pages.layout_sample import GOOD, NASTY, WRONG


def test_pages_hold_what_fits_and_beyond_the_last_is_the_last(lake):
    rows = [layout_sample.row(number, ocr_error=number / 100) for number in range(PAGE_SIZE + 2)]
    lake.write(LAYOUT_ANNOTATIONS, rows, run="test")
    first, last = open_queue(lake), open_queue(lake, page=9)
    assert [len(first.rows), len(last.rows)] == [PAGE_SIZE, 2]
    assert (last.page, last.pages, last.total) == (2, 2, PAGE_SIZE + 2)
    errors = [row["ocr_error"] for row in first.rows + last.rows]
    assert errors == sorted(errors, reverse=True)


def test_the_next_picture_is_one_that_waits(lake):
    assert next_in_queue(lake, WRONG) is None
    layout_sample.fill(lake)
    assert next_in_queue(lake, NASTY) == WRONG
    assert next_in_queue(lake, WRONG) == NASTY  # after the last comes the first
    assert next_in_queue(lake, GOOD) == NASTY


def test_the_last_that_waits_has_none_after_it(lake):
    lake.write(LAYOUT_ANNOTATIONS, [layout_sample.row(0), layout_sample.row(0) | {"poster_id": "0" * 16}], run="test")
    assert next_in_queue(lake, WRONG) is None


def test_a_changed_status_shows_at_once(lake):
    layout_sample.fill(lake)
    assert open_queue(lake).counts["needs_review"] == 2
    (row,) = open_queue(lake, "verified").rows
    lake.write(LAYOUT_ANNOTATIONS, [row | {"status": "refused"}], run="test")
    assert open_queue(lake, "refused").rows[0]["annotation_id"] == GOOD
    assert open_queue(lake).counts["verified"] == 0
