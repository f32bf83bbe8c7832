"""The stage after supervised tuning: learn which of two answers to the same prompt people prefer.

Direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290) needs neither a reward model nor
sampling: the model is tuned so that it likes the chosen answer more, against the rejected one, than the
supervised model did. What that one said, the reference, never changes: its log-probabilities are
computed once, before the first step, and kept in the training's folder, so that a second model need
not be held in memory and a resumed training measures against the same. It works for every task, since
an answer's log-probability is all it asks of the model.
"""

import dataclasses
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import distributed
from torch.nn.functional import logsigmoid

from training.finetune import weights
from training.finetune.examples import load_lines, write_examples
from training.finetune.job import Job
from training.finetune.recipe import Preference
from training.finetune.stage import SUPERVISED, Stage
from training.finetune.task import IGNORED, BadExample, Encoder, Example, Row, Task

log = logging.getLogger(__name__)

NAME = "preference"
PREFERENCES_FILE = "preferences.jsonl"
"""Of a training's folder. A row has example_id, group, split, ``simulated``, and two rows as the task's
encoder takes them, ``chosen`` and ``rejected``, that are alike but for the answer."""

REFERENCE_FILE = "preference_reference.jsonl"
TAGS_FILE = "preference_tags.json"
EVEN = 0.5
TOLD_REFUSALS = 3


def following_stage(task: Task, job: Job[Any], work: Path) -> Stage | None:
    """The stage for the preferences in a training's folder; None when the recipe wants more of them.

    Which it is, is left for ``tags_of``. All processes get the same. The supervised stage must be done
    when the stage loads its model.
    """
    recipe = job.recipe
    wanted = recipe.preference
    file = work / PREFERENCES_FILE
    given = of_people(load_lines(file) if file.exists() else [], wanted.min_preferences)
    pairs = _Pairs(task, task.encoder(recipe, work), recipe.max_tokens, wanted, work)
    rows, refused = pairs.sift(given)
    training, validation = ([row for row in rows if row["split"] == split] for split in ("train", "validation"))
    if distributed.get_rank() == 0:
        _note(work, training, validation, refused, wanted.min_preferences)
    if len(training) < wanted.min_preferences:
        return None
    return Stage(
        name=NAME,
        recipe=_as_stage_recipe(recipe),
        rows=training,
        validation_rows=validation,
        encoder=pairs,
        load_model=lambda dtype: pairs.load_model(recipe, dtype),
        compute=pairs.compute,
        prepare=lambda model, device: pairs.refer(model, device, rows),
    )


def tags_of(work: Path) -> dict[str, Any]:
    """What a training's run is to say of its preferences: how many, whether simulated; empty before or without one."""
    path = work / TAGS_FILE
    return json.loads(path.read_text()) if path.exists() else {}


def of_people(preferences: Sequence[Row], enough: int) -> list[Row]:
    """Those of real people where they are enough; else all, simulated ones among them."""
    real = [each for each in preferences if not each["simulated"]]
    return real if len(real) >= enough else list(preferences)


def preference_losses(log_odds: torch.Tensor, label_smoothing: float) -> torch.Tensor:
    """Loss [n] of preferences, from the log-odds [n] with which the model prefers the chosen answer.

    With ``label_smoothing`` e: -(1 - e) log σ(x) - e log σ(-x).
    """
    return -(1 - label_smoothing) * logsigmoid(log_odds) - label_smoothing * logsigmoid(-log_odds)


