"""A small OpenAI-compatible server that answers what it was told to, in order."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChoosingServer(ThreadingHTTPServer):
    """``asked`` holds the body of each request."""

    MODEL = "a language model"

    def __init__(self, answers: Sequence[str]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked: list[dict] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


@contextmanager
def serve_choices(answers: Sequence[str]) -> Iterator[ChoosingServer]:
    server = ChoosingServer(answers)
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
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
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
