import pytest

from inference.media.answers import FILE, MediaWatcher
from inference.media.evidence import Sighting
from inference.models.speech import Word
from tests.clips import photograph

SPOKEN = ("大家好。", "内胆是316不锈钢的。", "只要九十九块。", "三种颜色可以选。")
UNKNOWN = {"zh": "没有视觉语言模型", "en": "cannot be told without a vision-language model"}


@pytest.fixture
def watcher() -> MediaWatcher:
    """A face at 1 and 4 s, two at 4 s; a price at 1 s, a headline at both; nothing at 8 s."""
    noted = MediaWatcher()
    noted.note(Sighting(4.0, faces=(0.2, 0.05), writing=("新品上市",), subject=0.5))
    noted.note(Sighting(1.0, faces=(0.1,), writing=("新品上市", "¥99"), subject=0.3))
    noted.note(Sighting(8.0))
    noted.hear([Word(text, 10.0 + 2 * place, 11.0 + 2 * place) for place, text in enumerate(SPOKEN)])
    return noted


@pytest.mark.parametrize(
    ("question", "words", "frames"),
    [
        ("画面里有几个人？", ["3个画面", "2个出现人脸", "最多2张", "20%"], (4.0, 1.0)),
        ("Is there a face?", ["in 2 of the 3 frames", "2 at most", "20%"], (4.0, 1.0)),
        ("价格出现在哪里？", ["屏幕上有价格", "¥99", "1.0秒"], (1.0,)),
        ("Where is a price shown?", ["“¥99”", "at 1.0 s"], (1.0,)),
        ("商品在哪里看得最清楚？", ["2个画面", "50%"], (4.0, 1.0)),
        ("Where is the product seen best?", ["in 2 of the 3 frames", "50%"], (4.0, 1.0)),
        ("画面上有什么文字？", ["新品上市", "¥99"], (1.0, 4.0)),
        ("Where is “新品” written?", ["Word for word", "on screen", "新品上市"], (1.0, 4.0)),
        ("哪里写着“清仓”？", ["没有找到“清仓”"], ()),
        ("What is said?", [*SPOKEN], (10.0, 12.0, 14.0, 16.0)),
        ("关于不锈钢说了什么？", ["原话", "口播", SPOKEN[1]], (12.0,)),
        ("What is said about colours?", ["nearest in meaning", SPOKEN[3]], (16.0,)),
        ("有没有提到运费", ["口播里没有提到“运费”"], ()),
    ],
)
def test_an_answer_names_its_evidence_and_its_times(watcher, question, words, frames):
    answer = watcher.ask(question)
    assert [word for word in words if word not in answer.text] == []
    assert answer.frames == frames
    assert answer.by


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("她在做什么动作？", "zh"),
        ("自行车在哪里？", "zh"),
        ("Where is the bicycle?", "en"),
        ("Why is she laughing?", "en"),
    ],
)
def test_what_only_eyes_can_tell_is_said_to_be_unknown(watcher, question, language):
    answer = watcher.ask(question)
    assert UNKNOWN[language] in answer.text
    assert answer.frames == ()


def test_words_about_a_colour_are_quoted_and_no_colour_is_claimed(watcher):
    answer = watcher.ask("裙子是什么颜色？")
    assert SPOKEN[3] in answer.text
    assert UNKNOWN["zh"] in answer.text
    assert answer.frames == (16.0,)
    assert answer.by == "speech, text embedding"


def test_what_is_shown_tells_all_that_is_known_and_what_is_not(watcher):
    answer = watcher.ask("What is shown in the video?")
    for part in ("A face is seen", "main object", "新品上市", SPOKEN[0], UNKNOWN["en"]):
        assert part in answer.text
    assert {4.0, 1.0, 10.0} <= set(answer.frames)


def test_a_price_that_is_only_spoken_is_told_from_one_that_is_shown(watcher):
    watcher.note(Sighting(1.0, writing=("新品上市",)))
    answer = watcher.ask("价格出现在哪里？")
    assert "口播提到" in answer.text
    assert SPOKEN[2] in answer.text
    assert (answer.frames, answer.by) == ((14.0,), "speech")


def test_a_video_of_nothing_is_answered_too():
    empty = MediaWatcher()
    questions = (
        "有几个人？",
        "价格呢？",
        "商品在哪？",
        "画面上有什么文字？",
        "说了什么？",
        "视频里有什么？",
        "狗在哪？",
    )
    for question in questions:
        answer = empty.ask(question)
        assert answer.text
        assert answer.frames == ()


def test_speech_without_times_is_quoted_without_them(watcher):
    watcher.hear((), "".join(SPOKEN))
    answer = watcher.ask("关于不锈钢说了什么？")
    assert SPOKEN[1] in answer.text
    assert answer.frames == ()
    assert "时间" not in answer.text


def test_notes_are_kept_and_read_back(watcher, tmp_path):
    watcher.save(tmp_path / "notes")
    assert MediaWatcher.load(tmp_path / "notes") == watcher
    (tmp_path / "notes" / FILE).write_text('{"sightings": 3}')
    with pytest.raises(ValueError, match="sightings"):
        MediaWatcher.load(tmp_path / "notes")
    with pytest.raises(FileNotFoundError):
        MediaWatcher.load(tmp_path / "nowhere")


def test_real_frames_are_seen_and_asked_about():
    watcher = MediaWatcher()
    watcher.see(photograph("astronaut.png", 320), 1.0)
    watcher.see(photograph("coffee.png", 320), 2.0)
    assert watcher.ask("Where is a face?").frames == (1.0,)
    assert "1 of the 2 frames" in watcher.ask("Where is a face?").text
