"""Before the first step: nothing starts that cannot end.

Every row of a training is encoded as the training itself will do it. Rows that cannot be trained on go
to the quarantine, with the reason, and out of the training; it goes on without them as long as they are
few. Then the peak memory is predicted. What was found lies in the training's folder as
``preflight.json``, for people as Markdown in its MLflow run.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from data_contracts.catalog import Dataset
from data_contracts.errors import ContractViolation
from data_contracts.store import Lake
from inference.models import profile
from training.finetune.examples import SPLITS, encode, read_examples, write_examples
from training.finetune.machine import Machine, find_machine
from training.finetune.memory import GB, Longest, Prediction, check_memory
from training.finetune.recipe import Recipe
from training.finetune.task import BadExample, Encoder, Row, Task

log = logging.getLogger(__name__)

REPORT_FILE = "preflight.json"

MOST_REFUSED = 0.05
"""Share of the rows, or one row if that is more, that a training may lose. Beyond it the data or the recipe
is at fault, not a row."""

RULE = "fit_to_train"
"""The rule under which the quarantine keeps refused rows."""

NAMED = 5
"""Refused rows named in an error; the report has all of them."""

PROGRESS_EVERY = 1000


@dataclass(frozen=True)
class Lengths:
    """Tokens of a split's examples: how many examples, their lengths, all together, and how many are scored."""

    examples: int
    least: int
    median: int
    most_of_95: int
    most: int
    total: int
    scored: int


@dataclass(frozen=True)
class Refused:
    """A row that cannot be trained on."""

    example_id: str
    split: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What was found. ``memory`` is the predicted peak of one process."""

    recipe: str
    max_tokens: int
    lengths: Mapping[str, Lengths]
    longest: Longest
    refused: Sequence[Refused]
    memory: Prediction | None = None

    @classmethod
    def read(cls, work: Path) -> "Report | None":
        """That of a training's folder, None before its pre-flight."""
        file = work / REPORT_FILE
        return AS_JSON.validate_json(file.read_bytes()) if file.exists() else None

    def write(self, work: Path) -> None:
        partial = work / f"{REPORT_FILE}.partial"
        partial.write_bytes(AS_JSON.dump_json(self, indent=1))
        partial.replace(work / REPORT_FILE)

    @property
    def rows(self) -> int:
        """Of the training, before any was refused."""
        return sum(each.examples for each in self.lengths.values()) + len(self.refused)

    def as_markdown(self) -> str:
        """For people."""
        lines = [
            "## Examples, in tokens",
            "",
            "| | examples | shortest | median | 95 % up to | longest | all | scored |",
        ]
        lines += ["|---|---|---|---|---|---|---|---|"]
        for split, each in self.lengths.items():
            numbers = (each.examples, each.least, each.median, each.most_of_95, each.most, each.total, each.scored)
            lines += [f"| {split} | {' | '.join(f'{number:,}' for number in numbers)} |"]
        lines += ["", f"The recipe `{self.recipe}` takes up to {self.max_tokens:,} tokens. ", "", "## Refused rows", ""]
        lines += [f"{len(self.refused)} of {self.rows:,} rows cannot be trained on and lie in the quarantine."]
        lines += [f"- `{each.example_id}` ({each.split}): {_in_one_line(each.reason)}" for each in self.refused]
        if self.memory:
            lines += ["", "## Predicted peak memory of a process", "", "| for | GB |", "|---|---|"]
            lines += [f"| {name} | {size / GB:.2f} |" for name, size in self.memory.parts.items()]
            lines += [f"| **together** | **{self.memory.needed / GB:.2f}** |"]
        return "\n".join(lines) + "\n"


AS_JSON = TypeAdapter(Report)


