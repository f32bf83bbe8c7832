"""The agent tries again for a reason, within its budget, and refuses what it cannot meet."""

from dataclasses import replace

from inference.covers.attempts import MOST_ATTEMPTS
from inference.covers.coverset import CoverSet, Refused
from inference.covers.make import make_covers
from inference.covers.plan import read_requirement
from tests.inference.covers.conftest import FACTS, brief_of


def make(clip, requirement: str, facts=FACTS, title: str | None = None, **options) -> CoverSet | Refused:
    options = {"moving": False} | options
    (result,) = make_covers(
        [brief_of(clip, title=title, facts=facts)], read_requirement(requirement), (), None, 1, **options
    )
    return result


def test_one_attempt_is_enough_where_nothing_is_wrong(made):
    stills = [attempt for attempt in made.attempts if "drafts" in attempt.tried]
    assert [(attempt.number, attempt.why) for attempt in stills] == [(1, "the plan")]
    assert stills[0].cost_s > 0


def test_a_face_that_is_demanded_and_not_there_is_looked_for_and_then_refused(clips):
    refused = make(clips.bikes, "要有主播")
    assert isinstance(refused, Refused)
    assert "show face: faces: 0" in refused.reason
    first, second = refused.attempts
    assert "show face" in second.why
    assert "from 1 frames" in first.tried
    assert "from 2 frames" in second.tried
    assert first.outcome.startswith("0 covers kept")


def test_a_price_that_nobody_knows_is_refused(clips):
    refused = make(clips.bikes, "必须标出价格", replace(FACTS, price=None))
    assert isinstance(refused, Refused)
    assert "no price is shown" in refused.reason
    assert len(refused.attempts) <= MOST_ATTEMPTS


def test_what_nothing_here_can_tell_is_refused_when_demanded(clips):
    refused = make(clips.bikes, "手部不要出现")
    assert isinstance(refused, Refused)
    assert "vision-language model" in refused.reason or "reaches into" in refused.reason


def test_a_given_title_that_is_too_long_is_refused_not_cut(clips):
    refused = make(clips.bikes, "标题不超过4个字", title="说走就走的旅行")
    assert isinstance(refused, Refused)
    assert "title up to 4" in refused.reason


def test_a_plan_that_contradicts_itself_is_refused_before_any_work(clips):
    plan = read_requirement_with_conflict()
    results = list(make_covers([brief_of(clips.broken), brief_of(clips.bikes)], plan, (), None, 1))
    assert [type(result) for result in results] == [Refused, Refused]
    assert all("cannot be met" in result.reason and not result.attempts for result in results)


def read_requirement_with_conflict():
    plan = read_requirement("要价格，不要价格")
    assert plan.conflicts
    return plan


def test_the_best_cover_moves_and_opens_with_its_still(clips):
    result = make(clips.face, "要有主播", moving=True)
    best = result.covers[0]
    assert result.moving.keys() == {best.cover_id}
    assert result.moving[best.cover_id].mp4[4:8] == b"ftyp"
    assert result.unmoved == ""
    assert result.attempts[-1].outcome == "it moves"
