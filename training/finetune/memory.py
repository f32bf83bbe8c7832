"""The peak memory of a training, predicted from shapes alone and held against what is free.

A training that dies of memory after an hour, or takes the machine's other programs along, is worse than
one that is refused in a second with the change that would make it fit. What is counted, for one process:

- *weights* in the number format of the training; sharded by ZeRO-3 (Rajbhandari et al. 2020,
  arXiv:1910.02054), which gathers as many at once as its settings let it;
- *gradients* of the trained weights, and DeepSpeed's *buckets*, through which they are summed up;
- *optimizer*: the trained weights and Adam's two averages in 32 bits, with the gradients of a step
  16 bytes each, shared out between the processes by ZeRO-2 and -3;
- *activations* that the backward pass needs, of the layers from the first trained one on: per token
  two norms in 32 bits, the inputs of attention and feed-forward part, queries, keys, values and their
  result, four times the inner width. With gradient checkpointing only the inputs of the layers, and
  one layer whole. Of a vision tower the same for each patch, where it is trained;
- *logits* of the scored tokens with their gradients, 14 bytes for each word of the vocabulary in 16 bits;
- *framework*: interpreter, libraries and the device's own context.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data_contracts.errors import TooLittleMemory
from data_contracts.settings import REPOSITORY
from training.finetune.machine import Machine
from training.finetune.recipe import Recipe

GB = 2**30

FRAMEWORK = {False: int(1.1 * GB), True: int(1.5 * GB)}
"""Of a process on a CPU (measured), and of one on a GPU in its memory (context and NCCL; not measured here)."""

MASTER_BYTES = 16
"""For each trained weight: a copy, two averages and a gradient in 32 bits."""

LIVE_WEIGHTS = 1_000_000_000 + 50_000_000
"""What ZeRO-3 gathers at most, and fetches ahead: DeepSpeed's defaults."""

MOST_PROCESSES = 64


@dataclass(frozen=True)
class Longest:
    """The most that one example has: tokens, scored tokens among them, and patches of its picture.

    ``tokens_95`` is the length that 95 % of the examples do not exceed.
    """

    tokens: int
    scored: int
    tokens_95: int
    patches: int = 0


@dataclass(frozen=True)
class Prediction:
    """Bytes of one process at its peak, by what they are for; ``loading`` is the peak before the first step."""

    parts: Mapping[str, int]
    loading: int

    @property
    def needed(self) -> int:
        return max(sum(self.parts.values()), self.loading)

    def as_text(self) -> str:
        return ", ".join(f"{name} {size / GB:.2f}" for name, size in self.parts.items())


@dataclass(frozen=True)
class Shape:
    """What the memory of a model depends on. Widths are in numbers per token or patch."""

    weights: int
    trained: int
    layers: int
    kept_layers: int
    kept: int
    rank_kept: int
    width: int
    vocabulary: int
    patches_layers: int
    patch_kept: int
    patch_width: int
    patch_pixels: int

    @classmethod
    def of(cls, outline: Any, recipe: Recipe) -> "Shape":
        """Of a model on the meta device, such as ``Task.outline`` gives."""
        text, vision = outline.config.get_text_config(), getattr(outline.config, "vision_config", None)
        trained = {name: weight.numel() for name, weight in outline.named_parameters() if weight.requires_grad}
        head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        attention = 2 * head * (text.num_attention_heads + text.num_key_value_heads)
        tower = any(".visual." in f".{name}" for name in trained)
        norms = any("layernorm" in name for name in trained)
        return cls(
            weights=sum(weight.numel() for weight in outline.parameters()),
            trained=sum(trained.values()),
            layers=text.num_hidden_layers,
            kept_layers=text.num_hidden_layers - _first_trained(trained, text.num_hidden_layers),
            kept=(4 if norms else 2) * text.hidden_size + attention + 4 * text.intermediate_size,
            rank_kept=7 * recipe.rank,
            width=text.hidden_size,
            vocabulary=text.vocab_size,
            patches_layers=vision.depth if vision and tower else 0,
            patch_kept=10 * vision.hidden_size + 4 * vision.intermediate_size if vision else 0,
            patch_width=vision.hidden_size if vision else 0,
            patch_pixels=vision.in_channels * vision.temporal_patch_size * vision.patch_size**2 if vision else 0,
        )

    def kept_of_token(self, size: int) -> int:
        """Bytes that a layer keeps of a token for the backward pass, numbers having ``size`` bytes."""
        return 8 * self.width + (self.kept + self.rank_kept) * size

    def kept_of_patch(self, size: int) -> int:
        return 8 * self.patch_width + self.patch_kept * size


def check_memory(outline: Any, recipe: Recipe, longest: Longest, machine: Machine, world: int) -> Prediction:
    """The peak of a training of ``world`` processes.

    Raises ``TooLittleMemory`` when the machine has less free, with the smallest change that would fit.
    """
    shape = Shape.of(outline, recipe)
    predicted = predict(shape, recipe, longest, machine, world)
    if machine.holds(predicted.needed):
        return predicted
    raise TooLittleMemory(
        f"recipe {recipe.name} needs about {machine.in_words(predicted.needed)}; {machine.free / GB:.1f} GB are free. "
        f"Of each process, in GB: {predicted.as_text()}. {_advise(shape, recipe, longest, machine, world)}"
    )