def check_examples(
    task: Task, recipe: Recipe, work: Path, run: str, lake: Lake, machine: Machine | None = None
) -> Report:
    """Check the rows of a training, take out what cannot be trained on, and predict its memory.

    A retry finds the rows checked and only predicts anew. ``run`` is named in the quarantine;
    ``machine`` is that of the profile if none is given. Raises ``ContractViolation`` when more than
    ``MOST_REFUSED`` of the rows were refused or a split has none left, and ``TooLittleMemory``.
    """
    rows = read_examples(work)
    report = Report.read(work)
    if report is None:
        report = _examine(task.encoder(recipe, work), recipe, rows)
        _quarantine(task.data, rows, report.refused, run, lake)
        report.write(work)
    refused = {each.example_id for each in report.refused}
    left = [row for row in rows if row["example_id"] not in refused]
    if len(left) < len(rows):
        write_examples(work, left)
    _refuse_too_many(report, work)
    training = profile.load().training
    memory = check_memory(
        task.outline(recipe), recipe, report.longest, machine or find_machine(training), training.world_size
    )
    log.info("about %.1f GB for each of %d processes (%s)", memory.needed / GB, training.world_size, memory.as_text())
    report = replace(report, memory=memory)
    report.write(work)
    return report


def _examine(encoder: Encoder, recipe: Recipe, rows: Sequence[Row]) -> Report:
    checked: list[tuple[Row, int, int]] = []
    refused = []
    for number, row in enumerate(rows, start=1):
        try:
            example = encode(encoder, row, recipe.max_tokens)
            checked.append((row, len(example.ids), example.weight))
        except BadExample as fault:
            refused.append(Refused(row["example_id"], row["split"], str(fault)))
        if number % PROGRESS_EVERY == 0 or number == len(rows):
            log.info("%d of %d examples checked, %d refused", number, len(rows), len(refused))
    parts = {split: [each for each in checked if each[0]["split"] == split] for split in SPLITS}
    lengths = {split: _count(part) for split, part in parts.items() if part}
    return Report(recipe.name, recipe.max_tokens, lengths, _longest(encoder, checked), refused)


def _count(checked: Sequence[tuple[Row, int, int]]) -> Lengths:
    tokens = [each for _, each, _ in checked]
    quantiles = [_quantile(tokens, percent) for percent in (0, 50, 95, 100)]
    return Lengths(len(tokens), *quantiles, sum(tokens), sum(scored for *_, scored in checked))


def _longest(encoder: Encoder, checked: Sequence[tuple[Row, int, int]]) -> Longest:
    if not checked:
        return Longest(0, 0, 0)
    row, tokens, _ = max(checked, key=lambda each: each[1])
    batch = encoder.collate([[encoder.encode(row)]], "cpu")
    return Longest(
        tokens=tokens,
        scored=max(scored for *_, scored in checked),
        tokens_95=_quantile([each for _, each, _ in checked], 95),
        patches=len(batch["pixel_values"]) if "pixel_values" in batch else 0,
    )


def _quantile(tokens: Sequence[int], percent: float) -> int:
    """The least length that so many percent of the examples do not exceed."""
    return int(np.percentile(tokens, percent, method="inverted_cdf"))


def _quarantine(data: Dataset, rows: Iterable[Row], refused: Iterable[Refused], run: str, lake: Lake) -> None:
    """One write for all rows with the same reason; a row that lies there already is not written again."""
    by_id = {row["example_id"]: row for row in rows}
    for reason, group in groupby(sorted(refused, key=lambda each: each.reason), key=lambda each: each.reason):
        lake.quarantine(data, [by_id[each.example_id] for each in group], RULE, reason, run)


def _refuse_too_many(report: Report, work: Path) -> None:
    gone = [split for split in ("train", "held_out") if split not in report.lengths]
    if len(report.refused) <= max(1, int(MOST_REFUSED * report.rows)) and not gone:
        return
    first = "; ".join(f"{each.example_id}: {_in_one_line(each.reason)}" for each in report.refused[:NAMED])
    none_left = f", and none is left of {' and of '.join(gone)}" if gone else ""
    raise ContractViolation(
        f"{len(report.refused)} of {report.rows} rows cannot be trained on by the recipe {report.recipe}; at most "
        f"{MOST_REFUSED:.0%} may be{none_left}. The first: {first}. They lie in the quarantine, "
        f"all reasons in {work / REPORT_FILE}. Mend the rows or change the recipe's max_tokens, and start a new run."
    )


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
