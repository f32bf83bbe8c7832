"""What both sides train: one folder with a recipe and rows, and what it comes to in tokens, step by step.

python -m tests.benchmarks.training.run_… FOLDER RESULT
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from tests.benchmarks.pairs.rows import Row as Text
from tests.benchmarks.pairs.rows import rows as generate
from training.finetune.batches import plan_steps
from training.finetune.examples import count_splits, digest_of, read_examples, write_examples
from training.finetune.job import Job
from training.finetune.loop import DTYPE_FILE, LOG_EVERY
from training.finetune.text import TextExample
from training.title_copy.recipes import TitleRecipe, by_name
from training.title_copy.task import TitleTask

WARM_UP = WINDOW = LOG_EVERY
"""The first steps do not count: they compile, allocate and fill caches. Ours are logged so many at a time."""

MOST_TEXTS = 4
"""Of a content: a catalogue's differ as much in length, and with it in how much of a batch is padding."""


@dataclass(frozen=True)
class Trained:
    """A training as measured.

    Seconds, tokens without padding, and positions with it are those of the steps after the first
    ``WARM_UP``; the losses are means over the answers' tokens of the first step and of the last ``WINDOW``.
    """

    seconds: float
    tokens: int
    positions: int
    first_loss: float
    last_loss: float


def write_job(work: Path, recipe: TitleRecipe, steps: int, dtype: str) -> None:
    """A training's folder for so many steps of one epoch, in a number format (bfloat16 or float32)."""
    examples = rows(steps * recipe.batch_size * recipe.accumulate)
    write_examples(work, examples)
    Job("benchmark", recipe, "generated", 0, digest_of(examples), count_splits(examples), recipe.model).write(work)
    (work / DTYPE_FILE).write_text(dtype)


def rows(count: int) -> list[dict[str, str]]:
    """Made-up pairs to train on, half Chinese, the same at every call."""
    return [
        {"example_id": name, "group": name, "split": "train", "content": text, "title": title, "language": language}
        for name, text, title, language in _pairs(count)
    ]


def recipe_of(name: str, steps: int) -> TitleRecipe:
    """The named recipe for one epoch without validation, checkpoints and warm-up, which would be measured too."""
    return replace(
        by_name(name),
        name="benchmark",
        epochs=1,
        accumulate=1,
        packing=None,
        warmup_share=0.0,
        checkpoint_every=steps + 1,
        evaluate_every=steps + 1,
        patience=None,
        preference=None,
    )


class Planned:
    """The examples of a folder as tokens, and the batches that our loop makes of them."""

    def __init__(self, work: Path):
        self.recipe: TitleRecipe = Job.read(work, TitleRecipe).recipe
        self._encoder = TitleTask().encoder(self.recipe, work)
        self.examples: list[TextExample] = [self._encoder.encode(row) for row in read_examples(work, "train")]

    @property
    def tokenizer(self) -> Any:
        return self._encoder.tokenizer

    def batches(self) -> list[list[TextExample]]:
        """The examples of each step, without accumulation one batch."""
        steps = plan_steps([len(each.ids) for each in self.examples], self.recipe, world=1)
        return [[self.examples[index] for (index,) in step.batches[0]] for step in steps]


def count_tokens(batch: Sequence[TextExample]) -> int:
    """Tokens without padding."""
    return sum(len(each.ids) for each in batch)


def count_positions(batch: Sequence[TextExample]) -> int:
    """Tokens with padding."""
    return len(batch) * max(len(each.ids) for each in batch)


def _pairs(count: int) -> Iterator[tuple[str, str, str, str]]:
    """Id, content of one to four texts, title and language."""
    dice = random.Random(0)
    good = {
        language: (row for row in generate(20 * count, seed=dice.randrange(2**32)) if _is_good(row, language))
        for language in ("en", "zh")
    }
    for number in range(count):
        language = ("en", "zh")[number % 2]
        texts = list(islice(good[language], dice.randint(1, MOST_TEXTS)))
        yield f"{number:05}", "\n".join(text.content for text in texts), texts[0].title, language


def _is_good(row: Text, language: str) -> bool:
    return row.language == language and not row.bad and not row.copy_of