def predict(shape: Shape, recipe: Recipe, longest: Longest, machine: Machine, world: int) -> Prediction:
    """The peak of one of ``world`` processes at the longest examples, in bytes."""
    size = machine.number_bytes
    zero = _zero_options(recipe)
    sharded = zero["stage"] == 3
    bucket = zero["reduce_bucket_size"] if machine.on_gpu else min(zero["reduce_bucket_size"], shape.trained)
    whole = shape.weights * size
    gathered = min(shape.weights, LIVE_WEIGHTS) * size if world > 1 else 0
    activations, logits = _of_batch(shape, recipe, longest, size)
    parts = {
        "weights": whole // world + gathered if sharded else whole,
        "gradients": shape.trained * size,
        "optimizer": shape.trained * MASTER_BYTES // world,
        "buckets": bucket * size,
        "activations": activations,
        "logits": logits,
        "framework": FRAMEWORK[machine.on_gpu],
    }
    return Prediction(parts, loading=FRAMEWORK[machine.on_gpu] + whole + (whole // world if sharded else 0))


def _of_batch(shape: Shape, recipe: Recipe, longest: Longest, size: int) -> tuple[int, int]:
    """Bytes of activations and logits of the largest micro-batch of any stage."""
    rows = max(recipe.batch_size, 2 * recipe.preference.batch_size if recipe.preference else 0)
    length = max(longest.tokens, recipe.packing or 0)
    tokens, patches = rows * length, rows * longest.patches
    of_layer, of_patch = shape.kept_of_token(size), shape.kept_of_patch(size)
    if recipe.gradient_checkpointing:
        kept = tokens * (shape.layers * shape.width * size + of_layer)  # also of layers below the first trained
        seen = patches * (shape.patches_layers * shape.patch_width * size + of_patch) * bool(shape.patches_layers)
    else:
        kept = tokens * shape.kept_layers * of_layer
        seen = patches * shape.patches_layers * of_patch
    pixels = patches * shape.patch_pixels * (4 + size)  # as they come and in the model's own format
    scored = rows * min(length, longest.scored * max(1, length // longest.tokens))
    last_norm = tokens * 4 * shape.width
    return kept + last_norm + seen + pixels, scored * shape.vocabulary * (14 if size == 2 else 12)


def _first_trained(trained: Mapping[str, int], layers: int) -> int:
    """Number of the first layer that the backward pass reaches; the head and the last norm lie behind them all."""
    reached = layers
    for name in trained:
        if layer := re.search(r"(?<!visual)\.layers\.(\d+)\.", f".{name}"):
            reached = min(reached, int(layer[1]))
        elif not re.search(r"\blm_head\b|(?<!visual)\.norm\b", name):
            return 0
    return reached


def _zero_options(recipe: Recipe) -> Mapping[str, Any]:
    file = REPOSITORY / "infra" / "deepspeed" / f"{recipe.deepspeed}.json"
    return {"reduce_bucket_size": 500_000_000} | json.loads(file.read_text())["zero_optimization"]


def _advise(shape: Shape, recipe: Recipe, longest: Longest, machine: Machine, world: int) -> str:
    for changed, length, more, words in _changes(recipe, longest, machine, world):
        needed = predict(shape, changed, length, machine, more).needed
        if machine.holds(needed):
            return f"The smallest change that would fit: {' and '.join(words)} ({machine.in_words(needed)})."
    return "No change of the recipe would fit: take a smaller model or a larger machine."


Change = tuple[Recipe, Longest, int, list[str]]


def _changes(recipe: Recipe, longest: Longest, machine: Machine, world: int) -> Iterator[Change]:
    """Ways to need less: few fields before many, what costs nothing before what costs time or data."""
    halvings = [2**n for n in range(recipe.batch_size.bit_length()) if recipe.batch_size % 2**n == 0]
    spread = [n for n in (1, 2, 4, 8) if world * n <= MOST_PROCESSES] if machine.on_gpu else [1]
    zero3 = [False] + [True] * (recipe.deepspeed == "zero2")
    ways = itertools.product(
        halvings, [False] + [True] * (not recipe.gradient_checkpointing), zero3, spread, [False, True]
    )
    for halving, checkpointing, sharded, times, shorter in sorted(ways, key=lambda way: (_count(way), way[::-1])):
        words, changed = [], recipe
        if halving > 1:
            changed = replace(changed, batch_size=recipe.batch_size // halving, accumulate=recipe.accumulate * halving)
            words.append(f"batch_size {recipe.batch_size} → {changed.batch_size}")
            words.append(f"accumulate {recipe.accumulate} → {changed.accumulate}")
        if checkpointing:
            changed = replace(changed, gradient_checkpointing=True)
            words.append("gradient_checkpointing on")
        if sharded:
            changed = replace(changed, deepspeed="zero3")
            words.append("deepspeed zero2 → zero3")
        if times > 1:
            words.append(f"processes {world} → {world * times}")
        length = longest
        if shorter:
            length = replace(longest, tokens=longest.tokens_95, scored=min(longest.scored, longest.tokens_95))
            words.append(f"max_tokens {recipe.max_tokens} → {longest.tokens_95}, which 95 % of the examples keep to")
        if words and (times * world > 1 or not sharded):
            yield changed, length, world * times, words


def _count(way: tuple[Any, ...]) -> int:
    """How many fields a way changes."""
    return sum(each not in (False, 1) for each in way)
