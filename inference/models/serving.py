"""How a trained adapter is to be asked: written beside its weights when it is trained, read when it serves.

An adapter learned from one wording of the instructions, one chat template, one size of pictures. Were
they taken from the code that happens to be installed, a later change of it would quietly make every
model that was trained before write worse.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from inference.models.pixel_limits import PixelLimits

FILE = "serving.json"


@dataclass(frozen=True, kw_only=True)
class Serving:
    """All that decides what an adapter reads, besides the content itself.

    ``instructions`` are texts by language or task, ``max_content`` the characters of content that are
    read (None: all), ``special_tokens`` what the chat template may name, such as ``eos_token``.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    instructions: Mapping[str, str]
    chat_template: str
    max_new_tokens: int
    special_tokens: Mapping[str, str] = field(default_factory=dict)
    max_content: int | None = None
    pixels: PixelLimits | None = None

    @classmethod
    def of(cls, tokenizer: Any, **rest: Any) -> "Serving":
        """With the chat template of a tokenizer, or of a processor that has one."""
        tokens = getattr(tokenizer, "tokenizer", tokenizer).special_tokens_map
        named = {name: token for name, token in tokens.items() if isinstance(token, str)}
        return cls(chat_template=tokenizer.chat_template, special_tokens=named, **rest)

    @classmethod
    def read(cls, adapter: Path) -> "Serving | None":
        """What an adapter's folder says; None for one that was trained before it was written down.

        Raises ``ValueError`` naming the file when it is damaged or says more than this code knows.
        """
        file = adapter / FILE
        if not file.exists():
            return None
        try:
            return AS_JSON.validate_json(file.read_bytes())
        except ValidationError as error:
            raise ValueError(f"{file} does not say how the adapter is served; train it anew: {error}") from error

    def write(self, adapter: Path) -> None:
        """Put it into an adapter's folder, which is made if it is not there."""
        adapter.mkdir(parents=True, exist_ok=True)
        (adapter / FILE).write_bytes(AS_JSON.dump_json(self, indent=1))

    def as_text(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """Chat messages as the model was trained to read them, ready for the answer."""
        from transformers.utils.chat_template_utils import render_jinja_template  # in a sandbox of jinja's

        (text,), _ = render_jinja_template(
            [list(messages)], chat_template=self.chat_template, add_generation_prompt=True, **self.special_tokens
        )
        return text


AS_JSON = TypeAdapter(Serving)
