"""A language model in this process, by transformers."""

import logging
import time
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from inference.models import pretrained
from inference.models.language import Prompt, as_messages, as_text, check_adapter, describe
from inference.models.serving import Serving

log = logging.getLogger(__name__)

BATCH_SIZE = 16
"""Texts generated together. On two cores 16 give 62 tokens/s against 7 for one at a time; more adds little."""

TOP_K = 20
"""Likeliest tokens sampled from: half a billion weights put nonsense into the rest. Cutting by
probability instead would sort the whole vocabulary for every token, a third of the time."""

DTYPE_TRIALS = 4
MUCH_FASTER = 1.3

PROGRESS_EVERY = 4
"""Batches between two lines of progress."""


class TransformersModel:
    """A model in this process: bfloat16 where the processor computes in it, else float32.

    Its weights are read when it is first asked for something.
    """

    def __init__(self, model: str, adapter: Path | None = None):
        """``model`` is a shelf name, a folder or a hub repository.

        Raises ``ValueError`` when the LoRA adapter was trained for another model.
        """
        if adapter:
            check_adapter(adapter, model)
        self.serving = Serving.read(adapter) if adapter else None
        self.name = describe(model, adapter)
        self._source, self._adapter = model, adapter

    @cached_property
    def tokenizer(self) -> Any:
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(pretrained.locate(self._source))

    @cached_property
    def _model(self) -> Any:
        """With the adapter merged: unmerged it would cost every token two more matrix products per layer."""
        import torch
        from transformers import AutoModelForCausalLM

        folder = pretrained.locate(self._source)
        device = "cuda" if torch.cuda.is_available() else "cpu"
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=compute_dtype(device, BATCH_SIZE)).to(device)
        if self._adapter:
            from peft import PeftModel

            model = PeftModel.from_pretrained(model, str(self._adapter)).merge_and_unload()
        log.info("%s loaded on %s in %s", self._source, device, model.dtype)
        return model.eval()

    def generate(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        samples: int = 1,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[list[str]]:
        import torch

        texts = [self._as_text(prompt) for prompt in prompts]
        lengths = [len(ids) for ids in self.tokenizer(texts, add_special_tokens=False).input_ids] if texts else []
        by_length = sorted(range(len(texts)), key=lambda index: lengths[index])
        step = max(1, BATCH_SIZE // samples)
        batches = [by_length[start : start + step] for start in range(0, len(texts), step)]
        written: dict[int, list[str]] = {}
        with torch.random.fork_rng(), torch.inference_mode():
            torch.manual_seed(seed)
            for number, batch in enumerate(batches, start=1):
                answers = self._write([texts[index] for index in batch], max_new_tokens, samples, temperature)
                written |= zip(batch, answers, strict=True)
                if number % PROGRESS_EVERY == 0 or number == len(batches) > 1:
                    log.info("%s: %d of %d prompts answered", self.name, len(written), len(texts))
        return [written[index] for index in range(len(texts))]

    def _as_text(self, prompt: Prompt) -> str:
        return self.serving.as_text(as_messages(prompt)) if self.serving else as_text(self.tokenizer, prompt)

    def _write(self, texts: list[str], max_new_tokens: int, samples: int, temperature: float) -> list[list[str]]:
        inputs = self.tokenizer(
            texts, return_tensors="pt", padding=True, padding_side="left", add_special_tokens=False
        ).to(self._model.device)
        sampling = {"do_sample": True, "temperature": temperature, "top_k": TOP_K}
        output = self._model.generate(
            input_ids=inputs.input_ids.repeat_interleave(samples, dim=0),
            attention_mask=inputs.attention_mask.repeat_interleave(samples, dim=0),
            past_key_values=self._read(inputs, samples),
            max_new_tokens=max_new_tokens,
            pad_token_id=self.tokenizer.pad_token_id,
            **(sampling if temperature > 0 else {"do_sample": False}),
        )
        new = self.tokenizer.batch_decode(output[:, inputs.input_ids.shape[1] :], skip_special_tokens=True)
        return [[text.strip() for text in new[i : i + samples]] for i in range(0, len(new), samples)]

    def _read(self, inputs: Any, samples: int) -> Any:
        """Keys and values of every prompt but its last token, computed once for all its samples.

        Reading is most of the work when titles are short: four samples take a third of the time.
        """
        positions = (inputs.attention_mask.cumsum(-1) - 1).clamp(min=0)
        cache = self._model(
            input_ids=inputs.input_ids[:, :-1],
            attention_mask=inputs.attention_mask[:, :-1],
            position_ids=positions[:, :-1],
            logits_to_keep=1,
            use_cache=True,
        ).past_key_values
        cache.batch_repeat_interleave(samples)
        return cache


@lru_cache
def compute_dtype(device: str, rows: int) -> Any:
    """bfloat16, unless this processor multiplies ``rows`` rows at once much faster in float32.

    Measured, not looked up: among processors that have instructions for bfloat16 some are three
    times as fast with it and some half as fast. bfloat16 needs half the memory, so it wins a tie.
    """
    import torch

    if device != "cpu":
        return torch.bfloat16
    seconds = {}
    for dtype in (torch.float32, torch.bfloat16):
        one, other = torch.ones(rows, 1024, dtype=dtype), torch.ones(4096, 1024, dtype=dtype)
        seconds[dtype] = min(_thread_seconds(torch.nn.functional.linear, one, other) for _ in range(DTYPE_TRIALS))
    much_faster = seconds[torch.float32] * MUCH_FASTER < seconds[torch.bfloat16]
    return torch.float32 if much_faster else torch.bfloat16


def _thread_seconds(function: Callable[..., Any], *arguments: Any) -> float:
    before = time.thread_time()
    function(*arguments)
    return time.thread_time() - before
