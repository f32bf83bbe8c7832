"""The trained adapter before the gate: compared on held-out pairs, shown in MLflow, promoted or not."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.catalog import TITLE_COPY
from data_contracts.errors import NotBetterThanChampion
from inference.covers.titles.copy import write_titles_for
from inference.covers.titles.facts import Facts
from inference.models import profile, registry
from inference.models.answers import Remembering
from inference.models.language import base_of
from inference.models.transformers_model import TransformersModel
from training import promotion, tracking
from training.promotion import Gate, Guard
from training.title_copy.baselines import Neighbours, cut, first_words
from training.title_copy.examples import as_prompt, read_pairs
from training.title_copy.job import Job, Result, mark_judged
from training.title_copy.report import Report
from training.title_copy.scores import Pair, Scored, score
from training.title_copy.scores.invention import Names

log = logging.getLogger(__name__)

GATE = Gate(
    main="rouge_l",
    guards=(
        Guard("unsupported_numbers", max_rise=0.05),
        Guard("unsupported_brands", max_rise=0.05),
        Guard("unsupported_attributes", max_rise=0.05),
        Guard("forbidden", max_rise=0.0),
    ),
)
"""Nearer to the shop's own titles without inventing more. 0.05 is one title in twenty: what chance
alone moves with the few held-out pairs of a small catalogue."""


@dataclass(frozen=True)
class Compared:
    """The challenger and what serves now, each as it writes and as serving publishes it, and the baselines."""

    trained: Scored
    incumbent: Scored
    trained_published: Scored
    incumbent_published: Scored
    others: tuple[Scored, ...]
    incumbent_version: int | None

    @property
    def systems(self) -> tuple[Scored, ...]:
        return (self.incumbent, self.trained, self.incumbent_published, self.trained_published, *self.others)

    @property
    def verdict(self) -> str:
        """What came of it, in one sentence for each question."""
        gain = self.trained.gain(self.incumbent)
        published = self.trained_published.gain(self.incumbent_published)
        means, old = self.trained.means(), self.incumbent.means()
        times = f", {means['rouge_l'] / old['rouge_l'] - 1:+.0%}" if old["rouge_l"] else ""
        return (
            f"**Against {self.incumbent.name}:** ROUGE-L {old['rouge_l']:.3f} → {means['rouge_l']:.3f}{times}; the "
            f"difference is {gain.mean:+.3f}, 95 % interval {gain.low:+.3f} to {gain.high:+.3f}. As published: "
            f"{published.mean:+.3f}, {published.low:+.3f} to {published.high:+.3f}.\n\n"
            f"**Invention:** of the titles as the trained model writes them {means['unsupported_numbers']:.1%} hold an "
            f"unsupported number and {means['unsupported_brands']:.1%} an unsupported brand "
            f"({self.incumbent.name}: {old['unsupported_numbers']:.1%} and {old['unsupported_brands']:.1%})."
        )


def evaluate(work: Path, result: Result) -> dict[str, Any]:
    """Score the trained adapter, the base model, the champion and the baselines; log all of it.

    Returns what the gate needs: the scores of the challenger and of what serves now.
    """
    job = Job.read(work)
    pairs, train = read_pairs(work, "held_out"), read_pairs(work, "train")
    neighbours = Neighbours.of(pairs, train)
    compared = _compare(job, result, pairs, Names.of([*train, *pairs]), neighbours)
    report = Report(compared.systems, pairs, neighbours.parts(), job.recipe.max_new_tokens)
    gain = compared.trained.gain(compared.incumbent)
    log.info("%s", report.page(compared.verdict))
    with tracking.resume(TITLE_COPY, result.run_id) as run:
        run.metrics(report.metrics() | {"gain": gain.mean, "gain_low": gain.low, "gain_high": gain.high})
        run.text(report.page(compared.verdict), "evaluation/evaluation.md")
        run.table(report.scores(), "evaluation/scores")
        run.table(report.by_distance(), "evaluation/by_distance")
        run.table(report.titles(neighbours.similarity), "evaluation/titles")
        run.figure(report.figure(), "evaluation/scores.png")
    languages = [pair["language"] for pair in pairs]
    return {
        "work": str(work),
        "run_id": result.run_id,
        "version": result.version,
        "model": job.recipe.model,
        "scores": compared.trained.means(languages),
        "incumbent": {"version": compared.incumbent_version, "scores": compared.incumbent.means(languages)},
        "gain": tuple(gain),
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
        promotion.Scores(f"version {evaluated['version']}", evaluated["scores"], evaluated["version"]),
        promotion.Scores(name, incumbent["scores"], incumbent["version"]),
        GATE,
        evaluated["run_id"],
    )


def _compare(job: Job, result: Result, pairs: Sequence[Pair], names: Names, neighbours: Neighbours) -> Compared:
    model, cap = job.recipe.model, job.recipe.max_new_tokens
    champion = registry.champion(TITLE_COPY)
    if champion and champion.version == result.version:
        champion = None  # a retry after the gate
    base, base_published = _answer("base model", model, None, pairs, names, cap)
    trained, published = _answer("trained", model, registry.fetch(TITLE_COPY, result.version), pairs, names, cap)
    others = list(_score_baselines(model, pairs, names, neighbours, cap))
    if champion is None:
        return Compared(trained, base, published, base_published, tuple(others), None)
    name = f"champion (version {champion.version})"
    serving, serving_published = _answer(name, base_of(champion.path), champion.path, pairs, names, cap)
    return Compared(trained, serving, published, serving_published, (base, *others), champion.version)


def _answer(
    name: str, model: str, adapter: Path | None, pairs: Sequence[Pair], names: Names, cap: int
) -> tuple[Scored, Scored]:
    """A model's titles as it writes them, the likeliest word each time, and as serving would publish them,
    were the content all that is known of the product."""
    log.info("%s writes titles for %d contents, one each and several each", name, len(pairs))
    answering = Remembering(TransformersModel(model, adapter))
    answers = answering.generate([as_prompt(pair) for pair in pairs], cap)
    facts = [Facts(description=pair["content"]) for pair in pairs]
    candidates = write_titles_for(facts, [pair["language"] for pair in pairs], model=answering)
    published = [best.text if best.kept else "" for best, *_ in candidates]
    return (
        score(name, [text for (text,) in answers], pairs, names),
        score(f"{name}, published", published, pairs, names),
    )


def _score_baselines(
    model: str, pairs: Sequence[Pair], names: Names, neighbours: Neighbours, cap: int
) -> Iterator[Scored]:
    tokenizer = TransformersModel(model).tokenizer
    titles = {
        "first six words": [first_words(pair) for pair in pairs],
        "nearest training title": neighbours.titles,
    }
    for name, whole in titles.items():
        yield score(name, [cut(title, tokenizer, cap) for title in whole], pairs, names)
