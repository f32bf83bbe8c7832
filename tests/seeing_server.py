"""A served model that looks at pictures and says what it was told to, in order."""

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from PIL import Image

from tests.chat_server import ChatServer, in_turn, serving


@dataclass(frozen=True)
class Asked:
    prompt: str
    image: np.ndarray
    temperature: float


class SeeingServer(ChatServer):
    MODEL = "internvl"

    @property
    def asked(self) -> list[Asked]:
        return [_read(body) for body in self.bodies]


@contextmanager
def serve_answers(answers: Sequence[str]) -> Iterator[SeeingServer]:
    with serving(SeeingServer(in_turn(answers))) as server:
        yield server


def _read(body: dict) -> Asked:
    (message,) = body["messages"]
    picture, words = message["content"]
    data = picture["image_url"]["url"].removeprefix("data:image/jpeg;base64,")
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(data, validate=True))))
    return Asked(words["text"], image, body["temperature"])
