import pytest

from inference.covers.titles.notices import is_notice, without_notices


@pytest.mark.parametrize(
    "line",
    [
        "仅用于学术研究",
        "本数据集为Youku-AliceMind研究项目专用",
        "版权所有 侵权必究",
        "未经授权禁止转载",
        "图片仅供参考，以实物为准",
        "最终解释权归本店所有",
        "优酷",
        "样片",
        "@小店日常",
        "抖音号：shop123",
        "www.example.com",
        "shop.example.cn",
        "© 2024 Example Studios",
        "Copyright Example Studios",
        "ALL RIGHTS RESERVED",
        "For preview purposes only",
        "Not for resale",
        "Do not copy or redistribute",
        "- SAMPLE -",
        "YOUKU",
        "Getty Images",
    ],
)
def test_a_notice_is_no_headline(line):
    assert is_notice(line)


@pytest.mark.parametrize(
    "line",
    [
        "孕妇专用护肤品",
        "客厅一定要装修吊顶吗",
        "免费试看三天的课程",
        "Steel flask, 500 ml",
        "Free samples for every guest",
        "For kids and grown-ups",
        "Draft beer at home",
        "3.5 mm jack",
    ],
)
def test_a_headline_that_sounds_like_one_stays(line):
    assert not is_notice(line)


def test_what_is_left_keeps_its_order():
    assert without_notices(["30升登山包", "仅用于学术研究", "背一天不闷汗"]) == ("30升登山包", "背一天不闷汗")
