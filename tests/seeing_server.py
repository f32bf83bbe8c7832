"""A small OpenAI-compatible server that looks at pictures and says what it was told to, in order."""

import base64
import io
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class Asked:
    prompt: str
    image: np.ndarray
    temperature: float


class SeeingServer(ThreadingHTTPServer):
    MODEL = "internvl"

    def __init__(self, answers: Sequence[str]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked: list[Asked] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serve_answers(answers: Sequence[str]) -> Iterator[SeeingServer]:
    server = SeeingServer(answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply({"data": [{"id": self.server.MODEL}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        (message,) = body["messages"]
        picture, words = message["content"]
        data = picture["image_url"]["url"].removeprefix("data:image/jpeg;base64,")
        image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))
        self.server.asked.append(Asked(words["text"], image, body["temperature"]))
        answer = self.server.answers[len(self.server.asked) - 1]
        self.reply({"choices": [{"message": {"role": "assistant", "content": answer}}]})

    def reply(self, content: dict) -> None:
        payload = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass
