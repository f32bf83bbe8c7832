from dataclasses import replace

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from inference.covers.briefs import brief_of_file, read_briefs, words_of_name
from inference.covers.titles.checks import Limits, width
from inference.covers.titles.copy import describe_serving, prompt, write_titles, write_titles_for
from inference.covers.titles.facts import Facts
from inference.covers.titles.rules import clean
from inference.covers.titles.verdict import judge
from inference.models.pretrained import TINY, locate
from inference.models.transformers_model import TransformersModel

BAG = Facts(
    title="轻便30升登山包",
    selling_points=("背一天不闷汗", "自带防雨罩"),
    description="后背用网架撑开，通风透气。",
    price=199,
    currency="CNY",
)
FLASK = Facts(
    title="Leak-Proof Steel Travel Flask",
    selling_points=("Keeps drinks hot for 12 hours",),
    description="This steel flask holds 500 ml.",
    price=15.9,
    currency="USD",
)


class Said:
    """A language model that answers as told, to meet answers that half a billion weights do give."""

    name = "said"
    serving = None

    def __init__(self, *answers: str):
        self.answers = answers
        self.asked: list = []

    def generate(self, prompts, max_new_tokens, samples=1, temperature=0.0, seed=0):
        self.asked += prompts
        return [list(self.answers) for _ in prompts]


class Heard(TransformersModel):
    """Keeps the text that reached the weights last, and how many tokens were asked for."""

    def _write(self, texts, max_new_tokens, *options):
        self.heard = (texts, max_new_tokens)
        return super()._write(texts, max_new_tokens, *options)


def kept(titles):
    return [(each.text, each.source) for each in titles if each.kept]


def test_rules_write_from_the_product():
    titles = write_titles(BAG, "zh")
    assert kept(titles)[0] == ("轻便30升登山包，背一天不闷汗", "rule")
    assert ("背一天不闷汗", "rule") in kept(titles)
    assert [each.score for each in titles] == sorted((each.score for each in titles), reverse=True)


def test_what_the_model_invents_is_never_kept():
    said = ["标题：“背一天不闷汗的登山包”", "40升登山包", "防水登山包", "最好的登山包", "登山包", "背一天不闷汗。"]
    titles = {each.text: each for each in write_titles(BAG, "zh", model=Said(*said))}
    assert titles["背一天不闷汗的登山包"].kept
    assert titles["背一天不闷汗的登山包"].source == "model"
    assert titles["背一天不闷汗"].source == "rule"  # the same title once, in the shop's spelling
    assert "not in the facts: 40 升" in titles["40升登山包"].reasons
    assert not any(titles[text].kept for text in ("40升登山包", "防水登山包", "最好的登山包", "登山包"))


def test_of_what_is_too_long_the_clauses_that_fit_stay_and_the_name_comes_first():
    flask = Facts(title="316不锈钢保温杯大容量刻字", description="双层真空，一按即开，轻巧不占地方。")
    titles = kept(write_titles(flask, "zh", model=Said("一按即开，双层真空，轻巧不占地方")))
    assert {("一按即开，双层真空", "model"), ("保温杯，一按即开，双层真空", "model")} <= set(titles)
    assert write_titles(flask, "zh")[0].text == "316不锈钢保温杯，双层真空"


def test_a_limit_is_kept_whatever_the_length():
    for limit in (5, 6, 9, 14):
        assert all(width(text, "zh") <= limit for text, _ in kept(write_titles(BAG, "zh", max_chars=limit)))


def test_a_real_model_writes_for_many_videos_at_once():
    model = TransformersModel(TINY)
    facts, languages = [BAG, FLASK, Facts(file_words=("great", "wall"))], ["zh", "en", "en"]
    once, again = (write_titles_for(facts, languages, samples=2, model=model) for _ in range(2))
    assert once == again
    assert "model" in {each.source for each in once[0]}
    assert [titles[0].source for titles in once] == ["rule", "rule", "file name"]
    assert all(each.source != "model" for titles in once for each in titles if each.kept)  # random weights


def test_the_headline_is_the_title_and_notices_and_subtitles_are_not():
    screen = ("仅用于学术研究", "客厅一定要装修吊顶吗", "多少层档才不会显得压抑呢", "本数据集为研究项目专用")
    assert kept(write_titles(Facts(on_screen=screen), "zh")) == [("客厅一定要装修吊顶吗", "rule")]
    assert not any(notice in Facts(on_screen=screen).everything for notice in ("学术", "专用"))


@pytest.mark.parametrize(
    ("spoken", "language", "title"),
    [
        ("嗯，那个，今天给大家看看。这款登山包有30升容量，我很喜欢。", "zh", "这款登山包有30升容量"),
        ("Okay, so let's go. A steel flask holds half a litre, you know.", "en", "A steel flask holds half a litre"),
    ],
)
def test_of_what_is_said_a_whole_clause_that_describes(spoken, language, title):
    assert kept(write_titles(Facts(spoken=spoken), language)) == [(title, "rule")]


def test_talk_gives_way_to_the_file_name():
    facts = Facts(spoken="Okay, there we go. Look at him. You are so nice.", file_words=("hairdressing",))
    titles = write_titles(facts, "en", model=Said("Look at him. You are so nice", "There you are"))
    assert kept(titles) == [("Hairdressing", "file name")]
    assert any("talk, no title" in reason for each in titles for reason in each.reasons)


