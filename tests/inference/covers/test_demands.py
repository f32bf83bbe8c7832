from dataclasses import replace

import numpy as np
import pytest

from inference.covers.demands import Demand, judge_demands, judge_later, share_met
from inference.covers.picture.layout import Layout, compose
from inference.covers.picture.style import STYLES, Wording
from inference.covers.plan import read_requirement
from inference.covers.verdicts import Finished
from tests.inference.covers.choices import choose, paint

PICTURE = paint(480, 640)
BARE = {"face_count": 0.0, "product_area": 0.0, "brightness": 0.1}
FULL = {"face_count": 2.0, "product_area": 0.3, "brightness": 0.6}
IMAGE = np.zeros((1440, 1080, 3), np.uint8)


@pytest.fixture(scope="module")
def layouts() -> dict[str, Layout]:
    """One with a short title alone, and one with everything."""
    product = choose(PICTURE, product=(140, 220, 340, 400))
    return {
        "bare": compose(choose(PICTURE), Wording("保温杯", "zh"), "3:4", STYLES["masthead"]),
        "full": compose(product, Wording("随行保温杯十二小时", "zh", "618大促", "¥129"), "3:4", STYLES["card"]),
    }


@pytest.fixture
def bare(layouts) -> Finished:
    return Finished(IMAGE, choose(PICTURE), layouts["bare"], BARE)


@pytest.fixture
def full(layouts) -> Finished:
    return Finished(IMAGE, choose(PICTURE, texts=[(5, 400, 60, 410)]), layouts["full"], FULL)


@pytest.mark.parametrize(
    ("requirement", "on_bare", "on_full"),
    [
        ("要有主播", False, True),
        ("不要人脸", True, False),
        ("show the product", False, True),
        ("必须标出价格", False, True),
        ("no price", True, False),
        ("不要字幕", True, False),
        ("手部不要出现", None, None),
        ("标题不超过6个字", True, False),
        ("竖版3:4", True, True),
        ("中文标题", True, True),
        ("英文标题", False, False),
        ("标题要包含“618”", False, True),
        ("不要出现“大促”", True, False),
        ("标题放在底部", False, True),
        ("标题放在上方", True, False),
        ("突出价格", False, True),
        ("不要放在底部的标题", True, False),
        ("突出标题", True, True),
        ("价格129元", False, True),
        ("价格99元", False, False),
        ("不要遮挡商品", True, True),
        ("商品要完整", True, True),
        ("主播要睁眼", False, False),
        ("画面要明亮", False, True),
        ("标题不少于5个字", False, True),
        ("文字少一点", True, False),
        ("标题两行", False, True),
        ("用爆款模板", False, False),
        ("不要英文标题", True, True),
        ("不要横版", True, True),
        ("不要竖版", False, False),
    ],
)
def test_each_demand_is_looked_for_on_the_cover(requirement, on_bare, on_full, bare, full):
    plan = read_requirement(requirement)
    assert len(plan.tasks) >= 1
    for cover, wanted in ((bare, on_bare), (full, on_full)):
        demands = judge_demands(plan, cover)
        assert demands[0].met is wanted, demands
        assert all(demand.found and demand.wanted and demand.key for demand in demands)


def test_a_hand_that_reaches_in_is_seen(bare):
    (demand,) = judge_demands(
        read_requirement("手部不要出现"), replace(bare, frame=replace(bare.frame, faults=("reaching in or cut off",)))
    )
    assert demand.met is False


def test_what_cannot_be_told_counts_as_unmet_only_where_it_is_demanded():
    assert Demand("show hand", None, "nobody knows").unmet
    assert not Demand("show hand", None, "nobody knows", need="better_to_have").unmet
    assert not Demand("show face", True, "faces: 1").unmet


class Viewer:
    """Says what it was made to say, and remembers what it was asked."""

    name = "viewer"

    def __init__(self, answer: str) -> None:
        self.answer, self.asked = answer, []

    def ask(self, image: np.ndarray, prompt: str) -> str:
        self.asked.append(prompt)
        return self.answer


@pytest.mark.parametrize(("answer", "met"), [("Yes, none.", True), ("No: a hand.", False), ("Perhaps", None)])
def test_a_viewer_is_asked_where_nothing_else_can_tell(bare, answer, met):
    viewer = Viewer(answer)
    told = judge_demands(read_requirement("手部不要出现，要有主播"), bare, viewer)
    assert {demand.key: demand.met for demand in told} == {"hide hand": met, "show face": False}
    assert len(viewer.asked) == 1


def test_wishes_are_counted_apart_from_demands(bare):
    demands = judge_demands(read_requirement("最好有主播，最好不要字幕，必须标出价格"), bare)
    assert share_met(demands) == 0.5
    assert share_met(()) == 1
    assert sum(demand.unmet for demand in demands) == 1


def test_motion_is_judged_once_it_was_tried(bare):
    plan = read_requirement("要动态封面")
    (task,) = plan.tasks
    assert judge_demands(plan, bare) == ()
    assert judge_later(task, True, "3.0 s").met is True
    assert judge_later(task, False, "nothing moves").unmet


def test_without_a_requirement_nothing_is_demanded(full):
    assert judge_demands(read_requirement(""), full) == ()
