import pytest

from inference.covers.demands import judge_demands
from inference.covers.picture.style import Wording
from inference.covers.plan import read_requirement
from tests.inference.covers.choices import choose, paint

PICTURE = paint(64, 48)
BARE = {"face_count": 0.0, "product_area": 0.0, "price_shown": 0.0}
FULL = {"face_count": 2.0, "product_area": 0.3, "price_shown": 1.0}


@pytest.mark.parametrize(
    ("requirement", "on_bare", "on_full"),
    [
        ("要有主播", False, True),
        ("不要人脸", True, False),
        ("show the product", False, True),
        ("必须标出价格", False, True),
        ("no price", True, False),
        ("不要字幕", True, False),
        ("手不要入镜，手部不要出现", None, None),
        ("标题不超过6个字", True, False),
        ("竖版3:4", True, True),
    ],
)
def test_each_demand_is_looked_for_on_the_cover(requirement, on_bare, on_full):
    plan = read_requirement(requirement)
    bare = judge_demands(plan, choose(PICTURE), Wording("保温杯", "zh"), BARE)
    captioned = choose(PICTURE, texts=[(5, 40, 60, 46)])
    full = judge_demands(plan, captioned, Wording("随行保温杯十二小时", "zh"), FULL)
    assert [demand.met for demand in (*bare, *full)] == [on_bare, on_full]
    assert all(demand.found for demand in (*bare, *full))


def test_without_a_requirement_nothing_is_demanded():
    assert judge_demands(read_requirement(""), choose(PICTURE), Wording("保温杯", "zh"), FULL) == ()
