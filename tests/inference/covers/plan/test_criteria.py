from datetime import UTC, datetime, timedelta

from inference.covers.plan import read_requirement
from inference.covers.titles.facts import Facts
from inference.memory.criteria import ALL, Criterion


def learned(feature: str, direction: str = "more", scope: str = ALL, effect: float = 0.01) -> Criterion:
    bounds = (0.5, None) if direction == "more" else (None, 0.5)
    until = datetime.now(UTC) + timedelta(days=7)
    name = f"{feature} {direction} {scope}"
    return Criterion(
        name, feature, *bounds, scope, effect, 0.001, 0.02, 9000, "better_to_have", until, name, name, False
    )


def names(plan) -> list[str]:
    return [each.criterion_id for each in plan.criteria]


def test_criteria_of_the_category_apply_and_what_the_tasks_speak_of_comes_first():
    criteria = [
        learned("warmth"),
        learned("face_count"),
        learned("sharpness", scope="鞋"),
        learned("contrast", scope="茶"),
    ]
    plan = read_requirement("主播出镜", facts=Facts(category="鞋"), criteria=criteria)
    assert names(plan) == ["face_count more all", "warmth more all", "sharpness more 鞋"]
    assert names(read_requirement("主播出镜", criteria=criteria, category="茶"))[-1] == "contrast more 茶"


def test_a_demand_comes_before_a_criterion_that_contradicts_it():
    criteria = [learned("price_shown"), learned("face_count", "less"), learned("brightness")]
    assert names(read_requirement("不标价格，主播出镜", criteria=criteria)) == ["brightness more all"]


def test_a_wish_is_weighed_with_the_criterion_and_drops_none():
    assert names(read_requirement("最好不标价格", criteria=[learned("price_shown")])) == ["price_shown more all"]


def test_without_criteria_there_are_none():
    assert read_requirement("主播出镜").criteria == ()
