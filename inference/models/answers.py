"""A language model with a memory: asking the same again costs no computing."""

import logging
from collections.abc import Sequence

from inference import kept
from inference.models.language import LanguageModel, Prompt

log = logging.getLogger(__name__)

KIND = "answers"


class Remembering:
    """Asks a language model only what it, with its adapter, was never asked in the same way before."""

    def __init__(self, model: LanguageModel):
        self.name = model.name
        self.serving = model.serving
        self._model = model

    def generate(
        self,
        prompts: Sequence[Prompt],
        max_new_tokens: int,
        samples: int = 1,
        temperature: float = 0.0,
        seed: int = 0,
    ) -> list[list[str]]:
        """See ``LanguageModel.generate``."""
        asked = [[self.name, prompt, max_new_tokens, samples, temperature, seed] for prompt in prompts]
        answers = [kept.read(KIND, question) for question in asked]
        new = [place for place, known in enumerate(answers) if known is None]
        if new:
            log.info("%s answers %d prompts, %d more are known", self.name, len(new), len(prompts) - len(new))
            written = self._model.generate([prompts[i] for i in new], max_new_tokens, samples, temperature, seed)
            for place, texts in zip(new, written, strict=True):
                answers[place] = texts
                kept.write(KIND, asked[place], texts)
        return answers
