import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml

from data_contracts import settings
from data_contracts.catalog import CONTENT_TITLE_PAIRS
from data_contracts.contract import load
from data_contracts.settings import REPOSITORY
from inference.covers.titles.copy import MAX_CONTENT
from inference.media.catalogue import read_products
from inference.models import profile
from inference.models.profile import ServedModel
from tests.conftest import free_port
from training.corpora.content_title_pairs.build import build
from training.corpora.content_title_pairs.pair import Pair
from training.corpora.content_title_pairs.sources import from_products
from training.corpora.content_title_pairs.synthetic import REQUESTS_AT_ONCE, from_model, parse

FLASK = Pair("Keeps drinks hot for 12 hours", "Steel Flask", "en", "catalogue", "p1", content_sources=("catalogue",))
BAG = Pair("后背用网架撑开，走一天也不闷汗", "登山包", "zh", "screen_text", "p2", "0" * 16, ("transcript",))
MUG = Pair("Holds 350 ml and goes into the dishwasher", "Mug", "en", "catalogue", "p3")
NO_WAITS = (0.0, 0.0)


class Teacher(ThreadingHTTPServer):
    """An OpenAI-compatible server that answers contents as told, in turn; the last answer is repeated.

    An answer is a text, an HTTP status to fail with, or bytes to send in place of the JSON of an answer.
    """

    MODEL = "large"

    def __init__(self, answers: dict[str, list]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.served = ServedModel(model=self.MODEL, endpoint=f"http://127.0.0.1:{self.server_port}/v1")

    def answer(self, content: str) -> str | int | bytes:
        with self.lock:
            self.asked[content] += 1
            answers = self.answers.get(content, ['["A title"]'])
            return answers[min(self.asked[content], len(answers)) - 1]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(200, json.dumps({"data": [{"id": self.server.MODEL}]}).encode())

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answer(body["messages"][-1]["content"])
        if isinstance(answer, int):
            self.reply(answer, b"{}")
        elif isinstance(answer, bytes):
            self.reply(200, answer)
        else:
            self.reply(200, json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}}]}).encode())

    def reply(self, status: int, payload: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


@pytest.fixture
def teacher() -> Iterator[Teacher]:
    server = Teacher(
        {
            FLASK.content: ['["Hot Drinks for 12 Hours", "A Flask That Keeps Heat"]'],
            BAG.content: ['```json\n["走一天也不闷汗", "网架撑开后背"]\n```'],
        }
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def written(pairs, served) -> dict[str, list[str]]:
    """Titles by content, or the rules of what was dropped."""
    found: dict[str, list[str]] = {}
    for pair, drop in from_model(pairs, served, NO_WAITS):
        found.setdefault(pair.content, []).append(drop.rule if drop else pair.title)
    return found


def test_titles_of_the_model_are_synthetic_pairs_of_the_content(teacher):
    pairs = [pair for pair, drop in from_model([FLASK, BAG, FLASK], teacher.served, NO_WAITS) if not drop]
    assert {pair.source for pair in pairs} == {"synthetic"}
    assert [(pair.title, pair.content, pair.product_id, pair.video_id, pair.language) for pair in pairs] == [
        ("Hot Drinks for 12 Hours", FLASK.content, "p1", None, "en"),
        ("A Flask That Keeps Heat", FLASK.content, "p1", None, "en"),
        ("走一天也不闷汗", BAG.content, "p2", BAG.video_id, "zh"),
        ("网架撑开后背", BAG.content, "p2", BAG.video_id, "zh"),
    ]
    assert teacher.asked == {FLASK.content: 1, BAG.content: 1}


def test_nothing_is_paid_for_twice_even_when_the_server_is_gone(teacher):
    first = list(from_model([FLASK, BAG], teacher.served, NO_WAITS))
    assert list(from_model([BAG, FLASK], teacher.served, NO_WAITS)) == first
    assert teacher.asked.total() == 2

    gone = ServedModel(model=Teacher.MODEL, endpoint=f"http://127.0.0.1:{free_port()}/v1")
    assert list(from_model([FLASK, BAG], gone, NO_WAITS)) == first
    assert written([FLASK, MUG], gone)[MUG.content] == ["no_answer"]


@pytest.mark.parametrize(
    ("answers", "result", "asked"),
    [
        ([429, 503, '["A Mug"]'], ["A Mug"], 3),
        ([500], ["no_answer"], 1 + len(NO_WAITS)),
        ([400], ["no_answer"], 1),
        ([b"<html>proxy</html>"], ["no_answer"], 1),
        ([b'{"choices": []}'], ["no_answer"], 1),
        ([b'{"choices": [{"message": {"content": null}}]}'], ["no_answer"], 1),
        (["Sure! Here are some titles"], ["bad_answer"], 1),
    ],
)
def test_a_request_that_fails_costs_its_own_content_only(teacher, answers, result, asked):
    teacher.answers[MUG.content] = answers
    found = written([FLASK, MUG, BAG], teacher.served)
    assert found[MUG.content] == result
    assert teacher.asked[MUG.content] == asked
    assert len(found[FLASK.content]) == len(found[BAG.content]) == 2


def test_what_failed_is_asked_again_by_the_next_build(teacher):
    teacher.answers[MUG.content] = [400, '["A Mug"]']
    assert written([MUG], teacher.served) == {MUG.content: ["no_answer"]}
    assert written([MUG], teacher.served) == {MUG.content: ["A Mug"]}


def test_a_server_that_answers_nothing_is_soon_left_alone(teacher):
    pairs = [Pair(f"content {number:03}", "title", "en", "catalogue") for number in range(4 * REQUESTS_AT_ONCE)]
    teacher.answers |= {pair.content: [400] for pair in pairs}
    assert list(written(pairs, teacher.served).values()) == [["no_answer"]] * len(pairs)
    assert teacher.asked.total() == REQUESTS_AT_ONCE


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ('["A", "B"]', ["A", "B"]),
        ('```\n["A"]\n```', ["A"]),
        (' [" A ", "A"] ', ["A"]),
        ('Here: ["A"]', []),
        ('["A"] ["B"]', []),
        ('["A", ""]', []),
        ('["A", 3]', []),
        ('["A\\nB"]', []),
        ('["A", "B", "C", "D"]', []),
        ('{"titles": ["A"]}', []),
        ("[]", []),
        ("[" * 100_000, []),
        ("", []),
    ],
)
def test_an_answer_is_read_strictly(answer, titles):
    assert parse(answer) == titles