def sum_by_row(token_losses: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Sum [rows] of the losses [n] of scored tokens, in the order of ``labels[:, 1:] != IGNORED``, float32."""
    row, _ = (labels[:, 1:] != IGNORED).nonzero(as_tuple=True)
    return torch.zeros(len(labels), device=labels.device).index_add(0, row, token_losses.float())


@dataclass(frozen=True)
class PreferenceExample:
    """Two answers to one prompt; ``key`` finds what the reference said of them. It counts as one."""

    key: str
    chosen: Example
    rejected: Example
    weight: int = 1

    @property
    def ids(self) -> tuple[int, ...]:
        return (*self.chosen.ids, *self.rejected.ids)

    @property
    def answer_start(self) -> int:
        return self.chosen.answer_start


def _note(work: Path, training: Sequence[Row], validation: Sequence[Row], refused: Sequence[str], least: int) -> None:
    """Leave for ``tags_of``, and in the log, what there was to learn from."""
    counts = f"{len(training)} to learn from, {len(validation)} for validation, {len(refused)} refused"
    skipped = len(training) < least
    tags = {
        NAME: f"skipped: {counts}; the recipe wants at least {least}" if skipped else counts,
        "simulated_preferences": not skipped and any(row["simulated"] for row in training),
    }
    log.info("preferences: %s", tags[NAME])
    for reason in refused[:TOLD_REFUSALS]:
        log.warning("refused preference %s", reason)
    (work / TAGS_FILE).write_text(json.dumps(tags))


def _as_stage_recipe(recipe: Any) -> Any:
    """The recipe with the stage's own numbers; an example is two answers, each of which may be as long as before."""
    own = {name: getattr(recipe.preference, name) for name in ("learning_rate", "epochs", "batch_size")}
    return dataclasses.replace(recipe, **own, accumulate=1, packing=None, max_tokens=2 * recipe.max_tokens)


class _Pairs:
    """What the stage does with pairs of answers. ``reference`` holds [chosen, rejected] log-probabilities by key."""

    def __init__(self, task: Task, encoder: Encoder, max_tokens: int, settings: Preference, work: Path):
        self.task, self.encoder, self.max_tokens = task, encoder, max_tokens
        self.settings, self.work = settings, work
        self.reference: dict[str, tuple[float, float]] = {}

    def sift(self, rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
        """The rows that can be encoded, and why the others cannot."""
        good, refused = [], []
        for row in rows:
            try:
                self.encode(row)
                good.append(row)
            except BadExample as error:
                refused.append(f"{row['example_id']}: {error}")
        return good, refused

    def encode(self, row: Row, epoch: int = 0) -> PreferenceExample:
        """The same in every epoch: what the reference said holds for one wording of the prompt."""
        chosen, rejected = (self.encoder.encode(row[side], 0) for side in ("chosen", "rejected"))
        start = chosen.answer_start
        if start != rejected.answer_start or chosen.ids[:start] != rejected.ids[:start]:
            raise BadExample("its two answers belong to different prompts")
        longest = max(len(chosen.ids), len(rejected.ids))
        if longest > self.max_tokens:
            raise BadExample(f"an answer of it has {longest} tokens, the recipe takes at most {self.max_tokens}")
        return PreferenceExample(row["example_id"], chosen, rejected)

    def collate(self, rows: Sequence[Sequence[Any]], device: str) -> dict[str, torch.Tensor]:
        """The task's batch of all chosen, then all rejected answers, and their ``reference`` [2, preferences]."""
        examples: list[PreferenceExample] = [example for (example,) in rows]
        batch = self._collate(examples, device)
        known = [self.reference[example.key] for example in examples]
        return batch | {"reference": torch.tensor(known, device=device).T}

    def load_model(self, recipe: Any, dtype: torch.dtype) -> torch.nn.Module:
        """The model as the supervised stage left it."""
        model = self.task.load_model(recipe, dtype)
        weights.load_trained(model, weights.file_of(self.work, SUPERVISED))
        return model

    def compute(self, model: torch.nn.Module, batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """Scalars: loss; accuracy, the share of preferences in which the model sides with people more than the
        reference does, ties half; margin, by how many log-odds."""
        given = {name: value for name, value in batch.items() if name != "reference"}
        log_probabilities = self._log_probabilities(model, given)
        chosen, rejected = log_probabilities - batch["reference"]
        margin = self.settings.beta * (chosen - rejected)
        loss = preference_losses(margin, self.settings.label_smoothing).mean()
        if self.settings.chosen_weight:
            tokens = (given["labels"][: len(margin), 1:] != IGNORED).sum(dim=1)
            loss = loss - self.settings.chosen_weight * (log_probabilities[0] / tokens).mean()
        accuracy = (margin > 0).float() + EVEN * (margin == 0)
        return {"loss": loss, "accuracy": accuracy.mean(), "margin": margin.mean()}

    def refer(self, model: torch.nn.Module, device: str, rows: Sequence[Row]) -> None:
        """Take the reference from the training's folder, or have all processes compute a part each and keep it.

        What the folder holds is decided by the first process for all: on shared storage the others may not
        see yet what it has just written.
        """
        rank, world = distributed.get_rank(), distributed.get_world_size()
        kept: list[Any] = [self._read_reference(rows) if rank == 0 else None]
        distributed.broadcast_object_list(kept)
        if kept[0] is not None:
            self.reference = kept[0]
            return
        parts: list[Any] = [None] * world
        distributed.all_gather_object(parts, self._compute_reference(model, device, rows[rank::world]))
        self.reference = {key: value for part in parts for key, value in part.items()}
        if rank == 0:
            self._write_reference(self.reference)

    def _read_reference(self, rows: Sequence[Row]) -> dict[str, tuple[float, float]] | None:
        if not (self.work / REFERENCE_FILE).exists():
            return None
        lines = load_lines(self.work / REFERENCE_FILE)
        known = {line["example_id"]: (line["chosen"], line["rejected"]) for line in lines}
        return known if {row["example_id"] for row in rows} <= known.keys() else None

    def _write_reference(self, reference: Mapping[str, tuple[float, float]]) -> None:
        lines = ({"example_id": key, "chosen": pair[0], "rejected": pair[1]} for key, pair in reference.items())
        write_examples(self.work, lines, REFERENCE_FILE)

    def _compute_reference(
        self, model: torch.nn.Module, device: str, rows: Sequence[Row]
    ) -> dict[str, tuple[float, float]]:
        """Log-probabilities of chosen and rejected answers by the model as it is, those of like length together."""
        examples = sorted((self.encode(row) for row in rows), key=lambda each: len(each.ids))
        size = self.settings.batch_size
        reference: dict[str, tuple[float, float]] = {}
        training = model.training
        model.eval()
        with torch.no_grad():
            for start in range(0, len(examples), size):
                part = examples[start : start + size]
                said = self._log_probabilities(model, self._collate(part, device))
                for each, (chosen, rejected) in zip(part, said.T.tolist(), strict=True):
                    reference[each.key] = chosen, rejected
        model.train(training)
        return reference

    def _collate(self, examples: Sequence[PreferenceExample], device: str) -> dict[str, torch.Tensor]:
        rows = [[each.chosen] for each in examples] + [[each.rejected] for each in examples]
        return self.encoder.collate(rows, device)

    def _log_probabilities(self, model: torch.nn.Module, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """[2, preferences]: of chosen and of rejected answers."""
        losses = self.task.compute_token_losses(model, batch)
        return -sum_by_row(losses, batch["labels"]).view(2, -1)
