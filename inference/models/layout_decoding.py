"""Writing an answer under a grammar: the model is asked only where the grammar leaves a choice.

Most of a layout's JSON is forced by the request. Those tokens are fed to the model together with the
next question instead of one by one, so that an answer costs as many steps as it has choices, a third
to a fifth of its tokens.
"""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np


def find_choices(tokenizer: Any, grammar: str, tokens: Sequence[int]) -> list[int]:
    """Places in an answer at which the grammar allows more than one token. ``tokenizer`` is llguidance's.

    Raises ``ValueError`` when the answer does not keep to the grammar.
    """
    matcher = _matcher(tokenizer, grammar)
    choices, place = [], 0
    while place < len(tokens) and not (matcher.is_stopped() and tokens[place] == tokenizer.eos_token):
        forced = matcher.compute_ff_tokens()
        if not forced or forced[0] != tokens[place]:
            choices.append(place)
            forced = tokens[place : place + 1]
        same = next((n for n, token in enumerate(forced) if token != tokens[place + n]), len(forced))
        if matcher.try_consume_tokens(list(forced[:same])) < same:
            raise ValueError(f"{tokenizer.decode_str(list(tokens[: place + 1]))[-80:]!r} is not allowed")
        place += same
    return choices


def write(
    model: Any,
    tokenizer: Any,
    grammar: str,
    inputs: dict[str, Any],
    max_new_tokens: int,
    samples: int = 1,
    temperature: float = 0.0,
    seed: int = 0,
) -> list[str]:
    """``samples`` answers of a Qwen2.5-VL model to one prompt, each a sentence of the grammar.

    The first takes the likeliest token at every choice, the others draw it at the temperature.
    ``inputs`` are ``input_ids`` [1, length], ``mm_token_type_ids``, ``pixel_values`` and
    ``image_grid_thw``; ``tokenizer`` is llguidance's. Raises ``ValueError`` when an answer is not
    finished within ``max_new_tokens``.
    """
    import torch

    random = np.random.default_rng(seed)
    with torch.inference_mode():
        prompt = {name: values for name, values in inputs.items() if name != "input_ids"}
        positions, _ = model.model.get_rope_index(
            inputs["input_ids"], mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"]
        )
        output = model(
            input_ids=inputs["input_ids"], **prompt, position_ids=positions, use_cache=True, logits_to_keep=1
        )
        start = int(positions.max()) + 1
        answers = []
        for number in range(samples):
            pen = _Pen(model, copy.deepcopy(output.past_key_values), output.logits[0, -1], start)
            tokens = _write_one(
                pen, _matcher(tokenizer, grammar), tokenizer, max_new_tokens, temperature if number else 0.0, random
            )
            answers.append(tokenizer.decode_str(tokens))
    return answers


class _Pen:
    """A model in the middle of an answer: what it has read, and what it would write next."""

    def __init__(self, model: Any, cache: Any, logits: Any, position: int):
        self._model, self._cache, self._position = model, cache, position
        self._logits = logits
        self._unread: list[int] = []

    def put(self, tokens: Sequence[int]) -> None:
        self._unread += tokens

    def logits(self) -> np.ndarray:
        """[vocabulary], after all that was put."""
        import torch

        if self._unread:
            ids = torch.tensor([self._unread], device=self._model.device)
            positions = torch.arange(self._position, self._position + len(self._unread), device=ids.device)
            output = self._model(
                input_ids=ids,
                position_ids=positions.expand(3, 1, -1),
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            )
            self._logits, self._unread, self._position = output.logits[0, -1], [], self._position + ids.shape[1]
        return self._logits.float().cpu().numpy()


def _write_one(
    pen: _Pen, matcher: Any, tokenizer: Any, max_new_tokens: int, temperature: float, random: np.random.Generator
) -> list[int]:
    written: list[int] = []
    while len(written) < max_new_tokens:
        if forced := matcher.compute_ff_tokens():
            matcher.consume_tokens(forced)
            written += forced
            pen.put(forced)
        if matcher.is_stopped():
            return [token for token in written if token != tokenizer.eos_token]
        allowed = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")
        token = _choose(pen.logits(), np.flatnonzero(allowed), temperature, random)
        if token == tokenizer.eos_token:
            return written
        matcher.consume_token(token)
        written.append(token)
        pen.put([token])
    raise ValueError(
        f"the layout was not finished within {max_new_tokens} tokens: {tokenizer.decode_str(written[-40:])!r}"
    )


def _choose(logits: np.ndarray, allowed: np.ndarray, temperature: float, random: np.random.Generator) -> int:
    candidates = allowed[allowed < len(logits)]
    scores = np.nan_to_num(logits[candidates], nan=-np.inf)
    if temperature > 0:
        scores = scores / temperature + random.gumbel(size=len(scores))
    return int(candidates[np.argmax(scores)])


def _matcher(tokenizer: Any, grammar: str) -> Any:
    from llguidance import LLMatcher

    matcher = LLMatcher(tokenizer, grammar)
    if matcher.is_error():
        raise ValueError(f"the grammar of the layout is refused: {matcher.get_error()}")
    return matcher
