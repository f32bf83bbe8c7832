"""A trained title adapter at the gate: what must be better, what may not get worse, what its card says."""

from pathlib import Path
from typing import Any

from data_contracts.catalog import CONTENT_TITLE_PAIRS, TITLE_COPY
from data_contracts.errors import NotBetterThanChampion
from data_contracts.store import Lake
from inference.models import profile
from training.finetune import preference
from training.finetune.examples import read_examples
from training.finetune.job import Job, judging
from training.finetune.recipe import as_dict
from training.promotion import promote
from training.promotion.challenge import Challenge, Facts
from training.promotion.gate import Gate, Guard
from training.promotion.promote import Approval
from training.promotion.scorecard import Scorecard
from training.title_copy.recipes import TitleRecipe
from training.tracking import Input

CHALLENGER_FILE, INCUMBENT_FILE = "challenger.json", "incumbent.json"

GATE = Gate(
    "rouge_l",
    guards=(
        Guard("unsupported_numbers", 0.05),
        Guard("unsupported_brands", 0.05),
        Guard("unsupported_attributes", 0.05),
        Guard("forbidden", 0.0),
        Guard("publishable", 0.05, higher_is_better=True),
    ),
)
"""Nearer to the shop's own titles without inventing more. 0.05 is one title in twenty: what chance
alone moves with the few held-out pairs of a small catalogue."""

LANGUAGES = {"en": "English", "zh": "Chinese"}


def ask(evaluated: dict[str, Any]) -> str:
    """What a person is asked before the adapter serves; empty where the gate refuses it anyway."""
    return "" if _find_other_model(evaluated) else promote.ask(_challenge(evaluated))


def promote_if_better(lake: Lake, evaluated: dict[str, Any], approval: Approval | None = None) -> str:
    """Make the adapter champion if the gate lets it and nobody refused it; the table of scores.

    Raises ``NotBetterThanChampion`` if not, and also when the profile serves another model than the
    adapter was trained for.
    """
    with judging(Path(evaluated["work"])):
        if other := _find_other_model(evaluated):
            raise NotBetterThanChampion(other)
        return promote.promote_if_better(lake, _challenge(evaluated), approval)


def _find_other_model(evaluated: dict[str, Any]) -> str:
    serves = profile.load().language.model
    return (
        "" if evaluated["model"] == serves else f"the adapter is for {evaluated['model']}, the profile serves {serves}"
    )


def _challenge(evaluated: dict[str, Any]) -> Challenge:
    work = Path(evaluated["work"])
    challenger, incumbent = (Scorecard.read(work / name) for name in (CHALLENGER_FILE, INCUMBENT_FILE))
    return Challenge(TITLE_COPY, challenger, incumbent, GATE, evaluated["run_id"], _describe(work, challenger))


def _describe(work: Path, challenger: Scorecard) -> Facts:
    job, rows = Job.read(work, TitleRecipe), read_examples(work)
    counts = {"train": "to train on", "validation": "to stop early by", "held_out": "held out"}
    written = {name: sum(row["language"] == code for row in rows) for code, name in LANGUAGES.items()}
    scores = challenger.means()
    return Facts(
        purpose="It proposes several titles for each cover; what claims more than the facts is refused before anybody "
        "sees it.",
        data=Input(CONTENT_TITLE_PAIRS, job.dataset_version, job.digest, len(rows), uri=job.source),
        data_licence="the shop's own titles and product texts; as they may be used, so may this version.",
        rows={what: job.counts.get(split, 0) for split, what in counts.items()} | written,
        recipe=as_dict(job.recipe),
        base_model=job.recipe.model,
        limits=[
            f"Left to itself it invents: of its held-out titles {scores['unsupported_numbers']:.1%} hold a number, "
            f"{scores['unsupported_brands']:.1%} a brand and {scores['unsupported_attributes']:.1%} another word that "
            "the content lacks. Never show its titles without the checks that serving makes.",
            "It learned how this shop words titles. Of products unlike all it was trained on it is worse: the table by "
            "distance on the run's evaluation page says how much.",
            f"Answers end after {job.recipe.max_new_tokens} tokens, in training's evaluation as in serving.",
            *_tell_preferences(preference.tags_of(work)),
        ],
    )


def _tell_preferences(tags: dict[str, Any]) -> list[str]:
    """Whose taste it learned after the shop's titles, where it has such a stage."""
    if not tags:
        return []
    whose = "**simulated** people's clicks" if tags["simulated_preferences"] else "people's clicks"
    return [f"What it knows of {whose} beside the shop's titles: {tags[preference.NAME]}."]