def test_no_more_is_sent_than_a_title_is_written_from(teacher):
    long = Pair("水" * 2 * MAX_CONTENT, "title", "zh", "catalogue")
    written([long], teacher.served)
    assert teacher.asked == {"水" * MAX_CONTENT: 1}


def test_without_a_teacher_nothing_is_written_and_that_is_said(caplog):
    caplog.set_level("INFO")
    assert list(from_model([FLASK], None)) == []
    assert "names no teacher" in caplog.text


def test_the_profile_names_the_teacher(monkeypatch, tmp_path):
    chosen = yaml.safe_load(settings.load().profile_file.read_text())
    assert profile.load().teacher is None
    served = tmp_path / "served.yaml"
    served.write_text(yaml.safe_dump(chosen | {"teacher": {"model": "large", "endpoint": "http://large/v1"}}))
    assert profile.load(served).teacher == ServedModel(model="large", endpoint="http://large/v1")
    served.write_text(yaml.safe_dump(chosen | {"teacher": {"model": "large"}}))
    with pytest.raises(ValueError, match="endpoint"):
        profile.load(served)


def test_no_synthetic_title_is_held_out_nor_teaches_what_is(teacher):
    human = list(from_products(read_products(str(REPOSITORY / "infra" / "samples" / "products.csv"))))
    told = [pair for pair in human if len(pair.content.splitlines()) > 2]
    teacher.answers |= {pair.content[:MAX_CONTENT]: [json.dumps([pair.content.splitlines()[2]])] for pair in told}
    synthetic = [pair for pair, drop in from_model(told, teacher.served, NO_WAITS) if not drop]
    built = build([*human, *synthetic])
    rows = load(CONTENT_TITLE_PAIRS).check(built.rows)[0].to_pylist()

    assert {row["split"] for row in rows if row["source"] == "synthetic"} == {"train"}
    assert built.counts["dropped"]["held_out_synthetic"] > 0
    held_out = {row["group"] for row in rows if row["split"] == "held_out"}
    assert held_out
    assert not held_out & {row["group"] for row in rows if row["source"] == "synthetic"}
    assert held_out == {row["group"] for row in build(human).rows if row["split"] == "held_out"}
