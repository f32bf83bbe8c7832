"""Contradictions are told, and what only looks like one is not."""

import pytest

from inference.covers.plan import read_requirement


@pytest.mark.parametrize(
    "requirement",
    [
        "3:4和1:1各一张",
        "竖版3:4，横版16:9",
        "横竖版都要",
        "只要3:4，竖版",
        "主播出镜但不露脸",
        "标题不超过10个字，不超过10个字",
        "标题不超过10个字，最好不超过8个字",
        "最好主播出镜，不要人脸",
        "动态封面3到6秒",
        "标题写“包邮”，不超过2个字",
        "英文标题，不超过12个字符",
        "show the host, no hands",
    ],
)
def test_what_can_be_met_is_no_conflict(requirement):
    assert read_requirement(requirement).conflicts == ()


@pytest.mark.parametrize(
    ("requirement", "words"),
    [
        ("主播出镜，不要人脸", "人脸"),
        ("要价格，不要价格", "价格"),
        ("只要3:4，只要1:1", "3:4, 1:1"),
        ("比例9:16", "9:16"),
        ("1080x1920", "9:16"),
        ("标题少于1个字", "没有可用的字数"),
        ("标题至少12个字，不超过10个字", "12"),
        ("英文标题，不超过6个字符", "12"),
        ("中文标题不超过3个字", "5"),
        ("标题写“夏日清凉大放送”，不超过5个字", "7 个字"),
        ("标题写“清仓”，不要出现“清仓”", "清仓"),
        ("两位主播出镜，三位主播出镜", "2、3"),
        ("动态封面，不要动图", "动态封面"),
        ("动态封面8到10秒", "8–10"),
        ("moving cover, at most 2 seconds", "2"),
        ("no title", "every cover has a title"),
        ("Korean title", "ko"),
    ],
)
def test_contradictions_and_the_impossible_are_told_once_and_the_plan_stays(requirement, words):
    plan = read_requirement(requirement)
    (sentence,) = plan.conflicts
    assert words in sentence
    assert plan.tasks
