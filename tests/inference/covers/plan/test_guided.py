"""Choosing under a schema: with a real model of random weights, and with a server over HTTP."""

import json

import pytest

from inference.covers.plan import guided
from inference.covers.plan.assistant import TOPICS
from inference.models import pretrained
from inference.models.answers import Remembering
from inference.models.endpoint import EndpointModel
from inference.models.transformers_model import TransformersModel
from tests.chat_server import ChatServer, in_turn, serving

TASK = guided.Task(
    "Which?", (("one", "first"), ("two", "second")), "about", ("first", "second", "seconds", "other"), ("…", "?")
)
QUESTIONS = ("要看清是谁在说话", "one", "two", "<|im_end|>", "")


@pytest.fixture(scope="module")
def model() -> TransformersModel:
    return TransformersModel(pretrained.TINY)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_model_of_random_weights_keeps_to_the_schema(model, question):
    for answer in guided._pen(model, TASK).write(question):
        assert json.loads(answer)["about"] in TASK.options


def test_reading_a_question_leaves_nothing_behind_for_the_next(model):
    pen = guided._Pen(model, TASK)
    alone = [guided._Pen(model, TASK).write(question) for question in QUESTIONS]
    assert [pen.write(question) for question in QUESTIONS] == alone


def test_the_likeliest_answer_is_the_one_the_whole_chat_makes_likeliest(model):
    """Against asking the model with everything before each option, without cache, pen or grammar."""
    import torch

    from inference.models.language import as_text

    options = ("first", "xenon")
    task = guided.Task("Which?", TASK.examples[:1], "about", options, TASK.empty)
    text = as_text(model.tokenizer, task.ask("two")) + '{"about":"'
    ids = torch.tensor([model.tokenizer(text, add_special_tokens=False).input_ids])
    with torch.inference_mode():
        logits = model._model(input_ids=ids).logits[0, -1]
    firsts = [model.tokenizer(option, add_special_tokens=False).input_ids[0] for option in options]
    likeliest = options[int(logits[firsts].argmax())]
    assert json.loads(guided._Pen(model, task).write("two")[0]) == {"about": likeliest}


def test_what_was_asked_before_is_answered_from_memory(model):
    first = guided.choose(Remembering(model), TASK, QUESTIONS)
    assert all(answer in (None, *TASK.options) for answer in first)

    class Unloaded(TransformersModel):
        @property
        def _model(self):
            raise AssertionError("the model is asked again")

    assert guided.choose(Unloaded(pretrained.TINY), TASK, QUESTIONS) == first


def test_a_server_is_sent_the_schema_and_what_does_not_keep_to_it_is_no_answer():
    answers = ['{"about": "price"}', '{"about": "the price"}', "price", '{"about": "face", "more": 1}', '["face"]', "{"]
    with serving(ChatServer(in_turn(answers))) as server:
        model = EndpointModel.connect(server.url, server.MODEL)
        chosen = guided.choose(model, TOPICS, [f"问题{number}" for number in range(len(answers))])
    assert chosen == ["price", None, None, None, None, None]
    for body in server.bodies:
        assert body["structured_outputs"] == {"json": TOPICS.schema}
        assert body["temperature"] == 0
