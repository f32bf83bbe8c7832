"""A served model annotates: its answer is read strictly, repaired once, and then refused."""

import json

import numpy as np
import pytest
from mlflow import MlflowClient

from data_contracts import settings
from data_contracts.catalog import ANNOTATE_LAYOUT
from inference.media.geometry import Box
from inference.models import registry, vision_language
from inference.models.endpoint import EndpointModel
from inference.models.layout import Annotation, Colour, Role, TextBlock
from inference.models.layout_json import to_trained
from inference.models.vision_language import InternVL
from tests.inference.models import tiny_internvl
from tests.seeing_server import SeeingServer, serve_answers
from training.corpora.layout_annotations.vision_language import (
    EXAMPLE,
    PROMPT,
    UnusableAnswer,
    VisionLanguageAnnotator,
    read_answer,
)

WIDTH, HEIGHT = 600, 800
PICTURE = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
SAID = Annotation(
    WIDTH,
    HEIGHT,
    (
        TextBlock("限时“特价”", Box(60, 80, 540, 160), Role.HEADLINE, "zh", Colour.WHITE),
        TextBlock("Free shipping", Box(60, 640, 300, 680), Role.SELLING_POINT, "en", Colour.PINK),
    ),
    products=(Box(150, 240, 450, 600),),
)
GOOD = json.dumps(to_trained(SAID), ensure_ascii=False)


@pytest.fixture(scope="module")
def one_registry(tmp_path_factory) -> str:
    """MLflow makes its tables for seconds; once is enough."""
    return f"sqlite:///{tmp_path_factory.mktemp('mlflow') / 'mlflow.db'}"


@pytest.fixture(autouse=True)
def registered_before(one_registry, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MLFLOW_URI", one_registry)


def annotate(*answers: str) -> tuple[Annotation, SeeingServer]:
    with serve_answers(answers) as server:
        model = EndpointModel.connect(server.url, server.MODEL)
        return VisionLanguageAnnotator(model).annotate(PICTURE), server


def without(*path: str | int) -> str:
    """The good answer with one thing left out."""
    document = json.loads(GOOD)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return json.dumps(document, ensure_ascii=False)


MALFORMED = {
    "no JSON": "海报上写着：限时特价",
    "cut off": GOOD[: len(GOOD) // 2],
    "talk around it": f"好的！{GOOD} 请查收。",
    "a key is missing": without("文本", "价格"),
    "a value is missing": without("文本", "主标题", 0, "box"),
    "an unknown colour": GOOD.replace("白色", "米白"),
    "a box in pixels": GOOD.replace("[100, 100, 900, 200]", "[100, 100, 1900, 200]"),
    "a box turned over": GOOD.replace("[100, 100, 900, 200]", "[900, 100, 100, 200]"),
    "an empty text": GOOD.replace("Free shipping", " "),
    "a list": f"[{GOOD}]",
    "a key twice": GOOD.replace('"卖点":', '"主标题":', 1).replace('"人脸"', '"主标题": [], "人脸"', 1),
    "nested for ever": "[" * 100_000,
    "nothing": "",
}


@pytest.mark.parametrize("answer", [GOOD, f"```json\n{GOOD}\n```", f"```\n{GOOD}\n```\n", json.dumps(json.loads(GOOD))])
def test_a_good_answer_is_the_annotation(answer):
    annotation, server = annotate(answer)
    assert annotation == SAID
    (asked,) = server.asked
    assert asked.prompt == PROMPT
    assert asked.image.shape == PICTURE.shape


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=list(MALFORMED))
def test_a_bad_answer_is_repaired_once_with_its_error_told(answer):
    annotation, server = annotate(answer, GOOD)
    assert annotation == SAID
    first, second = server.asked
    with pytest.raises(ValueError) as error:  # noqa: PT011 - which words it says is asserted next
        read_answer(answer, WIDTH, HEIGHT)
    assert second.prompt.startswith(PROMPT)
    assert str(error.value) in second.prompt
    assert answer[:1000] in second.prompt
    assert len(second.prompt) < len(first.prompt) + 7000


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=list(MALFORMED))
def test_a_second_bad_answer_is_given_up_with_the_answer_kept(answer):
    with pytest.raises(UnusableAnswer, match="asked twice") as refused:
        annotate("nonsense", answer)
    assert refused.value.answer == answer.strip()


def test_the_example_in_the_prompt_is_what_is_asked_for():
    annotation = read_answer(json.dumps(EXAMPLE, ensure_ascii=False), WIDTH, HEIGHT)
    assert [block.role for block in annotation.blocks] == [Role.HEADLINE]
    assert to_trained(annotation) == EXAMPLE
    assert json.dumps(EXAMPLE, ensure_ascii=False) in PROMPT


def test_every_row_can_name_the_prompt_it_was_asked_with(monkeypatch):
    monkeypatch.delenv("COVERLOOP_MLFLOW_URI")
    with serve_answers([]) as server:
        model = EndpointModel.connect(server.url, server.MODEL)
        names = [VisionLanguageAnnotator(model).name for _ in range(2)]
    assert names == ["internvl@prompt-1", "internvl@prompt-1"]
    assert registry.newest_prompt(ANNOTATE_LAYOUT).text == PROMPT
    MlflowClient(tracking_uri=settings.load().mlflow).register_prompt(ANNOTATE_LAYOUT.name, "another")
    assert VisionLanguageAnnotator(model).name == "internvl@prompt-3"


def test_a_model_of_random_weights_in_process_is_asked_twice_and_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(vision_language, "ANSWER_TOKENS", 4)
    annotator = VisionLanguageAnnotator(InternVL(str(tiny_internvl.write(tmp_path / "tiny-internvl"))))
    assert annotator.name == "tiny-internvl@prompt-1"
    with pytest.raises(UnusableAnswer, match="tiny-internvl@prompt-1, asked twice"):
        annotator.annotate(PICTURE[:64, :64])
