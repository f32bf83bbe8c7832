"""Of a pool the covers stay that pass and meet what is demanded; what is wrong with the others has names."""

import pytest

from inference.covers.candidate import Studio
from inference.covers.drafts import Draft
from inference.covers.picture.reflect import READ_BACK
from inference.covers.picture.style import RATIOS, Wording
from inference.covers.plan import read_requirement
from inference.covers.pool import Judged, judge_pool
from tests.inference.covers.choices import choose, paint
from tests.inference.covers.samples import title

CALM = choose(paint(320, 240))
FACE = choose(paint(320, 240, seed=1), faces=[((130, 60, 180, 125), (120, 45, 190, 140))])
FULL = choose(
    paint(480, 640),
    faces=[((50, 50, 200, 250), (20, 10, 230, 300)), ((250, 350, 420, 560), (230, 300, 450, 620))],
    texts=[(10, 590, 470, 630), (10, 5, 470, 40)],
)


def draft(frame=CALM, text: str = "随行保温杯", style: str = "headline") -> Draft:
    return Draft(frame, title(text), Wording(text, "zh"), style)


def judge(*drafts: Draft, requirement: str = "", count: int = 1) -> Judged:
    return judge_pool(drafts, read_requirement(requirement), "key", (), count, Studio())


@pytest.fixture(scope="module")
def one() -> Judged:
    return judge(draft(), draft(), draft(text="ﷺ"))


def test_what_stays_is_whole_and_nothing_is_wrong_with_it(one):
    (cover,) = one.covers
    assert cover.pictures.keys() == RATIOS.keys()
    assert all(picture.read_exactly for picture in cover.pictures.values())
    assert (one.wrong, one.reason) == ((), "")


def test_what_goes_is_told_with_its_reason(one):
    same, unset = one.dropped
    assert same.reason == "the same picture as another candidate"
    assert unset.reason.startswith("3:4: headline: ")
    assert "cannot be set" in one.problems


def test_a_demand_that_a_cover_does_not_meet_keeps_it_out():
    judged = judge(draft(), requirement="要有主播，不标价格")
    assert judged.covers == []
    assert judged.wrong == ("show face",)
    assert judged.reason == judged.dropped[0].reason == "show face: faces: 0"


def test_the_cover_that_meets_the_demand_stays_alone():
    judged = judge(draft(), draft(FACE), requirement="要有主播", count=2)
    assert [cover.frame for cover in judged.covers] == [FACE]
    assert judged.wrong == ()


def test_a_draft_that_no_style_can_carry_names_the_checks_it_failed():
    judged = judge(draft(FULL, "随行保温杯一键开盖单手就能喝十二小时长效保温"))
    assert judged.covers == judged.failing == []
    assert "faces_uncovered" in judged.wrong
    assert judged.reason == judged.dropped[0].reason


def test_attempts_are_compared_by_how_far_they_came(one):
    unmet = judge(draft(), requirement="要有主播")
    assert one.order < unmet.order < Judged().order


def test_a_title_that_ocr_misreads_is_something_to_do_about(one):
    (cover,) = one.covers
    picture = cover.pictures["1:1"]
    blurred = [
        type(check)(**vars(check) | {"passed": False, "reason": "OCR reads"}) if check.name == READ_BACK else check
        for check in picture.checks
    ]
    misread = type(picture)(**vars(picture) | {"checks": tuple(blurred)})
    cover = type(cover)(**vars(cover) | {"pictures": cover.pictures | {"1:1": misread}})
    judged = Judged(covers=[cover])
    assert (judged.wrong, judged.reason) == ((READ_BACK,), "1:1: OCR reads")
    assert one.order < judged.order
