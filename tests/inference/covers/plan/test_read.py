import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.covers.plan import Plan, read_requirement
from inference.covers.plan.read import LONGEST
from inference.covers.titles.facts import Facts

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
    assert plan.conflicts == ()


def test_a_plan_of_nothing_demands_nothing():
    assert read_requirement("  \n ") == Plan()
    assert Plan().mandatory == Plan().optional == ()


def test_wishes_are_told_from_demands():
    plan = read_requirement("最好主播出镜，标题不超过10个字，尽量不要手")
    assert [task.what for task in plan.mandatory] == ["title_max_chars"]
    assert [task.source for task in plan.optional] == ["最好主播出镜", "尽量不要手"]
    assert (plan.must_show, plan.must_not_show) == ((), ())


def test_a_demand_said_twice_is_one_and_the_stronger_need_holds():
    plan = read_requirement("最好有主播，主播必须出镜")
    (task,) = plan.tasks
    assert (task.what, task.parameters, task.need) == ("show", {"subject": "face"}, "have_to_have")


def test_prices_are_held_against_the_product():
    assert read_requirement("标出价格99元", facts=Facts(price=99.0, currency="CNY")).conflicts == ()
    (other,) = read_requirement("标出价格99元", facts=Facts(price=129.0, currency="CNY")).conflicts
    assert "99" in other
    assert "¥129" in other
    (none,) = read_requirement("Show the price", facts=Facts(title="Cup")).conflicts
    assert "has none" in none
    assert read_requirement("最好标出价格", facts=Facts(title="杯")).conflicts == ()


@pytest.mark.parametrize(
    ("requirement", "language"), [("主播出镜，不要人脸", "zh"), ("Show the price, do not show the price", "en")]
)
def test_conflicts_are_said_in_the_language_of_the_requirement(requirement, language):
    (sentence,) = read_requirement(requirement).conflicts
    assert sentence.isascii() == (language == "en")


PIECES = st.sampled_from(
    [
        "不",
        "要",
        "别",
        "没有",
        "主播",
        "商品",
        "字幕",
        "价格",
        "手",
        "标题",
        "10",
        "八",
        "个字",
        "超过",
        "3:4",
        "竖版",
        "、",
        "，",
        "。",
        "和",
        "的",
        "最好",
        "“",
        "”",
        '"',
        "618",
        "99元",
        "动图",
        "秒",
        "no",
        "not",
        "show",
        "the",
        "host",
        "title",
        "at",
        "most",
        "characters",
        "and",
        "or",
        "but",
        "\x00",
        "﷽",
        "🎉",
        "{}",
        "<",
        ">",
        "İ",
        "²",
        "标題",
        "：３",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_whatever_is_written_gets_a_plan_that_quotes_it(requirement):
    plan = read_requirement(requirement)
    assert all(task.source in requirement for task in plan.tasks)
    assert all(clause in requirement for clause in plan.unread)
    assert plan == read_requirement(requirement)


@pytest.mark.parametrize("piece", ["标题", "1", "一", "不要", "主播和", "title ", "“", "3:", "标题写"])
def test_of_a_pasted_book_the_beginning_is_read(piece):
    book = piece * (4 * LONGEST)
    plan = read_requirement(book)
    assert plan.tasks == read_requirement(book[:LONGEST]).tasks
    assert plan.unread[-1].strip() == book[LONGEST:].strip()
