import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import numpy as np
import pytest
import yaml

from data_contracts import settings
from inference.models import pretrained, profile
from inference.models.endpoint import EndpointModel
from inference.models.serving import Serving
from inference.models.transformers_model import TransformersModel
from tests.seeing_server import serve_answers

PROMPTS = ["一个标题", "A title", [{"role": "system", "content": "短"}, {"role": "user", "content": "标题"}]]


class Server(ThreadingHTTPServer):
    """An OpenAI-compatible server of the tiny model, with vLLM's way of loading adapters."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.model = TransformersModel(pretrained.TINY)
        self.adapters: dict[str, str] = {}
        self.asked: list[tuple[str, dict]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply({"data": [{"id": name} for name in (pretrained.TINY, *self.server.adapters)]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.asked.append((self.headers.get("Authorization"), body))
            if self.path == "/v1/load_lora_adapter":
                self.server.adapters[body["lora_name"]] = body["lora_path"]
                self.reply({})
            elif body["temperature"] == 0 and body["n"] > 1:
                self.reply({"error": "n must be 1 when using greedy sampling"}, 400)
            elif self.path == "/v1/completions":
                texts = self.server.model._write([body["prompt"]], body["max_tokens"], body["n"], body["temperature"])
                self.reply({"choices": [{"text": text} for text in texts[0]]})
            else:
                options = {"samples": body["n"], "temperature": body["temperature"], "seed": body["seed"]}
                (texts,) = self.server.model.generate([body["messages"]], body["max_tokens"], **options)
                self.reply({"choices": [{"message": {"role": "assistant", "content": text}} for text in texts]})

    def reply(self, content: dict, status: int = 200) -> None:
        payload = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def test_the_server_answers_as_the_model_itself(server):
    served = EndpointModel.connect(server.url, pretrained.TINY)
    assert served.generate(PROMPTS, 8) == server.model.generate(PROMPTS, 8)
    sampled = {"samples": 3, "temperature": 1.0, "seed": 2}
    expected = [server.model.generate([prompt], 8, **sampled)[0] for prompt in PROMPTS]
    assert served.generate(PROMPTS, 8, **sampled) == expected


def test_several_samples_of_the_likeliest_text_are_one_text(server):
    served = EndpointModel.connect(server.url, pretrained.TINY)
    assert served.generate(["标题"], 8, samples=2) == server.model.generate(["标题"], 8, samples=2)


def test_an_adapter_is_loaded_once_and_asked_for_by_name(server, tmp_path):
    adapter = tmp_path / "title_copy" / "1-run"
    adapter.mkdir(parents=True)
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": pretrained.TINY}))
    for _ in range(2):
        served = EndpointModel.connect(server.url, pretrained.TINY, adapter)
        served.generate(["标题"], 4)
    loads = [body for _, body in server.asked if "lora_name" in body]
    assert loads == [{"lora_name": "title_copy-1-run", "lora_path": str(adapter)}]
    assert {body["model"] for _, body in server.asked if "model" in body} == {"title_copy-1-run"}


def test_an_adapter_is_asked_in_the_chat_format_it_was_trained_in_whatever_the_servers(server, tmp_path):
    adapter = tmp_path / "title_copy" / "2-run"
    template = "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}=>"
    Serving(instructions={}, chat_template=template, max_new_tokens=4).write(adapter)
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": pretrained.TINY}))
    served = EndpointModel.connect(server.url, pretrained.TINY, adapter)
    assert served.generate(["标题"], 4) == server.model._write(["[user] 标题\n=>"], 4, 1, 0.0)
    assert server.asked[-1][1]["model"] == "title_copy-2-run"
    assert served.serving == Serving.read(adapter)


def test_the_profile_chooses_the_server(server, monkeypatch, tmp_path):
    chosen = yaml.safe_load(settings.load().profile_file.read_text())
    chosen["language"] = {"model": pretrained.TINY, "endpoint": server.url}
    monkeypatch.setattr(settings, "REPOSITORY", tmp_path)
    monkeypatch.setenv("COVERLOOP_PROFILE", "served")
    monkeypatch.setenv("COVERLOOP_LANGUAGE_API_KEY", "s3cret")
    profiles = tmp_path / "infra" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "served.yaml").write_text(yaml.safe_dump(chosen))
    profile._open.cache_clear()

    assert profile.language_model().generate(["标题"], 4) == server.model.generate(["标题"], 4)
    assert server.asked[-1][0] == "Bearer s3cret"
    assert "s3cret" not in repr(settings.load())


def test_errors_say_what_is_wrong(server):
    with pytest.raises(ValueError, match="serves tiny-qwen2, but not Qwen"):
        EndpointModel.connect(server.url, "Qwen/Qwen2.5-7B-Instruct")
    served = EndpointModel.connect(server.url, pretrained.TINY)
    with pytest.raises(httpx.HTTPStatusError):
        EndpointModel(served._client, "x", "x")._ask("标题", max_tokens=4, n=2, temperature=0, seed=0)


def test_a_picture_travels_as_a_data_url_before_the_prompt():
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:, 30:] = (200, 30, 30)
    with serve_answers([" a red half \n"]) as served:
        assert EndpointModel.connect(served.url, served.MODEL).ask(picture, "标题") == "a red half"
    (asked,) = served.asked
    assert asked.prompt == "标题"
    assert asked.temperature == 0
    assert np.abs(asked.image.astype(int) - picture).max() < 8
