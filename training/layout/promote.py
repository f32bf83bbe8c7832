"""A trained layout model at the gate: what must be better, what may not get worse, what its card says."""

from pathlib import Path
from typing import Any

from data_contracts.catalog import LAYOUT, LAYOUT_ANNOTATIONS
from data_contracts.store import Lake
from training.finetune.examples import read_examples
from training.finetune.job import Job, judging
from training.finetune.recipe import as_dict
from training.layout.recipes import Recipe
from training.promotion import promote
from training.promotion.challenge import Challenge, Facts
from training.promotion.gate import Gate, Guard
from training.promotion.promote import Approval
from training.promotion.scorecard import Scorecard
from training.tracking import Input

CHALLENGER_FILE, INCUMBENT_FILE = "challenger.json", "incumbent.json"

GATE = Gate(
    "kept_clear",
    guards=(
        Guard("retention", 0.0, higher_is_better=True),
        Guard("text_fits", 0.03, higher_is_better=True),
        Guard("overlap", 0.02),
        Guard("non_alignment", 0.002),
        Guard("unreadability", 0.005),
        Guard("readable_contrast", 0.05, higher_is_better=True),
    ),
)
"""More of faces and products left clear, all texts there, still readable and in line. What guards allow
is about what chance moves with a hundred posters."""


def ask(evaluated: dict[str, Any]) -> str:
    """What a person is asked before the model serves; empty where the gate refuses it anyway."""
    return promote.ask(_challenge(evaluated))


def promote_if_better(lake: Lake, evaluated: dict[str, Any], approval: Approval | None = None) -> str:
    """Make the model champion if the gate lets it and nobody refused it; the table of scores.

    Raises ``NotBetterThanChampion`` if not.
    """
    with judging(Path(evaluated["work"])):
        return promote.promote_if_better(lake, _challenge(evaluated), approval)


def _challenge(evaluated: dict[str, Any]) -> Challenge:
    work = Path(evaluated["work"])
    challenger, incumbent = (Scorecard.read(work / name) for name in (CHALLENGER_FILE, INCUMBENT_FILE))
    return Challenge(LAYOUT, challenger, incumbent, GATE, evaluated["run_id"], _describe(work))


def _describe(work: Path) -> Facts:
    job, rows = Job.read(work, Recipe), read_examples(work)
    rendered = sum(row["source"] == "rendered" for row in rows)
    counts = {"train": "to train on", "validation": "to stop early by", "held_out": "held out"}
    limits = [
        "It sees a picture shrunk to some dozen tokens and is told where faces and products are; what nobody "
        "found it does not keep clear of.",
        "Its answers keep to a grammar: all given texts are there, on the canvas. Whether they lie well is not "
        "guaranteed; whoever uses it should measure that too.",
    ]
    if rendered:
        limits.insert(0, f"{rendered} of {len(rows)} posters are drawn by a program from few photos, not by designers.")
    return Facts(
        purpose="It proposes where the texts of a cover or poster go on a picture, for whoever sets them.",
        data=Input(LAYOUT_ANNOTATIONS, job.dataset_version, job.digest, len(rows), uri=job.source),
        data_licence="of rendered posters free to use; of landed ones as the shop may use them.",
        rows={what: job.counts.get(split, 0) for split, what in counts.items()} | {"rendered": rendered},
        recipe=as_dict(job.recipe),
        base_model=job.recipe.model,
        limits=limits,
    )
