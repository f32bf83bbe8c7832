"""From typed values to blocks and back."""

import pytest
from starlette.datastructures import FormData

from plugins.pages.layout_form import VALUES, Draft, as_blocks, as_drafts, new_draft, read_drafts
from tests.plugins.pages.layout_sample import row

PICTURE = row(0)


def draft(**values) -> Draft:
    given = Draft("headline", "限时", "60", "80", "540", "150", "zh", "white")
    return Draft(**{**given.__dict__, **values})


def test_a_row_survives_the_form():
    drafts = as_drafts(PICTURE["blocks"])
    sent = FormData([(name, getattr(each, name)) for each in drafts for name in VALUES])
    assert read_drafts(sent) == drafts
    assert as_blocks(drafts) == [{name: block[name] for name in VALUES} for block in PICTURE["blocks"]]


@pytest.mark.parametrize(
    ("typed", "language", "kept"),
    [
        ("限时\r\n特价", "zh", "限时特价"),
        ("Free\r\n shipping  today ", "en", "Free shipping today"),
        ("买 2 送 1", "zh", "买 2 送 1"),
        ("\u202e限时\x07\x00", "zh", "限时"),
        ("<b>50%</b>", "en", "<b>50%</b>"),
    ],
)
def test_lines_become_one_text_without_what_cannot_be_seen(typed, language, kept):
    (block,) = as_blocks([draft(text=typed, language=language)])
    assert block["text"] == kept


def test_numbers_are_shown_as_a_person_writes_them():
    (shown,) = as_drafts([{**PICTURE["blocks"][0], "left": 60.0, "top": 80.04, "right": 12345.678}])
    assert (shown.left, shown.top, shown.right) == ("60", "80", "12345.7")


def test_removed_blocks_are_known_by_their_place():
    sent = FormData([(name, "1") for _ in range(3) for name in VALUES] + [("removed", "0"), ("removed", "2")])
    drafts = read_drafts(sent)
    assert [each.removed for each in drafts] == [True, False, True]
    assert len(as_blocks(drafts)) == 1


def test_what_is_no_number_is_still_drawn_somewhere():
    assert draft(left="x", right="nan").box == [0.0, 80.0, 0.0, 70.0]
    assert draft(left="600", right="10").box == [600.0, 80.0, 0.0, 70.0]


def test_a_new_block_lies_within_the_picture():
    left, top, width, height = new_draft(PICTURE).box
    assert left > 0
    assert top > 0
    assert left + width < PICTURE["width"]
    assert top + height < PICTURE["height"]
