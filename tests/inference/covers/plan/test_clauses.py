import pytest

from inference.covers.plan.clauses import cut, normalise


@pytest.mark.parametrize("text", ["標題１２字，比例３：４", "İstanbul ² ﷽ 🎉", "价格￥１，２９９", "don’t show"])
def test_a_normal_form_has_a_character_for_every_character(text):
    assert len(normalise(text)) == len(text)


@pytest.mark.parametrize(
    ("requirement", "clauses"),
    [
        ("竖版，不要字幕。主播出镜", ["竖版", "不要字幕", "主播出镜"]),
        ("价格1,299元,方图", ["价格1,299元", "方图"]),
        ("标题写“今夏，去海边。”，竖版", ["标题写“今夏，去海边。”", "竖版"]),
        ("show the host and keep it 3:4, price $1.99.", ["show the host", "keep it 3:4", "price $1.99"]),
        ("主播和商品都要出镜", ["主播和商品都要出镜"]),
        (" ，。 ", []),
    ],
)
def test_clauses_end_where_another_demand_begins(requirement, clauses):
    assert [clause.text for clause in cut(requirement)] == clauses


@pytest.mark.parametrize(
    ("requirement", "wishes"),
    [
        ("最好主播出镜，竖版", [True, False]),
        ("如果可以，主播出镜，竖版", [True, False]),
        ("show the host, if possible. Portrait", [True, False]),
        ("If possible, show the host. Portrait", [True, False]),
        ("不可以露脸，展示最好的一面", [False, False]),
        ("you may not show the host", [False]),
        ("最好主播出镜并且露出商品，竖版", [True, True, False]),
        ("如果有主播，主播要出镜", [True, True]),
    ],
)
def test_a_wish_reaches_as_far_as_its_words(requirement, wishes):
    assert [clause.need == "better_to_have" for clause in cut(requirement)] == wishes
