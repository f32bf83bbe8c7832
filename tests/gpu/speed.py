"""How fast a training was, in tokens per second, memory, and as a share of what the device could compute.

The share is that of the operations of the model itself, as Chowdhery et al. 2022 (PaLM, appendix B)
count them, over the device's peak for dense bfloat16: 6 for each weight and token, the output layer at
scored tokens only, and 12 · layers · width for each token and token that it sees, of which a causal
model has half the square of the length. A frozen weight really costs 4, since it takes no gradient,
and 6 again with gradient checkpointing, which computes the forward pass twice. A frozen vision tower
is only looked through: 2 for each weight and patch.
"""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import torch

from training import tracking
from training.finetune.batches import plan_steps
from training.finetune.examples import read_examples
from training.finetune.job import Job, result_of
from training.finetune.loop import LOG_EVERY
from training.finetune.task import Example, Task

PEAK_FLOPS = {
    "H200": 989e12,
    "H100 PCIe": 756e12,
    "H100": 989e12,
    "A100": 312e12,
    "L40S": 362e12,
    "L4": 121e12,
    "A10": 125e12,
}
"""Dense bfloat16 operations per second, from NVIDIA's data sheets; the first name that a device's contains counts."""


@dataclass(frozen=True)
class Speed:
    """Of one training. ``flop_share`` is None where the device's peak is not known."""

    device: str
    recipe: str
    weights: int
    trained_weights: int
    steps: int
    tokens_per_second: float
    peak_memory_gb: float
    flops_per_token: float
    flop_share: float | None
    first_loss: float
    last_loss: float

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n")


def measure(task: Task, work: Path) -> Speed:
    """Of a finished training, from what it logged; the first window of steps, which compiles, is left out."""
    job: Job[Any] = Job.read(work, task.recipe_type)
    outline = task.outline(job.recipe)
    encoder = task.encoder(job.recipe, work)
    examples = [encoder.encode(row) for row in read_examples(work, "train")]
    with tracking.resume(task.subject, result_of(work).run_id) as run:
        losses, memory = run.history("train/loss"), run.history("train/peak_memory_gb")
        speeds = run.history("train/tokens_per_second")
    tokens_per_second = median(value for step, value in speeds.items() if step > LOG_EVERY)
    flops = count_flops(outline, examples) / sum(len(each.ids) for each in examples)
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else platform.machine()
    peak = next((peak for name, peak in PEAK_FLOPS.items() if name in device), None)
    return Speed(
        device=device,
        recipe=job.recipe.name,
        weights=sum(weight.numel() for weight in outline.parameters()),
        trained_weights=sum(weight.numel() for weight in outline.parameters() if weight.requires_grad),
        steps=max(losses),
        tokens_per_second=tokens_per_second,
        peak_memory_gb=max(memory.values()),
        flops_per_token=flops,
        flop_share=flops * tokens_per_second / peak if peak else None,
        first_loss=losses[min(losses)],
        last_loss=losses[max(losses)],
    )


def count_flops(outline: Any, examples: Sequence[Example]) -> float:
    """Operations of one pass over the examples, forward and backward, without padding."""
    config = outline.config.get_text_config()
    sizes = {"head": 0, "tower": 0, "blocks": 0}
    for name, weight in outline.named_parameters():
        part = "head" if "lm_head" in name else "tower" if "visual" in name else "blocks"
        if "embed_tokens" not in name:  # looked up, not multiplied
            sizes[part] += weight.numel()
    head = sizes["head"] or config.vocab_size * config.hidden_size  # shared with the embedding
    tower_trained = any("visual" in name and weight.requires_grad for name, weight in outline.named_parameters())
    lengths = [len(each.ids) for each in examples]
    attention = 6 * config.num_hidden_layers * config.hidden_size * sum(length**2 for length in lengths)
    seen = sum(_count_patches(outline, each) for each in examples) * sizes["tower"] * (6 if tower_trained else 2)
    return 6 * sizes["blocks"] * sum(lengths) + 6 * head * sum(each.weight for each in examples) + attention + seen


def count_steps(task: Task, work: Path) -> int:
    """Steps of one process."""
    job: Job[Any] = Job.read(work, task.recipe_type)
    encoder = task.encoder(job.recipe, work)
    return len(plan_steps([len(encoder.encode(row).ids) for row in read_examples(work, "train")], job.recipe, 1))


def _count_patches(outline: Any, example: Any) -> int:
    """Patches of an example's picture, if it has one: of so many pixels each side."""
    picture = getattr(example, "picture", None)
    if picture is None:
        return 0
    side = outline.config.vision_config.patch_size
    height, width = picture.shape[:2]
    return (height // side) * (width // side)
