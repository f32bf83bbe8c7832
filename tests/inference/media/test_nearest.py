"""Twelve sentences about a bottle, six in each language, and what they do and do not speak of."""

from inference.media.evidence import Passage
from inference.media.nearest import ORDINARY, find_exact, find_nearest

SENTENCES = (
    "这款保温杯采用316不锈钢内胆",
    "十二个小时还是热的",
    "现在下单只要九十九块",
    "三种颜色可以选",
    "一键开盖单手就能喝",
    "我平时上班就带着它",
    "This bottle keeps water cold for a whole day",
    "It is only twenty nine dollars this week",
    "The lid opens with one hand",
    "It comes in three colours",
    "I take it to the office every day",
    "made of stainless steel",
)
PASSAGES = [Passage(text, "speech", (float(place),)) for place, text in enumerate(SENTENCES)]
SPOKEN_OF = {
    "材质": {0, 11},
    "价格": {2, 7},
    "多少钱": {2, 7},
    "颜色": {3, 9},
    "盖子": {4, 8},
    "保温": {0, 1, 6},
    "不锈钢": {0, 11},
    "price": {2, 7},
    "colours": {3, 9},
    "the lid": {4, 8},
    "material": {0, 11},
    "stainless steel": {0, 11},
    "insulation": {0, 1, 6},
}
NOT_SPOKEN_OF = ("运费", "电池", "尺码", "轮胎", "洗衣机", "battery", "shoe size", "gardening", "shipping cost")


def places(found) -> list[int]:
    return [PASSAGES.index(passage) for passage in found]


def test_what_is_near_in_meaning_is_found_across_languages_and_little_else():
    first = {words: places(find_nearest(words, PASSAGES))[:1] for words in SPOKEN_OF}
    right = [words for words, found in first.items() if set(found) <= SPOKEN_OF[words] and found]
    wrong = [words for words, found in first.items() if found and not set(found) <= SPOKEN_OF[words]]
    invented = [words for words in NOT_SPOKEN_OF if find_nearest(words, PASSAGES)]
    assert len(right) >= 8, first
    assert wrong == [], first
    assert len(invented) <= 1, invented
    assert {3, 9} <= set(places(find_nearest("颜色", PASSAGES)))
    assert {3, 9} <= set(places(find_nearest("colours", PASSAGES)))


def test_sentences_about_this_and_that_are_about_nothing_that_is_asked():
    passages = [Passage(text, "speech") for texts in ORDINARY.values() for text in texts]
    assert [words for words in ("不锈钢", "保温杯", "stainless steel", "lid") if find_nearest(words, passages)] == []


def test_words_are_found_as_they_stand_but_for_case_width_and_spaces():
    lines = ("Ｎｅｗ  in, 新 品 上市", "news in brief", "旧款", "316 不锈钢")
    passages = [Passage(line, "screen") for line in lines]
    assert find_exact("new IN", passages) == passages[:1]
    assert find_exact("新品", passages) == passages[:1]
    assert find_exact("news", passages) == passages[1:2]
    assert find_exact("new", passages) == passages[:1]
    assert find_exact("316不锈", passages) == passages[3:]
    assert find_exact("?", passages) == []


def test_nothing_is_nearest_to_nothing():
    assert find_nearest("  ", PASSAGES) == []
    assert find_nearest("价格", []) == []
