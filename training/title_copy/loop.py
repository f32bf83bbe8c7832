"""The training loop, run by torchrun in every process: ``python -m training.title_copy.loop FOLDER``.

Written out on DeepSpeed's engine rather than on a trainer class: on a CPU those silently fall back
to plain data parallelism, or give every process all of the data. Rank 0 alone speaks to MLflow.
"""

import json
import logging
import math
import os
import shutil
import signal
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import deepspeed
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from data_contracts.settings import REPOSITORY
from inference.models import pretrained
from inference.models.transformers_model import compute_dtype
from training import tracking
from training.title_copy.examples import IGNORED, collate, plan_batches, read_pairs, tokenize
from training.title_copy.job import Job, Result, finish
from training.title_copy.recipes import Recipe, as_dict

log = logging.getLogger("title_copy")

LINEAR_LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

LOG_EVERY = 5
"""Steps between two lines of progress and points in MLflow."""

ROWS = 512
"""Tokens multiplied together in a step, about: decides which number format is faster."""

KEPT_CHECKPOINTS = 2
WHOLE = "whole"
"""File that says that every process has written its part of a checkpoint."""

RUN_FILE = "mlflow_run"


class TitleLoss(torch.nn.Module):
    """The model with its loss: mean cross entropy of the title tokens.

    The output layer is computed at those positions only. For a vocabulary of 152,000 it would cost
    more than everything else at all of them.
    """

    def __init__(self, model: PeftModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        causal = self.model.get_base_model()
        hidden = causal.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).last_hidden_state
        following = labels[:, 1:]
        scored = following != IGNORED
        logits = causal.lm_head(hidden[:, :-1][scored])
        return torch.nn.functional.cross_entropy(logits.float(), following[scored])


