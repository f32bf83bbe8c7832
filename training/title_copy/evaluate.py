"""The trained adapter before the gate: compared on held-out pairs, shown in MLflow, promoted or not."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data_contracts.catalog import TITLE_COPY
from data_contracts.errors import NotBetterThanChampion
from inference.models import profile, registry
from inference.models.answers import Remembering
from inference.models.language import base_of
from inference.models.transformers_model import TransformersModel
from training import promotion, tracking
from training.promotion import Gate, Guard, Scores
from training.title_copy.examples import as_prompt, read_pairs
from training.title_copy.job import Job, Result, mark_judged
from training.title_copy.scores import Scored, as_table, baselines, gain, score

log = logging.getLogger(__name__)

GATE = Gate(
    main="rouge_l",
    guards=(Guard("unsupported_numbers", max_rise=0.05), Guard("unsupported_words", max_rise=0.05)),
)
"""Nearer to the shop's own titles without inventing more. 0.05 is one title in twenty: what chance
alone moves with the few held-out pairs of a small catalogue."""


def evaluate(work: Path, result: Result) -> dict[str, Any]:
    """Score the trained adapter, the base model, the champion and the baselines; log all of it.

    Returns what the gate needs: the scores of the challenger and of what serves now.
    """
    job = Job.read(work)
    pairs, train = read_pairs(work, "held_out"), read_pairs(work, "train")
    base = _answer(job, pairs, "base", job.recipe.model, None)
    trained = _answer(job, pairs, "trained", job.recipe.model, registry.fetch(TITLE_COPY, result.version))
    champion = registry.champion(TITLE_COPY)
    if champion and champion.version != result.version:
        serving = _answer(job, pairs, "champion", base_of(champion.path), champion.path)
        systems = [base, serving, trained, *baselines(pairs, train)]
    else:
        champion, serving = None, base
        systems = [base, trained, *baselines(pairs, train)]
    difference = gain(trained, serving, pairs)
    _log(result.run_id, systems, pairs, difference)
    return {
        "work": str(work),
        "run_id": result.run_id,
        "version": result.version,
        "model": job.recipe.model,
        "scores": trained.means(pairs),
        "incumbent": {"version": champion.version if champion else None, "scores": serving.means(pairs)},
        "gain": difference,
    }


def promote(evaluated: dict[str, Any]) -> str:
    """Make the adapter champion if the gate lets it; the table of scores.

    Raises ``NotBetterThanChampion`` if not, and also when the profile serves another model than the
    adapter was trained for.
    """
    try:
        table = _pass_gate(evaluated)
    except NotBetterThanChampion:
        mark_judged(Path(evaluated["work"]))
        raise
    mark_judged(Path(evaluated["work"]))
    return table


def _pass_gate(evaluated: dict[str, Any]) -> str:
    serves = profile.load().language.model
    if evaluated["model"] != serves:
        raise NotBetterThanChampion(f"the adapter is for {evaluated['model']}, the profile serves {serves}")
    incumbent = evaluated["incumbent"]
    name = f"version {incumbent['version']}" if incumbent["version"] else "base model"
    return promotion.promote_if_better(
        TITLE_COPY,
        Scores(f"version {evaluated['version']}", evaluated["scores"], evaluated["version"]),
        Scores(name, incumbent["scores"], incumbent["version"]),
        GATE,
        evaluated["run_id"],
    )


def _answer(job: Job, pairs: Sequence[dict[str, Any]], name: str, model: str, adapter: Path | None) -> Scored:
    log.info("%s writes %d titles", name, len(pairs))
    prompts = [as_prompt(pair) for pair in pairs]
    answers = Remembering(TransformersModel(model, adapter)).generate(prompts, job.recipe.max_new_tokens)
    return score(name, [text for (text,) in answers], pairs)


def _log(run_id: str, systems: Sequence[Scored], pairs: Sequence[dict[str, Any]], difference: Sequence[float]) -> None:
    table = as_table(systems, pairs)
    log.info("\n%s", table)
    mean, low, high = difference
    verdict = f"trained against what serves now: ROUGE-L {mean:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}"
    log.info("%s", verdict)
    columns = {"language": [p["language"] for p in pairs], "content": [p["content"] for p in pairs]}
    columns["shop's title"] = [p["title"] for p in pairs]
    columns |= {system.name: system.titles for system in systems}
    with tracking.resume(TITLE_COPY, run_id) as run:
        for system in systems:
            run.metrics({f"{system.name.replace(' ', '_')}/{key}": v for key, v in system.means(pairs).items()})
        run.metrics({"gain": mean, "gain_low": low, "gain_high": high, "held_out_pairs": len(pairs)})
        run.table(columns, "predictions")
        run.text(f"{table}\n\n{verdict}\n", "evaluation.md")
