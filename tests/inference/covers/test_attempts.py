"""What one attempt finds wrong decides what the next does differently."""

import itertools

import pytest

from inference.covers.attempts import REMEDIES, Course, next_course
from inference.covers.picture.layout import compose
from inference.covers.picture.reflect import READ_BACK, check
from inference.covers.picture.render import render
from inference.covers.picture.style import STYLES, Wording
from inference.covers.plan import read_requirement
from inference.covers.verdicts import SUBJECTS
from tests.inference.covers.choices import choose, paint
from tests.inference.covers.samples import title


def course(requirement: str = "") -> Course:
    return Course.of(read_requirement(requirement), 6)


def test_the_first_attempt_follows_the_plan():
    first = course("要有主播，不要字幕，必须标出价格")
    assert (first.frames, first.shows, first.hides, first.price) == (6, {"face"}, {"text"}, True)
    assert course("不标价格").price is False
    assert course().price is None


def test_words_that_must_be_said_or_not_are_in_the_course():
    first = course("标题要包含“618”，不要出现“便宜”")
    assert (first.said, first.avoided) == (("618",), ("便宜",))


@pytest.mark.parametrize(
    ("problem", "fields"),
    [
        ("show face", ["wide"]),
        ("hide text", ["wide"]),
        ("show price", ["price", "short", "bare"]),
        ("title_max_chars", ["short"]),
        (READ_BACK, ["plain", "short", "wide"]),
        ("faces_uncovered", ["short", "bare", "wide"]),
    ],
)
def test_each_problem_is_met_by_its_remedies_in_turn_and_then_given_up(problem, fields):
    tried = [course()]
    while (following := next_course(tried[-1], [problem])) is not None:
        tried.append(following)
    changes = [
        {name for name in ("price", "wide", "short", "bare", "plain") if getattr(one, name) != getattr(other, name)}
        for one, other in itertools.pairwise(tried)
    ]
    assert changes == [{name} for name in fields]


def test_more_frames_are_looked_for_once():
    wider = next_course(course(), ["show face", "hide text"])
    assert wider.frames == 12
    assert next_course(wider, ["show face", "hide text"]) is None


def test_two_problems_are_met_in_one_attempt():
    following = next_course(course(), ["show face", READ_BACK])
    assert (following.wide, following.plain) == (True, True)


def test_a_problem_that_nothing_helps_with_ends_the_attempts():
    assert next_course(course(), ["language"]) is None
    assert next_course(course(), []) is None


def test_every_mandatory_check_and_every_subject_has_a_remedy():
    choice = choose(paint(480, 640))
    layout = compose(choice, Wording("随行保温杯", "zh"), "3:4", STYLES["card"])
    mandatory = {each.name for each in check(render(choice, layout), layout, layout.wording) if each.mandatory}
    assert len(mandatory) > 5
    assert mandatory <= REMEDIES.keys()
    assert {f"hide {subject}" for subject in SUBJECTS} <= REMEDIES.keys()


def test_titles_that_must_be_avoided_go_and_those_that_say_it_come():
    titles = [title("618随行保温杯"), title("便宜的保温杯"), title("保温杯")]
    assert course("标题要包含“618”").fitting(titles) == titles[:1]
    assert course("不要出现“便宜”").fitting(titles) == [titles[0], titles[2]]
    assert next_course(course(), [READ_BACK, "title_max_chars"]).fitting(titles)[0].text == "保温杯"


def test_an_attempt_is_told_in_words():
    told = next_course(course("要有主播，不标价格"), ["show face"]).describe(12)
    assert told == "12 drafts from 12 frames, showing face, more of them, no price"
