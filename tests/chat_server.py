"""A small OpenAI-compatible server, to ask a model behind an endpoint without one."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar


class ChatServer(ThreadingHTTPServer):
    """Answers a request's body by a function of it; ``bodies`` are those that came, in order."""

    MODEL = "large"

    def __init__(self, answer: Callable[[dict], str]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.bodies: list[dict] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


Server = TypeVar("Server", bound=ChatServer)


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_turn(answers: Sequence[str]) -> Callable[[dict], str]:
    """What is told, in order, whatever is asked."""
    left = iter(answers)
    return lambda _: next(left)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply({"data": [{"id": self.server.MODEL}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.bodies.append(body)
        self.reply({"choices": [{"message": {"role": "assistant", "content": self.server.answer(body)}}]})

    def reply(self, content: dict) -> None:
        payload = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_):
        pass
