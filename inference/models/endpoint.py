"""A language or vision-language model behind an OpenAI-compatible server, such as vLLM.

The server batches by itself, so requests go out side by side. A LoRA adapter is named in the
request; one the server does not know yet is loaded by vLLM's ``/v1/load_lora_adapter`` from the
folder, which the server must see under the same path. What an adapter that says how it was trained
is asked goes out as finished text, so that no chat template of the server's comes in between.
"""

import base64
import functools
import io
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np

from data_contracts import settings
from inference.models.language import Prompt, as_messages, check_adapter, describe
from inference.models.serving import Serving
from inference.models.vision_language import ANSWER_TOKENS

log = logging.getLogger(__name__)

REQUESTS_AT_ONCE = 32
TOP_P = 0.9
"""Share of probability sampled from; every server of this kind knows this option."""

TIMEOUT_S = 120.0
"""For one answer, queueing at the server included."""

JPEG_QUALITY = 95
"""With full colour resolution, so that small letters keep their edges; a PNG would be ten times as large."""


class EndpointModel:
    """Speaks ``/chat/completions``, or ``/completions``, to one served model or adapter."""

    def __init__(self, client: httpx.Client, served_name: str, name: str, serving: Serving | None = None):
        self.name = name
        self.serving = serving
        self._client = client
        self._served_name = served_name

    @classmethod
    def connect(cls, url: str, model: str, adapter: Path | None = None) -> "EndpointModel":
        """Reach a server and make sure that it serves the model, and the adapter if one is given.

        Raises ``ValueError`` when it does not serve the model or the adapter is another model's, and
        ``httpx.HTTPError`` when it does not answer.
        """
        key = settings.load().language_api_key.get_secret_value()
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S)
        served = [each["id"] for each in client.get("/models").raise_for_status().json()["data"]]
        if model not in served:
            raise ValueError(f"{url} serves {', '.join(served)}, but not {model}")
        if adapter is None:
            return cls(client, model, model)
        check_adapter(adapter, model)
        adapter_name = f"{adapter.parent.name}-{adapter.name}"
        if adapter_name not in served:
            log.info("%s: loading adapter %s", url, adapter_name)
            body = {"lora_name": adapter_name, "lora_path": str(adapter)}
            client.post("/load_lora_adapter", json=body).raise_for_status()
        return cls(client, adapter_name, describe(model, adapter), Serving.read(adapter))

    def generate(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        samples: int = 1,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[list[str]]:
        """See ``language.LanguageModel``. Raises ``httpx.HTTPError`` when the server fails."""
        different = samples if temperature > 0 else 1  # servers refuse several samples of the likeliest text
        ask = functools.partial(
            self._ask, max_tokens=max_new_tokens, n=different, temperature=temperature, seed=seed, top_p=TOP_P
        )
        with ThreadPoolExecutor(REQUESTS_AT_ONCE) as pool:
            return [answers * (samples // different) for answers in pool.map(ask, prompts)]

    def ask(self, image: np.ndarray, prompt: str) -> str:
        """See ``vision_language.VisionLanguageModel``. Raises ``httpx.HTTPError`` when the server fails."""
        picture = {"type": "image_url", "image_url": {"url": _data_url(image)}}
        content = [picture, {"type": "text", "text": prompt}]
        (answer,) = self._ask([{"role": "user", "content": content}], max_tokens=ANSWER_TOKENS, temperature=0.0)
        return answer

    def _ask(self, prompt: Prompt, **options: float) -> list[str]:
        messages, body = as_messages(prompt), {"model": self._served_name, **options}
        if self.serving:
            body |= {"prompt": self.serving.as_text(messages), "add_special_tokens": False}
            answer = self._client.post("/completions", json=body).raise_for_status().json()
            return [choice["text"].strip() for choice in answer["choices"]]
        body |= {"messages": messages}
        answer = self._client.post("/chat/completions", json=body).raise_for_status().json()
        return [choice["message"]["content"].strip() for choice in answer["choices"]]


def _data_url(image: np.ndarray) -> str:
    """A picture as part of an address, as servers of this kind take it."""
    from PIL import Image

    jpeg = io.BytesIO()
    Image.fromarray(image).save(jpeg, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.getvalue()).decode()}"
