"""The other side: TRL's SFTTrainer on the same tokens, as its documentation says, in one process.

    python -m tests.benchmarks.training.run_trl FOLDER RESULT ORDER

With ORDER ``same`` it sees the batches that our loop makes, with ``own`` those that it draws itself.
"""

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft import LoraConfig
from torch.optim.lr_scheduler import LambdaLR
from transformers import TrainerCallback
from trl import SFTConfig, SFTTrainer

from inference.models import pretrained
from tests.benchmarks.training.job import WARM_UP, WINDOW, Planned, Trained
from training.finetune.adapter import LINEAR_LAYERS
from training.finetune.engine import learning_rate_share
from training.finetune.loop import DTYPE_FILE
from training.finetune.task import IGNORED
from training.title_copy.recipes import TitleRecipe


class Clock(TrainerCallback):
    """The time at the end of every step, and its loss."""

    def __init__(self) -> None:
        self.ended: list[float] = []
        self.losses: list[float] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.ended.append(time.perf_counter())

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, float], **_: Any) -> None:
        if "loss" in logs:
            self.losses.append(logs["loss"])


class Trainer(SFTTrainer):
    """With our learning rate, since theirs begins at zero; it counts what it is given."""

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self.tokens: list[int] = []
        self.positions: list[int] = []
        self.scored: list[int] = []

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> LambdaLR:
        self.lr_scheduler = LambdaLR(
            optimizer or self.optimizer, lambda step: learning_rate_share(step, 1, num_training_steps)
        )
        return self.lr_scheduler

    def training_step(self, model: Any, inputs: Mapping[str, torch.Tensor], *more: Any) -> torch.Tensor:
        self.tokens.append(int(inputs["attention_mask"].sum()))
        self.positions.append(inputs["input_ids"].numel())
        self.scored.append(int((inputs["labels"] != IGNORED).sum()))
        return super().training_step(model, inputs, *more)


def main() -> None:
    work, result, order = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    clock, planned = Clock(), Planned(work)
    trainer = Trainer(
        model=pretrained.locate(planned.recipe.model),
        args=_config(planned.recipe, (work / DTYPE_FILE).read_text(), order, result.parent / "trl"),
        train_dataset=_dataset(planned, order),
        processing_class=planned.tokenizer,
        peft_config=LoraConfig(
            task_type="CAUSAL_LM",
            r=planned.recipe.rank,
            lora_alpha=planned.recipe.alpha,
            target_modules=list(LINEAR_LAYERS),
        ),
        callbacks=[clock],
    )
    trainer.train()
    trained = Trained(
        clock.ended[-1] - clock.ended[WARM_UP - 1],
        sum(trainer.tokens[WARM_UP:]),
        sum(trainer.positions[WARM_UP:]),
        clock.losses[0],
        _mean(clock.losses[-WINDOW:], trainer.scored[-WINDOW:]),
    )
    result.write_text(json.dumps(asdict(trained)))


def _mean(losses: list[float], scored: list[int]) -> float:
    """Of the answers' tokens, not of the steps."""
    return sum(loss * count for loss, count in zip(losses, scored, strict=True)) / sum(scored)


def _dataset(planned: Planned, order: str) -> Dataset:
    """Tokens and which of them are scored; in the order of our batches or as the rows lie."""
    ordered = [each for batch in planned.batches() for each in batch] if order == "same" else planned.examples
    return Dataset.from_list(
        [
            {
                "input_ids": list(each.ids),
                "completion_mask": [0] * each.answer_start + [1] * (len(each.ids) - each.answer_start),
            }
            for each in ordered
        ]
    )


def _config(recipe: TitleRecipe, dtype: str, order: str, folder: Path) -> SFTConfig:
    on_gpu = torch.cuda.is_available()
    return SFTConfig(
        output_dir=str(folder),
        model_init_kwargs={"dtype": dtype},
        bf16=dtype == "bfloat16",
        use_cpu=not on_gpu,
        num_train_epochs=1,
        per_device_train_batch_size=recipe.batch_size,
        gradient_accumulation_steps=recipe.accumulate,
        gradient_checkpointing=recipe.gradient_checkpointing,
        learning_rate=recipe.learning_rate,
        weight_decay=recipe.weight_decay,
        optim="adamw_torch",
        max_grad_norm=1.0,
        max_length=None,
        completion_only_loss=True,
        train_sampling_strategy="sequential" if order == "same" else "random",
        dataloader_pin_memory=on_gpu,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        seed=recipe.seed,
        disable_tqdm=True,
    )


if __name__ == "__main__":
    main()