@pytest.mark.parametrize(
    ("name", "language", "title", "source"),
    [
        ("cars.mp4", "en", "Cars", "file name"),
        ("great_wall.mp4", "en", "Great Wall", "file name"),
        ("the-making-of-bread_1080p_final.mov", "en", "The Making of Bread", "file name"),
        ("长城.mp4", "zh", "长城", "file name"),
        ("长城_日出.mp4", "zh", "长城日出", "file name"),
        ("best_dress.mp4", "en", "Watch now", "fallback"),
        ("IMG_2041.MOV", "en", "Watch now", "fallback"),
        ("great_wall.mp4", "zh", "点开看看", "fallback"),
    ],
)
def test_no_video_goes_without_a_title(name, language, title, source):
    model = Said("Explore the wonders")
    titles = write_titles(Facts(file_words=words_of_name(name)), language, model=model)
    assert kept(titles) == [(title, source)]
    assert not model.asked  # it could only invent


def test_a_limit_too_small_for_any_title_is_said():
    (title,) = write_titles(Facts(), "zh", max_chars=3)
    assert not title.kept
    assert title.reasons == ("wider than 3",)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("VID_20240102_101010.mp4", ()),
        ("WhatsApp Video 2024-01-02 at 10.10.10.mp4", ()),
        ("微信视频20240102.mp4", ()),
        ("3f2a9c81d0e4.mp4", ()),
        ("red dress v2 (copy).mp4", ("red", "dress")),
        ("30升登山包_终稿.mp4", ("30升登山包",)),
    ],
)
def test_words_of_a_file_name(name, words):
    assert words_of_name(name) == words


def video(name: str) -> dict:
    return {
        "video_id": "0123456789abcdef",
        "name": name,
        "uri": f"landing/{name}",
        "fingerprint": "f",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "duration_s": 1.0,
        "width": 64,
        "height": 64,
        "rotation_deg": 0,
        "fps": 25.0,
        "variable_fps": False,
        "has_audio": True,
        "product_match": "none",
    }


@pytest.mark.parametrize(
    ("language", "probability", "spoken"),
    [("en", 0.79, None), ("en", 0.8, "Pope."), ("en", None, "Pope."), ("fr", 1.0, None)],
)
def test_only_what_was_surely_recognised_is_a_fact(lake, language, probability, spoken):
    from data_contracts.catalog import TRANSCRIPTS, VIDEOS

    said = {
        "video_id": "0123456789abcdef",
        "source": "speech",
        "language": language,
        "language_probability": probability,
        "text": "Pope.",
        "words": [],
        "speech_s": 1.0,
        "screen_text": [],
        "models": "",
    }
    lake.write(VIDEOS, [video("film.mp4")], "run")
    lake.write(TRANSCRIPTS, [said], "run")
    (brief,) = read_briefs(lake, [], "")
    assert brief.facts.spoken == spoken
    assert brief.language == "en"


@pytest.mark.parametrize("name", ["cars", "bottles", "great_wall", "plant_20_frames"])
def test_a_silent_film_without_text_is_called_after_its_file(shared_data, name):
    brief = brief_of_file(shared_data / "videos" / f"{name}.mp4", None, "")
    best = write_titles(brief.facts, brief.language)[0]
    assert (best.kept, best.source) == (True, "file name")


def test_answers_are_cleaned():
    assert clean('\n**Title: "Steel   Flask."**\nHere is why') == "Steel Flask"


def test_the_model_does_not_read_the_title_it_is_to_write():
    system, user = prompt(FLASK.content, Limits.of("en"))
    assert "42" in system["content"]
    assert FLASK.title not in user["content"]
    assert "$15.9" in user["content"]
    assert replace(FLASK, selling_points=(), description=None, price=None).content == FLASK.title


def test_a_given_title_is_judged_like_any_other():
    assert judge("防水登山包", "given", BAG, Limits.of("zh")).reasons == ("not in the facts: 防水",)


def test_an_adapter_is_asked_as_it_was_trained_to_be_not_as_todays_code_would_ask(tmp_path):
    """The whole way: a folder of an adapter, the profile's model with it, the text that reaches the weights."""
    torch.manual_seed(1)
    base = AutoModelForCausalLM.from_pretrained(locate(TINY))
    tuned = get_peft_model(base, LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False))
    tuned.peft_config["default"].base_model_name_or_path = TINY
    adapter = tmp_path / "title_copy" / "1-run"
    tuned.save_pretrained(adapter, save_embedding_layers=False)
    model = TransformersModel(TINY, adapter)
    assert model.serving is None  # trained before it was written down: asked as today
    assert prompt("x", Limits.of("en"), model.serving) == prompt("x", Limits.of("en"))

    then = describe_serving(model.tokenizer, max_new_tokens=3)
    replace(then, instructions={"en": "Headline, {limit} signs:"}, max_content=5).write(adapter)
    model = Heard(TINY, adapter)
    write_titles(FLASK, "en", model=model)
    ((text,), most) = model.heard
    assert text.startswith(f"<|im_start|>system\nHeadline, {Limits.of('en').max_width:g} signs:<|im_end|>")
    assert f"<|im_start|>user\n{FLASK.content[:5]}<|im_end|>" in text
    assert most == 3