def train(work: Path) -> None:
    """Train, or go on from the newest checkpoint; leaves ``adapter`` in the folder and a registered version."""
    job = Job.read(work)
    recipe, rank, world = job.recipe, int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    device = f"cuda:{os.environ['LOCAL_RANK']}" if torch.cuda.is_available() else "cpu"
    deepspeed.ops.__compatible_ops__ = {}  # else opening the process group compiles an operator for 100 s
    deepspeed.init_distributed("gloo" if device == "cpu" else "nccl", verbose=False)
    torch.manual_seed(recipe.seed)
    folder = pretrained.locate(recipe.model)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    examples = tokenize(read_pairs(work, "train"), tokenizer)
    plan = plan_batches(examples, recipe.batch_size * world, recipe.epochs, recipe.seed)
    plan = plan[: len(plan) // recipe.accumulate * recipe.accumulate]
    batches = [collate([examples[i] for i in batch[rank::world]], tokenizer.pad_token_id, device) for batch in plan]
    dtype = compute_dtype(device, ROWS)
    engine = _start_engine(recipe, folder, len(plan) // recipe.accumulate, device, dtype)
    with _tracked(work, job, world) if rank == 0 else nullcontext() as run:
        checkpoints = work / f"checkpoints-{world}-{dtype}"  # neither can be loaded into the other
        _run_batches(engine, batches, checkpoints, recipe, run)
        _save_adapter(engine, recipe, work / "adapter")
        if run:
            finish(work, Result(run.run_id, run.register(work / "adapter")))
            shutil.rmtree(checkpoints, ignore_errors=True)
    torch.distributed.barrier()
    engine.destroy()
    torch.distributed.destroy_process_group()


def learning_rate_share(step: int, warmup: int, steps: int) -> float:
    """Share of the learning rate at a step, counted from 0: up in a line, down in half a cosine."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def _start_engine(recipe: Recipe, folder: str, steps: int, device: str, dtype: torch.dtype) -> Any:
    model = _with_adapter(AutoModelForCausalLM.from_pretrained(folder, dtype=dtype), recipe).to(device)
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    share = sum(weight.numel() for weight in trained) / model.num_parameters()
    optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    warmup = max(1, round(recipe.warmup_share * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: learning_rate_share(step, warmup, steps))
    config_file = REPOSITORY / "infra" / "deepspeed" / f"{recipe.deepspeed}.json"
    config = json.loads(config_file.read_text()) | {
        "train_micro_batch_size_per_gpu": recipe.batch_size,
        "gradient_accumulation_steps": recipe.accumulate,
        "bf16": {"enabled": dtype == torch.bfloat16},
    }
    engine, *_ = deepspeed.initialize(
        model=TitleLoss(model), model_parameters=trained, optimizer=optimizer, lr_scheduler=schedule, config=config
    )
    log.info("%s in %s, %.2f %% of its weights are trained in %d steps", recipe.model, dtype, 100 * share, steps)
    return engine


def _with_adapter(model: Any, recipe: Recipe) -> PeftModel:
    layers = model.config.num_hidden_layers
    adapted = get_peft_model(
        model,
        LoraConfig(
            task_type="CAUSAL_LM",
            r=recipe.rank,
            lora_alpha=recipe.alpha,
            target_modules=LINEAR_LAYERS,
            layers_to_transform=None if recipe.top_layers is None else list(range(layers - recipe.top_layers, layers)),
        ),
    )
    adapted.peft_config["default"].base_model_name_or_path = recipe.model  # a name, not a path on this machine
    return adapted


@contextmanager
def _tracked(work: Path, job: Job, processes: int) -> Iterator[tracking.Run]:
    """The training's one MLflow run: opened by the first attempt, gone on with by later ones."""
    known = work / RUN_FILE
    if known.exists():
        with tracking.resume(TITLE_COPY, known.read_text()) as run:
            yield run
        return
    recipe = as_dict(job.recipe)
    data = tracking.Input(CONTENT_TITLE_PAIRS, job.dataset_version, job.digest, job.train_pairs, uri=job.source)
    name = f"{job.recipe.name}, pairs version {job.dataset_version}"
    with tracking.run(TITLE_COPY, name, {**recipe, "processes": processes}, [data]) as run:
        known.write_text(run.run_id)
        run.tags({"run": job.run})
        run.text(json.dumps(recipe, indent=1), "recipe.json")
        yield run


def _run_batches(
    engine: Any, batches: list[dict[str, torch.Tensor]], checkpoints: Path, recipe: Recipe, run: tracking.Run | None
) -> None:
    steps = len(batches) // recipe.accumulate
    if tag := _newest_intact(checkpoints):
        engine.load_checkpoint(str(checkpoints), tag, load_module_strict=False)  # the frozen weights are not in it
        log.info("going on after step %d of %d", engine.global_steps, steps)
    engine.train()
    began, tokens, losses = time.perf_counter(), 0, []
    for batch in batches[engine.global_steps * recipe.accumulate :]:
        loss = engine(**batch)
        engine.backward(loss)
        engine.step()
        losses.append(loss.detach())
        tokens += int(batch["attention_mask"].sum())
        if not engine.is_gradient_accumulation_boundary():
            continue
        step = engine.global_steps
        if step % LOG_EVERY == 0 or step == steps:
            _report(engine, step, steps, losses, tokens / (time.perf_counter() - began), run)
            began, tokens, losses = time.perf_counter(), 0, []
        if step % recipe.checkpoint_every == 0 and step < steps:
            _save_checkpoint(engine, checkpoints)


def _newest_intact(checkpoints: Path) -> str | None:
    """Name of the newest checkpoint that was written to its end and still has the bytes that were written."""
    for folder in sorted(checkpoints.glob("step-*"), reverse=True):
        parts = sorted(folder.glob("*.pt"))
        if (folder / WHOLE).exists() and all(_is_intact(part) for part in parts):
            return folder.name
        log.warning("%s is not whole; looking for the one before", folder)
    return None


def _is_intact(part: Path) -> bool:
    """Whether a file of torch, which is a zip archive, has the checksums it was written with."""
    try:
        with zipfile.ZipFile(part) as archive:
            return archive.testzip() is None
    except zipfile.BadZipFile:
        return False


def _report(
    engine: Any, step: int, steps: int, losses: list[torch.Tensor], speed: float, run: tracking.Run | None
) -> None:
    mean = torch.stack(losses).mean().float()
    torch.distributed.all_reduce(mean)
    world = torch.distributed.get_world_size()
    if run:
        values = {"loss": mean.item() / world, "learning_rate": engine.get_lr()[0], "tokens_per_s": speed * world}
        run.metrics(values, step)
        log.info("step %d/%d loss %.3f lr %.1e tok/s %.0f", step, steps, *values.values())


def _save_checkpoint(engine: Any, folder: Path) -> None:
    """Only what is trained: the base weights lie on the shelf."""
    engine.save_checkpoint(str(folder), tag=f"step-{engine.global_steps:06}", exclude_frozen_parameters=True)
    torch.distributed.barrier()
    if torch.distributed.get_rank() == 0:
        (folder / f"step-{engine.global_steps:06}" / WHOLE).touch()
        for old in sorted(folder.glob("step-*"))[:-KEPT_CHECKPOINTS]:
            shutil.rmtree(old)


def _save_adapter(engine: Any, recipe: Recipe, folder: Path) -> None:
    model = engine.module.model
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    with deepspeed.zero.GatheredParameters(trained, enabled=recipe.deepspeed == "zero3"):
        if torch.distributed.get_rank() == 0:
            # Otherwise peft would look the base model up on the hub to compare vocabularies.
            model.save_pretrained(str(folder), save_embedding_layers=False)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("DeepSpeed").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that MLflow hears of it
    train(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
