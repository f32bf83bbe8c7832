"""A good cover passes; each thing that can be wrong with one fails the check that names it."""

from dataclasses import replace

import numpy as np
import pytest

from inference.covers.picture.layout import compose
from inference.covers.picture.reflect import check
from inference.covers.picture.render import render
from inference.covers.picture.style import RATIOS, STYLES, Wording
from inference.media.geometry import Box
from tests.inference.covers.choices import REAL_FRAMES, choose, grab, paint

TITLE = Wording("夏天就穿这一件印花T恤", "zh", "宽松不挑身材", "¥99")


@pytest.fixture(scope="module")
def cover():
    """A frame, its layout and the finished picture."""
    choice = choose(paint(480, 640), product=(150, 200, 330, 420), texts=[(20, 20, 460, 60)])
    layout = compose(choice, TITLE, "3:4", STYLES["headline"])
    return layout, render(choice, layout)


@pytest.mark.parametrize("name", REAL_FRAMES)
def test_covers_of_real_frames_pass_every_mandatory_check(shared_data, name):
    choice = grab(shared_data, name)
    for style, ratio in (("headline", "3:4"), ("masthead", "1:1"), ("quiet", "16:9")):
        layout = compose(choice, TITLE, ratio, STYLES[style])
        checks = check(render(choice, layout), layout, TITLE)
        assert [c.reason for c in checks if c.mandatory and not c.passed] == []


def test_a_clean_cover_passes_everything(cover):
    layout, image = cover
    assert failed(check(image, layout, TITLE)) == set()


def test_words_painted_over_are_not_whole(cover):
    layout, image = cover
    spoilt = image.copy()
    left, top, right, bottom = layout.title.box.as_list()
    spoilt[top:bottom, left : left + (right - left) // 4] = 90
    assert "glyphs_whole" in failed(check(spoilt, layout, TITLE))


def test_faded_text_is_not_readable(cover):
    layout, image = cover
    assert "readable" in failed(check((100 + 0.2 * image).astype(np.uint8), layout, TITLE))


def test_text_on_a_face_is_caught_though_the_frame_knew_of_none(shared_data):
    """The layout was told of no face; only looking at the picture can find it."""
    choice = grab(shared_data, "dress")
    layout = compose(choice, TITLE, "3:4", STYLES["headline"])
    image = render(choice, layout)
    blind = replace(layout, faces=(), heads=(), card=layout.faces[0].grown(10, -40, 10, 0))
    assert failed(check(image, replace(layout, faces=(), heads=()), TITLE)) == set()
    assert failed(check(image, blind, TITLE)) == {"faces_uncovered"}


@pytest.mark.parametrize(
    ("change", "caught"),
    [
        (lambda layout: {"heads": (Box(-40, 300, 200, 700),)}, "heads_whole"),
        (lambda layout: {"product": Box(500, 500, 1200, 900)}, "product_whole"),
        (lambda layout: {"texts": (Box(300, -30, 900, 40),)}, "burnt_in_text_whole"),
        (lambda layout: {"texts": (layout.title.box,)}, "burnt_in_text_uncovered"),
        (lambda layout: {"product": layout.title.box}, "product_uncovered"),
        (lambda layout: {"faces": (layout.title.box,)}, "faces_uncovered"),
    ],
)
def test_what_is_cut_or_covered_is_caught(cover, change, caught):
    layout, image = cover
    assert caught in failed(check(image, replace(layout, **change(layout)), TITLE))
    assert caught not in failed(check(image, layout, TITLE))


def test_a_face_hidden_by_the_cover_is_not_seen_again(shared_data):
    choice = grab(shared_data, "dress")
    layout = compose(choice, TITLE, "3:4", STYLES["headline"])
    image = render(choice, layout)
    assert "faces_seen_again" not in failed(check(image, layout, TITLE))
    left, top, right, bottom = layout.faces[0].as_list()
    image[top:bottom, left:right] = 128
    assert "faces_seen_again" in failed(check(image, layout, TITLE))


def test_a_line_that_ends_inside_a_word_is_caught(cover):
    layout, image = cover
    first, second = layout.title.runs
    torn = (replace(first, text=first.text + "这一"), replace(second, text="件印花T恤"))
    layout = replace(layout, blocks=(replace(layout.title, runs=torn), *layout.blocks[1:]))
    assert "words_whole" in failed(check(image, layout, TITLE))


def test_text_at_the_very_edge_is_caught(cover):
    layout, image = cover
    title = replace(layout.title, box=layout.title.box.moved(-layout.title.box.left + 5, 0))
    assert "inside_margins" in failed(check(image, replace(layout, blocks=(title, *layout.blocks[1:])), TITLE))


def test_a_shortened_title_is_told_but_not_refused():
    wording = Wording("轻松收纳" * 30, "zh")
    choice = choose(paint(480, 640))
    layout = compose(choice, wording, "3:4", STYLES["headline"])
    told = [c for c in check(render(choice, layout), layout, wording) if not c.passed]
    assert [(c.name, c.mandatory) for c in told] == [("title_complete", False)]


@pytest.mark.parametrize(
    ("wording", "style"), [(TITLE, "poster"), (Wording("How to Choose a City Car", "en"), "editorial")]
)
def test_ocr_reads_the_title_back(wording, style):
    choice = choose(paint(480, 640))
    layout = compose(choice, wording, "3:4", STYLES[style])
    image = render(choice, layout)
    assert named(check(image, layout, wording, read_back=True), "title_read_back").passed
    left, top, right, bottom = layout.title.box.as_list()
    image[top:bottom, left : (left + right) // 2] = image[top - 5, left]
    assert not named(check(image, layout, wording, read_back=True), "title_read_back").passed


def test_every_check_has_a_name_and_says_its_limit(cover):
    layout, image = cover
    checks = check(image, layout, TITLE)
    assert len({c.name for c in checks}) == len(checks) >= 12
    assert all(f"{c.limit:g}" in c.reason for c in checks)


def test_a_picture_of_another_size_is_refused(cover):
    layout, image = cover
    with pytest.raises(ValueError, match="its layout is 1080 × 1440"):
        check(image[::2], layout, TITLE)
    assert layout.ratio in RATIOS


def failed(checks) -> set[str]:
    return {c.name for c in checks if not c.passed}


def named(checks, name):
    return next(c for c in checks if c.name == name)
