"""The peak memory of a training, predicted from shapes alone and held against what is free.

A training that dies of memory after an hour, or takes the machine's other programs along, is worse than
one that is refused in a second with the change that would make it fit. What is counted, for one process:

- *weights* in the number format of the training; sharded by ZeRO-3 (Rajbhandari et al. 2020,
  arXiv:1910.02054), which gathers as many at once as its settings let it;
- *gradients* of the trained weights, and DeepSpeed's *buckets*, through which they are summed up;
- *optimizer*: the trained weights, Adam's two averages and a step's gradients in 32 bits. ZeRO-2 and -3
  share these and the gradients out between the processes;
- *activations* that the backward pass needs, of the layers from the first trained one on: per token
  two norms in 32 bits, the inputs of attention and feed-forward part, queries, keys, values and their
  result, four times the inner width. With gradient checkpointing only the inputs of the layers, and
  one layer whole. Of a vision tower the same for each patch, where it is trained;
- *logits* of the scored tokens with their gradients, 14 bytes for each word of the vocabulary in 16 bits;
- *scrap* on a CPU, and *framework*: interpreter, libraries and a GPU's own context.

What is predicted of a 7B model with LoRA lies within 6 % of the figures published for Qwen-7B on an A100
(its README: 20.1 GB for an example of 256 tokens, 36.6 GB for one of 8,192). On a CPU more is predicted than
was measured, by up to a third: for half a billion weights, LoRA and bfloat16 4.8 GB where 4.0 were held
(batches of 4 × 290 tokens), 3.4 GB where 3.1 were (8 × 292, checkpointed), 4.1 GB where 3.8 were (4 × 144,
ZeRO-3), and 1.1 GB where 0.8 to 1.0 were for ``tiny``.
"""

import functools
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from data_contracts.errors import TooLittleMemory
from data_contracts.settings import REPOSITORY
from training.finetune.machine import Machine
from training.finetune.recipe import Recipe, as_dict

GB = 2**30

FRAMEWORK = {False: int(1.1 * GB), True: int(1.5 * GB)}
"""Of a process on a CPU (measured), and of one on a GPU in its memory (context and NCCL; see the figures above)."""

SCRAP = 0.3
"""Share of the rest that a process on a CPU holds besides: results in between, what was freed and not given back,
a large vocabulary."""

MASTER_BYTES = 16
"""For each trained weight: a copy, two averages and a gradient in 32 bits."""

FETCHED_AHEAD = 50_000_000
LIVE_WEIGHTS = 1_000_000_000 + FETCHED_AHEAD
"""Weights that ZeRO-3 gathers at most, those fetched ahead among them: DeepSpeed's defaults."""

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
    gathered = min(shape.weights, LIVE_WEIGHTS if world > 1 else FETCHED_AHEAD) * size
    activations, logits = _of_batch(shape, recipe, longest, size)
    parts = {
        "weights": whole // world + gathered if sharded else whole,
        "gradients": shape.trained * size // world,
        "optimizer": shape.trained * MASTER_BYTES // world,
        "buckets": bucket * size,
        "activations": activations,
        "logits": logits,
    }
    if not machine.on_gpu:
        parts["scrap"] = int(SCRAP * sum(parts.values()))
    parts["framework"] = FRAMEWORK[machine.on_gpu]
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


@dataclass(frozen=True)
class _Plan:
    """What a training's memory is decided by."""

    recipe: Recipe
    longest: Longest
    world: int


_Change = Callable[[_Plan], _Plan]


def _advise(shape: Shape, recipe: Recipe, longest: Longest, machine: Machine, world: int) -> str:
    began = _Plan(recipe, longest, world)
    for changes in _combinations(began, machine):
        plan = functools.reduce(lambda changed, change: change(changed), changes, began)
        needed = predict(shape, plan.recipe, plan.longest, machine, plan.world).needed
        if machine.holds(needed):
            return f"The smallest change that would fit: {_difference(began, plan)} ({machine.in_words(needed)})."
    return "No change of the recipe would fit: take a smaller model or a larger machine."


def _combinations(plan: _Plan, machine: Machine) -> Iterator[list[_Change]]:
    """One change before two, and what costs nothing before what costs time, machines or data."""
    kinds = _changes(plan, machine)
    places = itertools.product(*[range(len(kind) + 1) for kind in kinds])
    for chosen in sorted(places, key=lambda places: (sum(map(bool, places)), places[::-1])):
        if any(chosen):
            yield [kind[place - 1] for kind, place in zip(kinds, chosen, strict=True) if place]


def _changes(plan: _Plan, machine: Machine) -> list[list[_Change]]:
    """Ways to need less, by kind; of each kind the mildest first."""
    recipe, longest = plan.recipe, plan.longest
    halvings = [2**n for n in range(1, recipe.batch_size.bit_length()) if recipe.batch_size % 2**n == 0]
    cuts = [2**n for n in range(1, 8) if (recipe.packing or 0) // 2**n >= longest.tokens]
    times = [n for n in (2, 4, 8) if machine.on_gpu and plan.world * n <= MOST_PROCESSES]
    return [
        [functools.partial(_halve, "batch_size", by=n) for n in halvings],
        [functools.partial(_set, gradient_checkpointing=True)] * (not recipe.gradient_checkpointing),
        [functools.partial(_halve, "packing", by=n) for n in cuts],
        [functools.partial(_set, deepspeed="zero3")] * (recipe.deepspeed == "zero2" and machine.on_gpu),
        [functools.partial(_spread, times=n) for n in times],
        [_shorten] * (longest.tokens_95 < longest.tokens),
    ]


def _halve(field: str, plan: _Plan, by: int) -> _Plan:
    """Smaller batches, as many more of them in a step."""
    fields = {field: getattr(plan.recipe, field) // by, "accumulate": plan.recipe.accumulate * by}
    return _set(plan, **fields)


def _set(plan: _Plan, **fields: Any) -> _Plan:
    return replace(plan, recipe=replace(plan.recipe, **fields))


def _spread(plan: _Plan, times: int) -> _Plan:
    fewer = plan.recipe.accumulate // times if plan.recipe.accumulate % times == 0 else plan.recipe.accumulate
    return replace(_set(plan, accumulate=fewer), world=plan.world * times)


def _shorten(plan: _Plan) -> _Plan:
    most = plan.longest.tokens_95
    shorter = replace(plan.longest, tokens=most, scored=min(plan.longest.scored, most))
    return replace(_set(plan, max_tokens=most), longest=shorter)


def _difference(one: _Plan, other: _Plan) -> str:
    """``batch_size 8 → 4 and accumulate 1 → 2``."""
    before, after = ({**as_dict(plan.recipe), "processes": plan.world} for plan in (one, other))
    said = [f"{field} {before[field]} → {after[field]}" for field in after if after[field] != before[field]]
    refused = "; 5 % of the examples are longer and would be refused" if other.longest != one.longest else ""
    return " and ".join(said) + refused
