import pytest

from inference.media.answers import ANSWERS
from inference.media.questions import KINDS, read_question

ASKED = [
    ("有几个人？", "people", None, "zh"),
    ("画面里有主播吗", "people", None, "zh"),
    ("Is there a face in the video?", "people", None, "en"),
    ("How many people are there?", "people", None, "en"),
    ("价格出现在哪里？", "price", None, "zh"),
    ("Where is a price shown?", "price", None, "en"),
    ("商品在哪里看得最清楚？", "product", None, "zh"),
    ("Where is the product seen best?", "product", None, "en"),
    ("视频里拍了什么？", "overview", "", "zh"),
    ("画面里有什么", "overview", "", "zh"),
    ("What is shown in the video?", "overview", "", "en"),
    ("屏幕上写了什么？", "written", "", "zh"),
    ("画面上有什么文字？", "written", "", "zh"),
    ("What text is on screen?", "written", "", "en"),
    ("What does it say on the screen?", "written", "", "en"),
    ("哪里写着“新品”？", "written", "新品", "zh"),
    ("Where is “new in” written?", "written", "new in", "en"),
    ("关于材质说了什么？", "said", "材质", "zh"),
    ("口播里提到保温了吗", "said", "保温", "zh"),
    ("有没有提到运费", "said", "运费", "zh"),
    ("说了什么", "said", "", "zh"),
    ("What is said about the lid?", "said", "lid", "en"),
    ("When is the battery mentioned?", "said", "battery", "en"),
    ("What is said?", "said", "", "en"),
    ("What is said about “316 steel”?", "said", "316 steel", "en"),
    ("裙子是什么颜色的？", "looks", "裙子 颜色", "zh"),
    ("What colour is the dress?", "looks", "colour dress", "en"),
    ("她在做什么？", "looks", None, "zh"),
    ("盖子什么时候出现", "seen", "盖子", "zh"),
    ("哪里有“手”？", "seen", "手", "zh"),
    ("Where is the bicycle?", "seen", "bicycle", "en"),
    ("Where is “新品” seen?", "seen", "新品", "en"),
]


@pytest.mark.parametrize(("text", "kind", "about", "language"), ASKED)
def test_a_question_says_what_it_asks_for(text, kind, about, language):
    asked = read_question(text)
    assert (asked.kind, asked.language) == (kind, language)
    if about is not None:
        assert asked.about == about


def test_every_kind_is_asked_here_and_answered():
    assert {kind for _, kind, _, _ in ASKED} == ANSWERS.keys() == {*KINDS, "seen"}


@pytest.mark.parametrize("text", ["", "  ", "？？", "…!"])
def test_a_question_without_a_word_is_refused(text):
    with pytest.raises(ValueError, match="empty"):
        read_question(text)


@pytest.mark.parametrize("text", ["“”", "“", "a" * 9999, "有" * 5000, "Where is “(.*+?[” seen?", "\x00?x", "🙂 where"])
def test_odd_questions_are_read_without_harm(text):
    if any(character.isalnum() for character in text):
        assert read_question(text).kind in ANSWERS
    else:
        with pytest.raises(ValueError, match="empty"):
            read_question(text)


def test_the_whole_video_is_nothing_in_particular():
    assert read_question("What is said about the product?").is_generic
    assert read_question("关于这款商品说了什么？").is_generic
    assert not read_question("关于盖子说了什么？").is_generic
