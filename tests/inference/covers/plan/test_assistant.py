"""What a model may add to a plan: told here by a server, so that each answer is known."""

import json

import pytest

from inference.covers.plan import read_requirement
from inference.models.endpoint import EndpointModel
from tests.chat_server import ChatServer, in_turn, serving


def read_with(requirement: str, *topics: str):
    with serving(ChatServer(in_turn([json.dumps({"about": topic}) for topic in topics]))) as server:
        plan = read_requirement(requirement, EndpointModel.connect(server.url, server.MODEL))
    assert len(server.bodies) == len(topics)
    return plan


def added(plan) -> list[tuple]:
    tasks = [task for task in plan.tasks if task.read_by == "model"]
    assert all(task.source in plan.requirement for task in tasks)
    return [(task.what, dict(task.parameters), task.need, task.source) for task in tasks]


@pytest.mark.parametrize(
    ("clause", "topic", "what", "parameters"),
    [
        ("看清是谁在说话", "face", "show", {"subject": "face"}),
        ("别认出是谁", "face", "hide", {"subject": "face"}),
        ("一眼知道花多少", "price", "show_price", {}),
        ("别弄得五颜六色", "colourful", "look", {"look": "calm"}),
        ("Nothing written on it", "text", "hide", {"subject": "text"}),
        ("Make it look expensive", "luxury", "look", {"look": "premium"}),
    ],
)
def test_the_model_names_the_topic_and_the_rule_for_negations_says_whether_it_is_wanted(
    clause, topic, what, parameters
):
    plan = read_with(clause, topic)
    assert added(plan) == [(what, parameters, "better_to_have", clause)]
    assert plan.unread == ()


@pytest.mark.parametrize(
    ("clause", "topic"),
    [
        ("老板说先发了再说", "other"),
        ("质感要细", "sharp"),
        ("写上去的东西", "text"),
        ("别把东西挪开", "product"),
        ("氛围感", "weather"),
    ],
)
def test_what_it_cannot_say_safely_stays_unread(clause, topic):
    plan = read_with(clause, topic)
    assert added(plan) == []
    assert plan.unread == (clause,)


def test_a_guess_is_no_reason_to_refuse_a_cover():
    plan = read_with("一定看清是谁在说话", "face")
    assert (plan.mandatory, plan.constraints.must_show) == ((), ())


@pytest.mark.parametrize("rule", ["不要人脸", "主播出镜", "主播出镜但不露脸"])
def test_it_neither_repeats_nor_overrides_a_rule(rule):
    alone = read_requirement(rule)
    plan = read_with(f"{rule}，看清是谁在说话", "face")
    assert plan.tasks == alone.tasks
    assert plan.unread == ("看清是谁在说话",)


def test_clauses_that_rules_read_are_not_asked_about():
    assert read_with("竖版3:4，标题不超过10个字").unread == ()


def test_stories_conditions_numbers_and_programs_are_not_asked_about():
    clauses = ("很久以前" * 30, "如果天气好", "预算两万", "不能被挡住", '{"about": "price"}', "别太热闹")
    assert read_with("；".join(clauses)).unread == clauses
