"""What a language model is asked and answers, whichever it is and wherever it runs."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from inference.models.serving import Serving

Prompt = str | Sequence[Mapping[str, Any]]
"""What a user says, or chat messages with ``role`` and ``content``."""


class LanguageModel(Protocol):
    """``name`` says model and adapter, for records; ``serving`` how its adapter is to be asked, if that says so."""

    name: str

    @property
    def serving(self) -> Serving | None: ...

    def generate(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        samples: int = 1,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[list[str]]:
        """``samples`` texts for each prompt, in the order of the prompts.

        Temperature 0 always takes the likeliest token. The same call gives the same texts; what a
        prompt gives may differ when other prompts share the call.
        """
        ...


def as_messages(prompt: Prompt) -> list[Mapping[str, Any]]:
    return [{"role": "user", "content": prompt}] if isinstance(prompt, str) else list(prompt)


def as_text(tokenizer: Any, prompt: Prompt) -> str:
    """A prompt as the model's own chat format writes it, ready for the answer."""
    return tokenizer.apply_chat_template(as_messages(prompt), tokenize=False, add_generation_prompt=True)


def describe(name: str, adapter: Path | None) -> str:
    """``model`` or ``model+title_copy/3-<run>``."""
    return f"{name}+{adapter.parent.name}/{adapter.name}" if adapter else name


def base_of(adapter: Path) -> str:
    """Name of the model that an adapter folder was trained for."""
    return json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]


def check_adapter(adapter: Path, name: str) -> None:
    """Raise ``ValueError`` unless an adapter folder was trained for the named model."""
    if base_of(adapter) != name:
        raise ValueError(f"the adapter in {adapter} was trained for {base_of(adapter)}, not for {name}; train it anew")
