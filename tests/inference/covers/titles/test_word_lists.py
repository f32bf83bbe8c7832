import pytest

from inference.covers.titles.word_lists import (
    WORDS,
    find_absolute_claim,
    find_profanity,
    find_unproven_effect,
    read_words,
)

FINDERS = {
    "absolute_claims": find_absolute_claim,
    "unproven_effects": find_unproven_effect,
    "profanity": find_profanity,
}
LISTS = sorted(path for kind in FINDERS for path in WORDS.glob(f"{kind}.*.txt"))


@pytest.mark.parametrize(
    ("title", "language", "claim"),
    [
        ("最轻的登山包", "zh", "最"),
        ("销量第一的登山包", "zh", "第一"),
        ("顶级羊毛围巾", "zh", "顶级"),
        ("１００％防水登山包", "zh", "100%"),
        ("百分之百防水", "zh", "百分之百"),
        ("家用NO.1榨汁机", "zh", "no.1"),
        ("近期最受欢迎的台灯", "zh", "最"),
        ("The Best Steel Flask", "en", "best"),
        ("The best-before you know it mug, best mug", "en", "best"),
        ("No. 1 Steel Flask", "en", "no. 1"),
        ("#1 Steel Flask", "en", "#1"),
        ("World’s Lightest Tent", "en", "world's"),
        ("World-Class Grill", "en", "world-class"),
        ("100 % Waterproof Jacket", "en", "100 %"),
        ("Guaranteed Dry Boots", "en", "guaranteed"),
        ("Best-Selling Tent, a Bestseller", "en", "best"),
    ],
)
def test_an_absolute_claim_is_found(title, language, claim):
    assert find_absolute_claim(title, language).lower() == claim


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("最近上新的登山包", "zh"),
        ("最大承重80公斤的收纳箱", "zh"),
        ("孩子第一次用的筷子", "zh"),
        ("100%棉的白衬衫", "zh"),
        ("100% 羊毛围巾", "zh"),
        ("万能遥控器", "zh"),
        ("全网通手机", "zh"),
        ("Milk with a Best-Before Date", "en"),
        ("Bracelets for Best Friends", "en"),
        ("100% Cotton Shirt", "en"),
        ("100 % cotton shirt", "en"),
        ("Bestow Candle", "en"),
        ("Model No. 12 Drill Bit", "en"),
        ("Imperfect Glaze Bowl", "en"),
    ],
)
def test_words_that_only_look_like_a_claim_pass(title, language):
    assert find_absolute_claim(title, language) == ""


@pytest.mark.parametrize(
    ("title", "language", "promise"),
    [
        ("按摩仪，治疗颈椎病", "zh", "治疗"),
        ("金豆吊坠，保值升值", "zh", "保值"),
        ("奶粉，提高免疫力", "zh", "提高免疫力"),
        ("Magnet Bracelet Lowers Blood Pressure", "en", "lowers blood pressure"),
        ("红光治疗仪", "zh", ""),
        ("UV Lamp Cures Gel in a Minute", "en", ""),
    ],
)
def test_a_promise_to_heal_or_to_bring_money_is_found(title, language, promise):
    assert find_unproven_effect(title, language).lower() == promise


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("他妈的好用", "zh"),
        ("傻逼才不买", "zh"),
        ("Fucking Good Mug", "en"),
        ("F*ck This Mug", "en"),
        ("holy SHIT", "en"),
    ],
)
def test_profanity_is_found(text, language):
    assert find_profanity(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("鸡尾酒摇壶", "zh"),
        ("妈妈的围裙", "zh"),
        ("去死皮磨砂膏", "zh"),
        ("我操作起来很顺手", "zh"),
        ("逼真的恐龙模型", "zh"),
        ("Cocktail Shaker", "en"),
        ("Scunthorpe United Scarf", "en"),
        ("Shiitake Growing Kit", "en"),
        ("Pussy Willow Wreath", "en"),
        ("Bastard-Cut File", "en"),
        ("Moby Dick, Hardcover", "en"),
    ],
)
def test_words_that_only_look_like_profanity_pass(text, language):
    assert find_profanity(text, language) == ""


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_line_of_a_list_does_something(path):
    words, exceptions = read_words(path)
    kind, language, _ = path.name.split(".")
    find = FINDERS[kind]
    assert [word for word in words if not find(word, language)] == []
    assert [phrase for phrase in exceptions if find(phrase, language)] == []
    assert [phrase for phrase in exceptions if not any(word in phrase for word in words)] == []
    assert len(words + exceptions) == len(set(words + exceptions))


def test_a_comment_is_no_word_and_a_number_sign_is(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("# heading\n#\n\n#1\nBest\n!best before\n", encoding="utf-8")
    assert read_words(path) == (["#1", "best"], ["best before"])
