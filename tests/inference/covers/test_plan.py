import pytest

from inference.covers.plan import read_requirement

CASES = [
    (
        "618大促，突出到手价，主播要出镜，竖版3:4，标题不超过10个字，不要字幕帧",
        {"ratio": "3:4", "title_max_chars": 10, "must_show": ("price", "face"), "must_not_show": ("text",)},
    ),
    ("标题少于8个字", {"title_max_chars": 7}),
    ("标题十二个字以内", {"title_max_chars": 12}),
    ("标题控制在二十字", {"title_max_chars": 20}),
    ("英文标题不超过20个字", {"title_max_chars": 20, "language": "en"}),
    ("横版，不要露脸", {"ratio": "16:9", "must_not_show": ("face",)}),
    ("方形图，不标价格，突出商品", {"ratio": "1:1", "must_show": ("product",), "must_not_show": ("price",)}),
    (
        "Portrait, show the host, title at most 30 characters, no subtitles and no hands",
        {"ratio": "3:4", "title_max_chars": 30, "must_show": ("face",), "must_not_show": ("text", "hand")},
    ),
    ("Square cover without people, Chinese title", {"ratio": "1:1", "language": "zh", "must_not_show": ("face",)}),
    ("title shorter than 20 characters", {"title_max_chars": 19}),
    ("高级感", {"unread": ("高级感",)}),
    ("", {}),
]


@pytest.mark.parametrize(("requirement", "expected"), CASES)
def test_constraints_are_read_word_for_word(requirement, expected):
    plan = read_requirement(requirement)
    assert {name: getattr(plan, name) for name in expected} == expected
    for name in ("ratio", "title_max_chars", "language", "must_show", "must_not_show"):
        assert name in expected or not getattr(plan, name)


def test_what_is_demanded_and_forbidden_at_once_is_refused():
    with pytest.raises(ValueError, match="demands and forbids face"):
        read_requirement("主播出镜，不要人脸")


def test_a_title_of_no_length_is_refused():
    with pytest.raises(ValueError, match="no room for a title"):
        read_requirement("标题少于1个字")
