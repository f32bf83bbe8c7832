"""One answer from a closed list, in JSON under a schema, from whichever model is at hand.

In this process every token is chosen among those that llguidance allows. A small model prefers some
answers whatever it is asked, so each is chosen twice: as the likeliest, and as the one that the question
made likelier than empty questions do (Zhao et al., *Calibrate Before Use*, ICML 2021; among plausible
tokens only, as in Li et al., *Contrastive Decoding*, ACL 2023). Only where both agree is it an answer. A
server is sent the schema (vLLM's ``structured_outputs``), and what it sends back is checked.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from inference import kept
from inference.models.answers import Remembering
from inference.models.endpoint import EndpointModel
from inference.models.language import LanguageModel, as_text
from inference.models.transformers_model import TransformersModel

log = logging.getLogger(__name__)

KIND = "guided_answers"
MAX_NEW_TOKENS = 24
"""More than the longest answer takes."""

PLAUSIBLE = 0.1
"""Share of the likeliest token's probability from which another is considered (Li et al.)."""

MARK = "\u241f"
"""Stands for the question when the chat is cut into what comes before and after it; no question has it."""


@dataclass(frozen=True)
class Task:
    """What is asked: instructions, examples of question and answer, the answers there are, empty questions."""

    instructions: str
    examples: tuple[tuple[str, str], ...]
    key: str
    options: tuple[str, ...]
    empty: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of an answer: ``{"about": "face"}``."""
        properties = {self.key: {"enum": list(self.options)}}
        return {"type": "object", "properties": properties, "required": [self.key], "additionalProperties": False}

    def ask(self, question: str) -> list[dict[str, str]]:
        """Chat messages, the question last."""
        messages = [{"role": "system", "content": self.instructions}]
        for asked, answered in self.examples:
            answer = json.dumps({self.key: answered}, separators=(",", ":"))
            messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]
        return [*messages, {"role": "user", "content": question}]


def choose(model: LanguageModel, task: Task, questions: Sequence[str]) -> list[str | None]:
    """The option that each question calls for; None where the model is not sure, or sent something else.

    What was asked in the same way before is answered from memory. Raises ``httpx.HTTPError`` when a
    server fails.
    """
    answers = []
    for question in questions:
        asked = [model.name, task.ask(question), task.options, task.empty, PLAUSIBLE]
        known = kept.read(KIND, asked)
        if known is None:
            known = {"answers": _ask(model, task, question)}
            kept.write(KIND, asked, known)
        answers.append(_agreed(known["answers"], task))
    return answers


def _ask(model: LanguageModel, task: Task, question: str) -> list[str]:
    """What the model wrote: by one reading of the question, or by two."""
    if isinstance(model, Remembering):
        return _ask(model._model, task, question)
    if isinstance(model, TransformersModel):
        return _pen(model, task).write(question)
    if isinstance(model, EndpointModel):
        guided = {"structured_outputs": {"json": task.schema}}
        return model._ask(task.ask(question), max_tokens=MAX_NEW_TOKENS, n=1, temperature=0.0, **guided)
    return model.generate([task.ask(question)], MAX_NEW_TOKENS)[0]


def _agreed(answers: Sequence[str], task: Task) -> str | None:
    """The option that every answer names."""
    named = {_parse(answer, task) for answer in answers}
    return named.pop() if len(named) == 1 else None


def _parse(answer: str, task: Task) -> str | None:
    try:
        document = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(document, Mapping) or document.keys() != {task.key}:
        return None
    return document[task.key] if document[task.key] in task.options else None


@lru_cache(maxsize=1)
def _pen(model: TransformersModel, task: Task) -> "_Pen":
    """The instructions are read once for all questions."""
    return _Pen(model, task)


class _Pen:
    """A model in this process that has read the instructions and examples of a task."""

    def __init__(self, model: TransformersModel, task: Task):
        import torch
        from llguidance import LLMatcher
        from llguidance.hf import from_tokenizer

        self._model, self._task = model._model, task
        self._tokenizer = model.tokenizer
        self._grammar_tokenizer = from_tokenizer(model.tokenizer)
        self._grammar = LLMatcher.grammar_from_json_schema(json.dumps(task.schema), {"whitespace_flexible": False})
        head, self._tail = as_text(model.tokenizer, task.ask(MARK)).split(MARK)
        with torch.inference_mode():
            ids = torch.tensor([self._tokens(head)], device=self._model.device)
            self._cache = self._model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values
        self._empty: dict[tuple[int, ...], np.ndarray] = {}

    def write(self, question: str) -> list[str]:
        """The likeliest answer, and the one that the question speaks for most."""
        return [self._write_one(question, calibrated) for calibrated in (False, True)]

    @cached_property
    def _opening(self) -> list[int]:
        """``{"about":"``: forced, and in the tokens of the examples."""
        return self._tokens(f'{{"{self._task.key}":"')

    def _write_one(self, question: str, calibrated: bool) -> str:
        from llguidance import LLMatcher

        matcher = LLMatcher(self._grammar_tokenizer, self._grammar)
        written = list(self._opening)
        matcher.consume_tokens(written)
        while not matcher.is_stopped() and len(written) < MAX_NEW_TOKENS:
            new = matcher.compute_ff_tokens() or [self._choose(question, written, matcher, calibrated)]
            matcher.consume_tokens(new)
            written += new
        return self._grammar_tokenizer.decode_str([token for token in written if token != self._tokenizer.eos_token_id])

    def _choose(self, question: str, written: list[int], matcher: Any, calibrated: bool) -> int:
        allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
        scores = self._read(question, written)
        candidates = np.flatnonzero(allowed[: len(scores)])
        candidates = candidates[scores[candidates] >= scores[candidates].max() + np.log(PLAUSIBLE)]
        if calibrated and len(candidates) > 1:
            scores = scores - self._read_empty(written)
        return int(candidates[np.argmax(scores[candidates])])

    def _read_empty(self, written: list[int]) -> np.ndarray:
        """What would be written next if nothing was asked, [vocabulary]."""
        place = tuple(written)
        if place not in self._empty:
            self._empty[place] = np.mean([self._read(question, written) for question in self._task.empty], axis=0)
        return self._empty[place]

    def _read(self, question: str, written: list[int]) -> np.ndarray:
        """Log-probabilities of the next token, [vocabulary], in float32."""
        import torch

        with torch.inference_mode():
            ids = torch.tensor([self._tokens(question + self._tail) + written], device=self._model.device)
            output = self._model(input_ids=ids, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
            self._cache.crop(-ids.shape[1])
            return torch.log_softmax(output.logits[0, -1].float(), dim=0).cpu().numpy()

    def _tokens(self, text: str) -> list[int]:
        return self._tokenizer(text, add_special_tokens=False).input_ids
